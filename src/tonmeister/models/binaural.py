"""Binaural rendering: head responses as minimum-phase filters with delays, and moving sources.

Each measured response is split into a delay and a minimum-phase filter, because filters without
their delays can be averaged between directions without comb filtering (Kulkarni et al., "On the
minimum-phase approximation of head-related transfer functions", WASPAA 1995). All are divided by
their diffuse-field average, which takes the measuring loudspeaker and the ear canal out (Gardner
and Martin, 1995). Blocks with a raised-cosine window, each with the filter of its own moment, add
up to the whole without clicks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio, Feed
from tonmeister.tools.positions import Path

__all__ = ["HeadResponses", "Stage"]

Reals = NDArray[np.float64]

FILTER_DURATION = 0.0058
"""Seconds a minimum-phase filter lasts (256 taps at 44.1 kHz)."""

GUARD_DURATION = 0.0004
"""Seconds by which everything is late inside a block: a fractional delay rings before, too."""

LONGEST_DELAY = 0.0012
"""Seconds; the far ear of KEMAR hears a source up to 0.9 ms after the near one."""

LOWEST_HZ = 150.0
"""The loudspeaker of the measurement gave too little below; a head does not shadow it either."""

LARGEST_BOOST_DB = 18.0
"""Of the diffuse-field equalisation; beyond, the measurement is noise."""

NEAREST = 0.3
"""Metres: at smaller distances a far-field response is no longer an approximation at all."""

ABSORPTION = 1.6e-9
"""Of air in dB per metre and Hz², at 20 °C and 50 % humidity, fitted to ISO 9613-1, 1 to 16 kHz."""

BATCH = 256
CEILING = 0.99
DELAYS_BELOW_HZ = 2000.0
FLOOR = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class HeadResponses:
    """Measured head-related impulse responses, in rings of one elevation each.

    Attributes:
        azimuths: Degrees anticlockwise seen from above, 0 in front, shape ``(directions,)``.
        elevations: Degrees upward, shape ``(directions,)``.
        responses: Left and right ear, shape ``(directions, 2, taps)``.
        sample_rate: Rate of the responses in Hz.
    """

    azimuths: Reals
    elevations: Reals
    responses: Reals
    sample_rate: int


class Stage:
    """Places sources around a head.

    Args:
        head: What was measured.
    """

    def __init__(self, head: HeadResponses) -> None:
        self._grid = _Grid(head.azimuths, head.elevations)
        size = 4 * head.responses.shape[-1]
        spectra = np.abs(np.fft.rfft(head.responses, size))
        frequencies: Reals = np.fft.rfftfreq(size, 1 / head.sample_rate).astype(np.float64)
        self._frequencies = frequencies
        self._magnitudes = _equalised(spectra, frequencies)
        self._delays = _delays(head.responses, spectra, head.sample_rate)

    def place(self, audio: Audio, path: Path) -> tuple[Audio, float]:
        """Render a recording for two ears.

        Args:
            audio: The source, read twice: once to find the peak, once to make the sound.
            path: Where it is at each time.

        Returns:
            The stereo recording, and by how many dB it was turned down so that it does not clip.
        """
        renderer = self._renderer(audio, path)
        peak = max((float(np.max(np.abs(one))) for one in renderer.render(audio)), default=0.0)
        gain = min(1.0, CEILING / peak) if peak > 0.0 else 1.0
        rate, total = audio.sample_rate, audio.num_frames
        blocks = (Waveform(one * np.float32(gain), rate) for one in renderer.render(audio))
        return Audio.from_blocks(blocks, rate, 2, total), -20.0 * float(np.log10(gain))

    def rendered(self, audio: Audio, path: Path) -> Audio:
        """Render a recording for two ears at its own level, which may exceed full scale.

        Args:
            audio: The source, read once.
            path: Where it is at each time.
        """
        rate = audio.sample_rate
        blocks = (Waveform(one, rate) for one in self._renderer(audio, path).render(audio))
        return Audio.from_blocks(blocks, rate, 2, audio.num_frames)

    def _renderer(self, audio: Audio, path: Path) -> "_Renderer":
        return _Renderer(self._filters(audio.sample_rate), self._grid, path, audio.duration)

    def _filters(self, sample_rate: int) -> "_Filters":
        """Make minimum-phase filters for a rate from the measured magnitudes."""
        taps = max(16, round(FILTER_DURATION * sample_rate))
        size = 1 << (4 * taps - 1).bit_length()
        wanted = np.fft.rfftfreq(size, 1 / sample_rate)
        # Above the highest measured frequency the last value goes on.
        logs = np.log(self._magnitudes)
        place = np.interp(wanted, self._frequencies, np.arange(len(self._frequencies)))
        low = np.minimum(place.astype(int), len(self._frequencies) - 2)
        share = place - low
        logs = logs[..., low] * (1 - share) + logs[..., low + 1] * share
        responses = _minimum_phase(logs, size)[..., :taps]
        fade = np.ones(taps)
        fade[-taps // 4 :] = 0.5 + 0.5 * np.cos(np.linspace(0.0, np.pi, len(fade[-taps // 4 :])))
        return _Filters((responses * fade).astype(np.float32), self._delays, sample_rate)


@dataclass(frozen=True, slots=True, eq=False)
class _Filters:
    """Filters of every direction.

    Attributes:
        responses: Minimum phase, shape ``(directions, 2, taps)``.
        delays: Seconds, shape ``(directions, 2)``.
        sample_rate: Rate in Hz.
    """

    responses: Samples
    delays: Reals
    sample_rate: int


class _Grid:
    """Measured directions: rings of equal elevation, evenly spaced in azimuth."""

    def __init__(self, azimuths: Reals, elevations: Reals) -> None:
        self._elevations = np.unique(elevations)
        self._rings = [
            np.flatnonzero(elevations == one)[np.argsort(azimuths[elevations == one])]
            for one in self._elevations
        ]

    def around(self, azimuths: Reals, elevations: Reals) -> tuple[NDArray[np.intp], Reals]:
        """Return the four measured directions around each wanted one, and their weights.

        Args:
            azimuths: Degrees, shape ``(n,)``.
            elevations: Degrees, shape ``(n,)``; below the lowest ring, the lowest ring.

        Returns:
            Indices and weights, shape ``(n, 4)``; weights sum to one.
        """
        levels = self._elevations
        heights = np.clip(elevations, levels[0], levels[-1])
        upper = np.clip(np.searchsorted(levels, heights, side="right"), 1, len(levels) - 1)
        share = (heights - levels[upper - 1]) / (levels[upper] - levels[upper - 1])
        indices = np.empty((len(azimuths), 4), np.intp)
        weights = np.empty((len(azimuths), 4))
        for column, rings, weight in ((0, upper - 1, 1.0 - share), (2, upper, share)):
            for ring in np.unique(rings):
                here = rings == ring
                members = self._rings[ring]
                place = np.mod(azimuths[here], 360.0) / 360.0 * len(members)
                first = np.floor(place).astype(int)
                between = place - first
                indices[here, column] = members[first % len(members)]
                indices[here, column + 1] = members[(first + 1) % len(members)]
                weights[here, column] = weight[here] * (1.0 - between)
                weights[here, column + 1] = weight[here] * between
        return indices, weights


class _Renderer:
    """Convolves windowed blocks, each with the filters of the moment in its middle."""

    def __init__(self, filters: _Filters, grid: _Grid, path: Path, duration: float) -> None:
        rate, taps = filters.sample_rate, filters.responses.shape[-1]
        self._filters, self._grid, self._path, self._duration = filters, grid, path, duration
        self._hop = 1 << max(4, round(float(np.log2(FILTER_DURATION * rate))))
        self._guard = int(np.ceil(GUARD_DURATION * rate)) + 8
        longest = 2 * self._hop + taps + 2 * self._guard + int(np.ceil(LONGEST_DELAY * rate))
        self._size = 1 << (longest - 1).bit_length()
        self._window = np.hanning(2 * self._hop + 1)[:-1].astype(np.float32)
        self._still: NDArray[np.complex128] | None = None

    def render(self, audio: Audio) -> Iterator[Samples]:
        """Yield consecutive pieces, shape ``(2, frames)``, as many frames as the recording has."""
        hop, size = self._hop, self._size
        feed = Feed(audio.converted(None, 1))
        # One hop of silence before: the first window rises before the first frame.
        before = np.zeros(hop, np.float32)
        kept = np.zeros((2, size - hop))
        skip, missing, index = hop + self._guard, audio.num_frames or 0, 0
        while missing > 0:
            fresh = feed.take(BATCH * hop)[0]
            samples = np.zeros(BATCH * hop, np.float32)
            samples[: len(fresh)] = fresh
            joined = np.concatenate([before, samples])
            before = joined[-hop:]
            blocks = np.lib.stride_tricks.sliding_window_view(joined, 2 * hop)[::hop]
            made = self._convolved(blocks * self._window, index)
            index += len(blocks)
            ready, kept = _overlapped(made, kept, hop)
            ready = ready[:, skip : skip + missing]
            skip = max(0, skip - BATCH * hop)
            missing -= ready.shape[1]
            if ready.shape[1]:
                yield ready.astype(np.float32)

    def _convolved(self, blocks: Samples, first: int) -> Reals:
        """Return both ears of each block, shape ``(blocks, 2, size)``."""
        times = (first + np.arange(len(blocks))) * self._hop / self._filters.sample_rate
        spectra = np.fft.rfft(blocks, self._size)[:, np.newaxis]
        return np.fft.irfft(spectra * self._responses(times), self._size)

    def _responses(self, times: Reals) -> NDArray[np.complex128]:
        """Return the filters of some moments, shape ``(moments, 2, bins)``."""
        if self._still is not None:
            return self._still
        places = self._path.at(times, self._duration)
        if self._path.is_still:
            places = places[:1]
        indices, weights = self._grid.around(places[:, 0], places[:, 1])
        near = np.einsum("nk,nket->net", weights, self._filters.responses[indices], optimize=True)
        delays = np.einsum("nk,nke->ne", weights, self._filters.delays[indices])
        frequencies = np.fft.rfftfreq(self._size, 1 / self._filters.sample_rate)
        late = delays + self._guard / self._filters.sample_rate
        turn = np.exp(-2j * np.pi * frequencies * late[..., np.newaxis])
        distances = np.maximum(places[:, 2], NEAREST)[:, np.newaxis, np.newaxis]
        loss_db = ABSORPTION * np.maximum(distances - 1.0, 0.0) * np.square(frequencies)
        made = np.fft.rfft(near, self._size) * turn * 10 ** (-loss_db / 20.0) / distances
        if self._path.is_still:
            self._still = made
        return made


def _overlapped(made: Reals, kept: Reals, hop: int) -> tuple[Reals, Reals]:
    """Add blocks at their places; return what is finished, and what later blocks add to."""
    count, _, size = made.shape
    total = np.zeros((2, (count - 1) * hop + size))
    total[:, : size - hop] = kept
    # Blocks whose places do not overlap are added at once.
    stride = -(-size // hop)
    for first in range(min(stride, count)):
        group = made[first::stride]
        start = first * hop
        span = len(group) * stride * hop
        padded = np.zeros((2, len(group), stride * hop))
        padded[:, :, :size] = group.transpose(1, 0, 2)
        room = min(span, total.shape[1] - start)
        total[:, start : start + room] += padded.reshape(2, -1)[:, :room]
    return total[:, : count * hop], total[:, count * hop :]


def _equalised(spectra: Reals, frequencies: Reals) -> Reals:
    """Divide magnitudes by their diffuse-field average, with a floor for what is noise."""
    average = np.sqrt(np.mean(np.square(spectra), axis=(0, 1)))
    smooth = np.convolve(np.pad(average, 4, mode="edge"), np.hanning(11)[1:-1] / 5.0, "valid")
    strongest = np.median(smooth[(frequencies > 500.0) & (frequencies < 4000.0)])
    smooth = np.maximum(smooth, strongest * 10 ** (-LARGEST_BOOST_DB / 20.0))
    made = np.maximum(spectra / smooth, FLOOR)
    lowest = int(np.searchsorted(frequencies, LOWEST_HZ))
    made[..., :lowest] = made[..., lowest : lowest + 1]
    return made


def _minimum_phase(logs: Reals, size: int) -> Reals:
    """Make impulse responses of minimum phase from log magnitudes, by the folded cepstrum."""
    cepstra = np.fft.irfft(logs, size)
    cepstra[..., 1 : size // 2] *= 2.0
    cepstra[..., size // 2 + 1 :] = 0.0
    return np.fft.irfft(np.exp(np.fft.rfft(cepstra, size)), size)


def _delays(responses: Reals, spectra: Reals, sample_rate: int) -> Reals:
    """Return when each response begins, in seconds after the earliest of all.

    It is the lag at which the response is most like its own minimum-phase version (Nam et al.,
    "On the minimum-phase nature of head-related transfer functions", AES 125, 2008), up to 2 kHz:
    there, delays decide what is heard (Wightman and Kistler, 1992), and they are smooth.
    """
    size = 2 * (spectra.shape[-1] - 1)
    plain = np.fft.rfft(_minimum_phase(np.log(np.maximum(spectra, FLOOR)), size))
    cross = np.fft.rfft(responses, size) * np.conj(plain)
    cross[..., np.fft.rfftfreq(size, 1 / sample_rate) > DELAYS_BELOW_HZ] = 0.0
    likeness = np.fft.irfft(cross, size)[..., : responses.shape[-1]]
    peak = np.clip(np.argmax(likeness, axis=-1), 1, likeness.shape[-1] - 2)[..., np.newaxis]
    before, here, after = (
        np.take_along_axis(likeness, peak + step, axis=-1)[..., 0] for step in (-1, 0, 1)
    )
    # The top of the parabola through three samples: the band is narrow, so it is exact enough.
    lags = peak[..., 0] + 0.5 * (before - after) / (before - 2.0 * here + after)
    delays = lags / sample_rate
    return delays - delays.min()
