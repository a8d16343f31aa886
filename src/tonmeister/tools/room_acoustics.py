"""Impulse responses of rooms: early reflections from image sources, then a diffuse tail.

Early reflections: Allen and Berkley, "Image method for efficiently simulating small-room
acoustics", J. Acoust. Soc. Am. 65 (1979), 943. After that, reflections are too dense to be told
apart; noise with the energy and the decay that the image sources have on average takes over, as in
Lehmann and Johansson, "Diffuse reverberation model for efficient image-source simulation of room
impulse responses", IEEE TASLP 18 (2010), 1429. Decay: Eyring, "Reverberation time in 'dead' rooms",
J. Acoust. Soc. Am. 1 (1930), 217, with the absorption of air.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BANDS_HZ", "ROOMS", "Room", "impulse_responses"]

Reals = NDArray[np.float64]

SPEED_OF_SOUND = 343.0  # m/s
BANDS_HZ = (125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0)
"""Centres of the octave bands in which walls and air absorb."""

MID_BANDS = (2, 3)  # 500 Hz and 1 kHz: the mid-frequency reverberation time of ISO 3382-1
AIR_DB = 1.6e-9  # dB per metre and Hz², at 20 °C and 50 % humidity, fitted to ISO 9613-1
EAR_DISTANCE = 0.18  # metres between the two microphones
STAGE_ANGLE = math.radians(30.0)  # left and right channel as loudspeakers stand
SIXTY_DB = 6.0 * math.log(10.0)
EARLY_SHORTEST, EARLY_LONGEST = 0.05, 0.25  # seconds
FADE_SHARE = 0.3  # of the early part, in which the tail takes over
SINC_REACH = 8
PLATE_RISE = 0.004  # seconds
RUMBLE_HZ = 25.0  # image sources add up at 0 Hz (Allen and Berkley, 1979), rooms do not
LONGEST = 15.0  # seconds
SEED = 1979


@dataclass(frozen=True, slots=True)
class Room:
    """A room, with a listener and a source in it.

    Attributes:
        size: Length, width and height in metres; all zero for a plate, which has no walls.
        absorption: Share of the energy that walls absorb, in each of ``BANDS_HZ``, averaged over
            all surfaces; of a plate, its decay in seconds to -60 dB.
        distance: Metres from the listener to the source.
        listener: Where the listener is, in shares of the size; the height in metres.
    """

    size: tuple[float, float, float]
    absorption: tuple[float, ...]
    distance: float
    listener: tuple[float, float, float] = (0.33, 0.46, 1.6)

    @property
    def is_plate(self) -> bool:
        """Whether there are no walls, only a tail."""
        return self.volume == 0.0

    @property
    def volume(self) -> float:
        """Volume in m³."""
        return self.size[0] * self.size[1] * self.size[2]

    @property
    def surface(self) -> float:
        """Surface of all walls in m²."""
        x, y, z = self.size
        return 2.0 * (x * y + x * z + y * z)

    def wall_losses(self, decay: float | None = None) -> Reals:
        """Return -ln(1 - absorption) in each band.

        Args:
            decay: Reverberation time to reach in the middle bands, in seconds; None keeps it.
        """
        losses = -np.log(1.0 - np.array(self.absorption))
        if decay is None:
            return losses
        air = SPEED_OF_SOUND * _air_losses()[list(MID_BANDS)].mean()
        walls = SPEED_OF_SOUND * self.surface * losses[list(MID_BANDS)].mean() / (4 * self.volume)
        return losses * max(0.01, SIXTY_DB / decay - air) / walls

    def decays(self, decay: float | None = None) -> Reals:
        """Return the reverberation time (RT60) in each band in seconds.

        Args:
            decay: Reverberation time to reach in the middle bands, in seconds; None keeps it.
        """
        if self.is_plate:
            times = np.array(self.absorption)
            return times if decay is None else times * decay / times[list(MID_BANDS)].mean()
        walls = self.surface * self.wall_losses(decay) / (4.0 * self.volume)
        return SIXTY_DB / (SPEED_OF_SOUND * (walls + _air_losses()))

    @property
    def mid_decay(self) -> float:
        """Reverberation time at 500 Hz and 1 kHz in seconds."""
        return float(self.decays()[list(MID_BANDS)].mean())


# Absorption as is usual for such surfaces (tiles, plaster, glass, wood, carpet, an audience),
# averaged over all of them; rounded by hand, not measured in any one room.
ROOMS: Mapping[str, Room] = {
    "bathroom": Room(
        (2.6, 2.1, 2.5), (0.09, 0.08, 0.07, 0.07, 0.08, 0.09, 0.10, 0.12), 0.9, (0.3, 0.45, 1.5)
    ),
    "room": Room(
        (5.6, 4.2, 2.6), (0.18, 0.19, 0.21, 0.23, 0.25, 0.27, 0.30, 0.33), 1.6, (0.3, 0.44, 1.2)
    ),
    "hall": Room((32.0, 21.0, 13.0), (0.20, 0.20, 0.21, 0.22, 0.24, 0.26, 0.28, 0.30), 9.0),
    "church": Room((34.0, 16.0, 14.0), (0.09, 0.10, 0.11, 0.12, 0.13, 0.15, 0.17, 0.20), 9.0),
    "cathedral": Room((75.0, 30.0, 26.0), (0.11, 0.11, 0.12, 0.13, 0.14, 0.16, 0.18, 0.20), 16.0),
    "plate": Room((0.0, 0.0, 0.0), (2.6, 2.5, 2.2, 1.9, 1.6, 1.2, 0.9, 0.7), 0.0),
}


def _air_losses() -> Reals:
    """Return the share of energy that air absorbs per metre, as an exponent, in each band."""
    return AIR_DB * np.square(np.array(BANDS_HZ)) / (10.0 * math.log10(math.e))


def impulse_responses(
    room: Room, sample_rate: int, num_sources: int, decay: float | None = None
) -> Reals:
    """Return what two microphones hear of one or two sources.

    It begins with the sound that arrives first, ends 60 dB down, and has on average the energy 1
    for each source and microphone.

    Args:
        room: The room.
        sample_rate: Rate in Hz.
        num_sources: 1 in front, or 2 as a pair of loudspeakers, left first.
        decay: Reverberation time to reach at 500 Hz and 1 kHz, in seconds; None for the room's own.

    Returns:
        Shape ``(sources, 2, frames)``.
    """
    decays = room.decays(decay)
    length = max(32, round(min(LONGEST, float(decays.max())) * sample_rate))
    size = 1 << (length + sample_rate // 8).bit_length()
    masks = _masks(np.asarray(np.fft.rfftfreq(size, 1.0 / sample_rate), np.float64))
    generator = np.random.default_rng(SEED)
    made = np.zeros((num_sources, 2, length))
    if room.is_plate:
        times = np.arange(length) / sample_rate
        for source in range(num_sources):
            made[source] = _tail(decays, times, size, masks, generator, apart=True)
        made *= np.minimum(1.0, times / PLATE_RISE)
    else:
        early = min(EARLY_LONGEST, max(EARLY_SHORTEST, 0.003 * math.sqrt(room.volume)))
        trains, first = _image_trains(
            room, room.wall_losses(decay), early, sample_rate, num_sources
        )
        # Image sources begin when the source sounds; the response, when it is first heard.
        times = first + np.arange(length) / sample_rate
        # Energy of all images that arrive in a frame, before walls and air take their share.
        density = 4.0 * math.pi * SPEED_OF_SOUND / (room.volume * sample_rate)
        fade_in, fade_out = _handover(times, early)
        for source in range(num_sources):
            spectrum = (np.fft.rfft(trains[source], size) * masks[:, np.newaxis]).sum(axis=0)
            late = _tail(decays, times, size, masks, generator, apart=False)
            heard = np.fft.irfft(spectrum, size)[:, :length]
            made[source] = heard * fade_out + math.sqrt(density) * late * fade_in
    made = _without_rumble(made, sample_rate)
    made *= _ending(length)
    return made / math.sqrt(float(np.mean(np.sum(np.square(made), axis=-1))) + 1e-30)


def _masks(frequencies: Reals) -> Reals:
    """Return octave bands that add up to one, shape ``(bands, bins)``."""
    place = np.log2(np.maximum(frequencies, 1.0) / BANDS_HZ[0])
    place = np.clip(place, 0.0, len(BANDS_HZ) - 1.0)
    distance = np.abs(place - np.arange(len(BANDS_HZ))[:, np.newaxis])
    return np.square(np.cos(np.minimum(1.0, distance) * math.pi / 2.0))


def _image_trains(
    room: Room, losses: Reals, early: float, sample_rate: int, num_sources: int
) -> tuple[Reals, float]:
    """Return the reflections until a time, and when the first sound arrives.

    Returns:
        Shape ``(sources, bands, 2, frames)``, and seconds.
    """
    size = np.array(room.size)
    middle = np.array([room.listener[0] * size[0], room.listener[1] * size[1], room.listener[2]])
    aside = np.array([0.0, EAR_DISTANCE / 2.0, 0.0])
    ears = [middle + aside, middle - aside]
    angles = (0.0,) if num_sources == 1 else (STAGE_ANGLE, -STAGE_ANGLE)
    heard = [
        _images(
            size, middle + room.distance * np.array([math.cos(a), math.sin(a), 0.0]), ear, early
        )
        for a in angles
        for ear in ears
    ]
    first = min(float(distances.min()) for distances, _ in heard) / SPEED_OF_SOUND
    count = round(early * sample_rate) + 2 * SINC_REACH
    made = np.zeros((num_sources, len(BANDS_HZ), 2, count))
    for index, (distances, orders) in enumerate(heard):
        arrivals = (distances / SPEED_OF_SOUND - first) * sample_rate
        for band, (wall, air) in enumerate(zip(losses, _air_losses(), strict=True)):
            strengths = np.exp(-0.5 * (orders * wall + distances * air)) / distances
            made[index // 2, band, index % 2] = _train(arrivals, strengths, count)
    return made, first


def _images(size: Reals, source: Reals, ear: Reals, until: float) -> tuple[Reals, Reals]:
    """Return distances of the image sources heard until a time, and how often each is reflected."""
    reach = SPEED_OF_SOUND * until
    offsets: list[Reals] = []
    orders: list[Reals] = []
    for axis in range(3):
        most = math.ceil(reach / (2.0 * size[axis])) + 1
        turns = np.arange(-most, most + 1)
        straight = source[axis] + 2.0 * turns * size[axis] - ear[axis]
        mirrored = -source[axis] + 2.0 * turns * size[axis] - ear[axis]
        offsets.append(np.concatenate([straight, mirrored]))
        orders.append(np.concatenate([2 * np.abs(turns), np.abs(turns) + np.abs(turns - 1)]))
    x, y, z = np.ix_(*offsets)
    distances = np.sqrt(x**2 + y**2 + z**2)
    i, j, k = np.ix_(*orders)
    near = distances <= reach
    return distances[near], (i + j + k)[near].astype(np.float64)


def _train(arrivals: Reals, strengths: Reals, count: int) -> Reals:
    """Place impulses between frames, with windowed sinc functions; before frame 0 is left out."""
    whole = np.floor(arrivals).astype(int)
    steps = np.arange(1 - SINC_REACH, SINC_REACH + 1)
    apart = steps - (arrivals - whole)[:, np.newaxis]
    shapes = np.sinc(apart) * np.square(np.cos(apart * math.pi / (2.0 * (SINC_REACH + 1))))
    places = whole[:, np.newaxis] + steps
    inside = (places >= 0) & (places < count)
    weights = (strengths[:, np.newaxis] * shapes)[inside]
    return np.asarray(np.bincount(places[inside], weights, count)[:count], np.float64)


def _tail(
    decays: Reals,
    times: Reals,
    size: int,
    masks: Reals,
    generator: np.random.Generator,
    *,
    apart: bool,
) -> Reals:
    """Return noise that decays in bands, for two microphones, shape ``(2, frames)``.

    In a diffuse field microphones hear the same below the frequency whose wave spans them (Cook et
    al., J. Acoust. Soc. Am. 27 (1955), 1072); with ``apart`` they hear nothing alike.
    """
    one, other = (np.fft.rfft(generator.standard_normal(size)) for _ in range(2))
    made = np.zeros((2, len(times)))
    for mask, frequency, decay in zip(masks, BANDS_HZ, decays, strict=True):
        if not mask.any():
            continue
        alike = 0.0 if apart else float(np.sinc(2.0 * frequency * EAR_DISTANCE / SPEED_OF_SOUND))
        right = alike * one + math.sqrt(1.0 - alike**2) * other
        fall = np.exp(-0.5 * SIXTY_DB * times / decay)
        for ear, spectrum in enumerate((one, right)):
            made[ear] += np.fft.irfft(spectrum * mask, size)[: len(times)] * fall
    return made


def _handover(times: Reals, until: float) -> tuple[Reals, Reals]:
    """Return how the tail rises and the early part falls, with powers that add up to one."""
    start = until * (1.0 - FADE_SHARE)
    angle = np.clip((times - start) / max(1e-6, until - start), 0.0, 1.0) * math.pi / 2.0
    return np.sin(angle), np.cos(angle)


def _without_rumble(responses: Reals, sample_rate: int) -> Reals:
    from scipy.signal import sosfilt

    from tonmeister.tools.filters import gentle_low_cut

    filtered = sosfilt(gentle_low_cut(RUMBLE_HZ, sample_rate), responses, axis=-1)
    return np.asarray(filtered, np.float64)


def _ending(length: int) -> Reals:
    """Return a window that lets the last tenth fade."""
    fade = max(1, length // 10)
    made = np.ones(length)
    made[-fade:] = np.square(np.cos(np.linspace(0.0, math.pi / 2.0, fade)))
    return made
