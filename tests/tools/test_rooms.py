"""Rooms: reverberation times after Schroeder, reflections where walls are, tails that are kept."""

import math

import numpy as np
import pytest
from scipy.signal import butter, fftconvolve, sosfilt

from tests.tools.test_editing import audio_of, played, value_of
from tests.tools.test_effects import Watched, cut_up, noise, sine
from tonmeister.artifacts import Noted
from tonmeister.errors import ToolInputError
from tonmeister.tools.convolution import convolved
from tonmeister.tools.room_acoustics import BANDS_HZ, ROOMS, Room, impulse_responses
from tonmeister.tools.rooms import reverb

RATE = 48_000


def click(rate=RATE, channels=1):
    samples = np.zeros((channels, rate // 10), np.float32)
    samples[:, 0] = 0.5
    return samples


def reverberation_time(response, centre_hz, rate=RATE):
    """RT60 in an octave band from -5 to -35 dB (Schroeder, 1965; ISO 3382-1, T30)."""
    edges = [centre_hz / math.sqrt(2), centre_hz * math.sqrt(2)]
    band = sosfilt(butter(4, edges, "band", fs=rate, output="sos"), response)
    energy = np.cumsum(np.square(band[::-1]))[::-1]
    levels = 10 * np.log10(energy / energy[0] + 1e-30)
    first, last = np.argmax(levels < -5.0), np.argmax(levels < -35.0)
    slope = np.polyfit(np.arange(first, last) / rate, levels[first:last], 1)[0]
    return -60.0 / slope


@pytest.mark.parametrize("name", ROOMS)
def test_the_decay_is_the_one_that_the_room_promises(name):
    room = ROOMS[name]
    made = played(reverb(audio_of(click()), name, 1.0))
    promised = dict(zip(BANDS_HZ, room.decays(), strict=True))
    for centre in (500.0, 1_000.0, 2_000.0):
        for ear in made:
            found = reverberation_time(ear, centre)
            assert found == pytest.approx(promised[centre], rel=0.15), (name, centre)


@pytest.mark.parametrize(("name", "decay"), [("room", 1.2), ("church", 2.0), ("plate", 4.0)])
def test_a_decay_that_is_asked_for_is_reached(name, decay):
    made = played(reverb(audio_of(click()), name, 1.0, decay))
    found = [reverberation_time(made[0], centre) for centre in (500.0, 1_000.0)]
    assert np.mean(found) == pytest.approx(decay, rel=0.15)


def test_rooms_follow_sabine_where_they_absorb_little():
    room = Room((30.0, 20.0, 10.0), (0.02,) * 8, 5.0)
    sabine = 0.161 * 6_000.0 / (2_200.0 * 0.02)
    assert room.decays()[0] == pytest.approx(sabine, rel=0.05)
    # Eyring's is shorter where walls absorb much, and 0 s where nothing comes back.
    dead = Room((30.0, 20.0, 10.0), (0.9,) * 8, 5.0)
    assert dead.decays()[0] < 0.5 * 0.161 * 6_000.0 / (2_200.0 * 0.9)


def test_the_first_reflections_arrive_when_the_walls_say():
    size = np.array([12.0, 9.0, 5.0])
    room = Room(tuple(size), (0.3,) * 8, 3.0, (0.25, 0.5, 1.5))
    made = impulse_responses(room, RATE, 1)[0]
    ear = np.array([3.0, 4.5 + 0.09, 1.5])
    source = np.array([6.0, 4.5, 1.5])
    direct = np.linalg.norm(source - ear)
    floor = np.linalg.norm(source * [1, 1, -1] - ear)
    ceiling = np.linalg.norm([source[0], source[1], 2 * size[2] - source[2]] - ear)
    for path in (floor, ceiling):
        place = round((path - direct) / 343.0 * RATE)
        # The sum leaves out what air takes from the highs, and where between frames it arrives.
        around = np.sum(made[0, place - 7 : place + 8])
        expected = np.sum(made[0, :8]) * direct / path * math.sqrt(0.7)
        assert around == pytest.approx(expected, rel=0.1)


def test_the_two_ears_hear_the_same_below_and_different_things_above():
    left, right = impulse_responses(ROOMS["hall"], RATE, 1)[0][:, RATE // 2 :]

    def likeness(low, high):
        band = butter(4, [low, high], "band", fs=RATE, output="sos")
        one, other = sosfilt(band, left), sosfilt(band, right)
        return np.sum(one * other) / math.sqrt(np.sum(one**2) * np.sum(other**2))

    assert likeness(90.0, 170.0) > 0.8
    assert abs(likeness(2_800.0, 5_600.0)) < 0.1


def test_a_left_and_a_right_source_stay_on_their_sides():
    given = np.stack([noise(0.5)[0], np.zeros(RATE // 2, np.float32)])
    made = impulse_responses(ROOMS["room"], RATE, 2)
    first = [int(np.argmax(np.abs(made[0, ear]) > 0.1 * np.abs(made[0]).max())) for ear in (0, 1)]
    assert first[1] - first[0] == pytest.approx(0.18 * 0.5 / 343.0 * RATE, abs=3)
    sound = played(reverb(audio_of(given), "room", 0.2))
    assert np.sum(sound[0] ** 2) > 2 * np.sum(sound[1] ** 2)


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (44_100, 2), (96_000, 1)])
def test_the_tail_is_kept_and_dry_is_the_recording_itself(rate, channels):
    given = noise(0.5, rate, channels)
    made = played(reverb(audio_of(given, rate), "hall", 0.4))
    longest = ROOMS["hall"].decays().max()
    assert made.shape[0] == 2
    assert made.shape[1] / rate == pytest.approx(0.5 + longest, abs=0.05)
    assert np.abs(made[:, given.shape[1] + rate // 4 :]).max() > 1e-4
    dry = played(reverb(audio_of(given, rate), "hall", 0.0))
    assert np.allclose(dry[:, : given.shape[1]], given, atol=1e-7)
    assert not dry[:, given.shape[1] :].any()


@pytest.mark.parametrize("count", [0, 1, 3_000, 200_001])
def test_convolution_in_blocks_is_convolution(count):
    generator = np.random.default_rng(2)
    responses = generator.normal(0.0, 0.1, (2, 2, 5_001))
    given = generator.normal(0.0, 0.1, (2, count)).astype(np.float32)
    made = played(convolved(audio_of(given), responses, 0.3, 0.7)) if count else np.zeros((2, 0))
    for output in range(2):
        if not count:
            assert not list(convolved(audio_of(given), responses, 0.3, 0.7).blocks())
            continue
        wet = sum(fftconvolve(given[one].astype(float), responses[one, output]) for one in (0, 1))
        wet *= 0.7
        wet[:count] += 0.3 * given[output]
        assert np.allclose(made[output], wet, atol=1e-5)
    if count:
        pieces = played(convolved(cut_up(given, RATE, 997), responses, 0.3, 0.7))
        assert np.array_equal(pieces, made)


def test_a_room_is_as_loud_as_the_recording_and_does_not_clip():
    given = noise(4.0, deviation=0.05)
    made = played(reverb(audio_of(given), "church", 1.0))[:, 2 * RATE : 4 * RATE]
    assert np.mean(made**2) == pytest.approx(np.mean(given**2), rel=0.4)
    loud = reverb(audio_of(sine(300.0, -0.5, 2.0)), "bathroom", 0.9)
    assert np.abs(played(loud)).max() <= 1.0
    assert isinstance(loud, Noted)
    assert "turned down" in loud.notes[0]


def test_more_than_two_channels_are_refused():
    with pytest.raises(ToolInputError, match="8 channels"):
        reverb(audio_of(noise(channels=8)))


def test_minutes_are_reverberated_in_pieces():
    source = Watched(60.0)
    frames = sum(block.num_frames for block in value_of(reverb(source.audio, "church")).blocks())
    assert frames > source.audio.num_frames
    assert source.largest <= 12 * source.audio.sample_rate
