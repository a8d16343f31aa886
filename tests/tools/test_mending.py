import numpy as np
import pytest

from tonmeister.artifacts import Noted, SoundEvents
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio
from tonmeister.tools.mending import Mended, inpaint
from tonmeister.translations import in_words

RATE = 16_000


def opened(samples: Samples, sample_rate: int = RATE) -> Audio:
    return Audio.from_waveform(Waveform(np.atleast_2d(samples), sample_rate))


def mended(result: Mended | Noted) -> tuple[Samples, SoundEvents, str]:
    assert isinstance(result, Noted)
    recording, edits = result.value  # pyright: ignore[reportGeneralTypeIssues, reportAssignmentType]
    assert isinstance(recording, Audio) and isinstance(edits, SoundEvents)
    made = np.concatenate([block.samples for block in recording.blocks()], axis=1)
    assert made.shape == (recording.num_channels, recording.num_frames)
    return made, edits, " ".join(result.notes)


def snr(reference: Samples, estimate: Samples) -> float:
    error = np.sum((reference - estimate) ** 2) + 1e-20
    return float(10 * np.log10(np.sum(reference**2) / error))


def chord(duration: float, sample_rate: int = RATE, noise: float = 1e-4) -> Samples:
    times = np.arange(round(duration * sample_rate)) / sample_rate
    made = sum(0.1 * np.sin(2 * np.pi * hz * times + hz) for hz in (220.0, 277.2, 329.6, 1200.0))
    hiss = np.random.default_rng(5).normal(0.0, noise, len(times))
    return np.asarray(made + hiss, np.float32)


def bars(count: int, duration: float = 2.0, sample_rate: int = RATE) -> Samples:
    """The same bar of notes again and again, with a little noise that never comes again."""
    step = round(duration * sample_rate / 8)
    notes = (262.0, 330.0, 392.0, 523.0, 440.0, 349.0, 294.0, 247.0)
    times = np.arange(step) / sample_rate
    bar = [0.3 * np.sin(2 * np.pi * hz * times) * np.exp(-4.0 * times) for hz in notes]
    made = np.tile(np.concatenate(bar), count)
    hiss = np.random.default_rng(6).normal(0.0, 1e-3, len(made))
    return (made + hiss).astype(np.float32)


def spoiled(clean: Samples, start: float, end: float, sample_rate: int = RATE) -> Samples:
    made = clean.copy()
    made[..., round(start * sample_rate) : round(end * sample_rate)] = 0.0
    return made


@pytest.mark.parametrize("sample_rate", [8_000, 16_000, 44_100, 96_000])
@pytest.mark.parametrize("gap", [0.01, 0.04])
def test_a_short_gap_in_steady_tones_is_interpolated(sample_rate: int, gap: float):
    clean = chord(3.0, sample_rate)
    damaged = spoiled(clean, 1.5, 1.5 + gap, sample_rate)
    made, edits, said = mended(inpaint(opened(damaged, sample_rate), 1.5, 1.5 + gap))
    inside = slice(round(1.5 * sample_rate), round((1.5 + gap) * sample_rate))
    assert snr(clean[inside], made[0, inside]) > 20.0
    assert "autoregressive interpolation" in said
    (event,) = edits.events
    assert (event.start, event.end) == (1.5, 1.5 + gap)
    assert event.label == "autoregressive interpolation"


@pytest.mark.parametrize("end", [10.2, 11.0])
def test_a_longer_gap_is_filled_with_the_same_bar_of_another_time(end: float):
    clean = bars(12)
    made, edits, said = mended(inpaint(opened(spoiled(clean, 10.0, end)), 10.0, end))
    inside = slice(10 * RATE, round(end * RATE))
    assert snr(clean[inside], made[0, inside]) > 15.0
    assert edits.events[0].label == "matched copy" and edits.events[0].score > 0.95
    assert "passage at" in said and "listen" not in said


@pytest.mark.parametrize(("start", "end"), [(9.99, 10.02), (9.7, 10.4)])
@pytest.mark.parametrize("band_hz", [None, (500.0, 1500.0)])
def test_outside_the_gap_every_sample_stays(
    start: float, end: float, band_hz: tuple[float, float] | None
):
    left = bars(12)
    stereo = np.stack([left, np.roll(left, 700) * 0.5])
    low_hz, high_hz = band_hz or (None, None)
    made, _, _ = mended(inpaint(opened(stereo), start, end, low_hz, high_hz))
    first, last = round(start * RATE), round(end * RATE)
    assert np.array_equal(made[:, :first], stereo[:, :first])
    assert np.array_equal(made[:, last:], stereo[:, last:])
    assert not np.array_equal(made[:, first:last], stereo[:, first:last])


def test_both_channels_come_from_the_same_place():
    left = bars(12)
    clean = np.stack([left, 0.5 * np.roll(left, 300)])
    made, _, _ = mended(inpaint(opened(spoiled(clean, 8.3, 8.8)), 8.3, 8.8))
    inside = slice(round(8.3 * RATE), round(8.8 * RATE))
    for channel in (0, 1):
        assert snr(clean[channel, inside], made[channel, inside]) > 15.0


@pytest.mark.parametrize("duration", [0.03, 0.2, 0.8])
def test_a_whistle_goes_out_of_its_band_and_the_rest_of_the_spectrum_stays(duration: float):
    clean = bars(12)
    first, count = round(9.3 * RATE), round(duration * RATE)
    whistle = 0.3 * np.sin(2 * np.pi * 2_000.0 * np.arange(count) / RATE) * np.hanning(count)
    noisy = clean.copy()
    noisy[first : first + count] += whistle.astype(np.float32)
    made, edits, said = mended(inpaint(opened(noisy), 9.3, 9.3 + duration, 1_700.0, 2_300.0))
    inside = slice(first, first + count)
    assert snr(clean[inside], made[0, inside]) > snr(clean[inside], noisy[inside]) + 15.0
    assert "1700-2300 Hz" in said and len(edits.events) == 1


def test_a_dropout_is_found_near_the_time_that_was_said():
    clean = chord(5.0)
    damaged = spoiled(spoiled(clean, 2.5, 2.52), 4.9, 4.91)
    made, edits, _ = mended(inpaint(opened(damaged), 2.2))
    assert edits.events[0].start == pytest.approx(2.5, abs=0.001)
    assert edits.events[0].end == pytest.approx(2.52, abs=0.001)
    inside = slice(round(2.5 * RATE), round(2.52 * RATE))
    assert snr(clean[inside], made[0, inside]) > 20.0


def test_a_pause_that_fades_is_no_dropout():
    times = np.arange(4 * RATE) / RATE
    fading = chord(4.0, noise=0.0) * np.abs(np.cos(np.pi * times / 2)).astype(np.float32) ** 4
    with pytest.raises(ToolInputError, match="No dropout"):
        inpaint(opened(fading), 1.0)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (1.0, 2.5, "at most 1 s"),
        (1.0, 2.5, "models pull stable-audio-open-1.0`, then say 'with Stable Audio'"),
        (2.0, 1.0, "not after its start"),
        (7.0, 8.0, "outside"),
        (0.0, 0.02, "10 ms on both sides"),
        (3.995, 4.0, "10 ms on both sides"),
        (1.8, 2.6, None),
    ],
)
def test_what_cannot_be_filled_is_refused_with_the_reason(
    start: float, end: float, words: str | None
):
    recording = opened(chord(4.0))
    if words is None:
        inpaint(recording, start, end)
        return
    with pytest.raises(ToolInputError, match=words) as caught:
        inpaint(recording, start, end)
    assert caught.value.hint


def test_the_limit_names_what_would_do_more():
    with pytest.raises(ToolInputError) as caught:
        inpaint(opened(chord(9.0)), 2.0, 5.0)
    assert "generative model" in caught.value.hint


def test_an_empty_band_is_refused():
    with pytest.raises(ToolInputError, match="is empty"):
        inpaint(opened(chord(4.0)), 1.0, 1.2, 9_000.0)


def test_in_noise_that_never_comes_again_a_poor_fit_is_said():
    noise = np.random.default_rng(1).normal(0.0, 0.1, 4 * RATE).astype(np.float32)
    made, _, said = mended(inpaint(opened(spoiled(noise, 2.0, 2.3)), 2.0, 2.3))
    assert "No passage fits well" in said
    level = np.std(made[0, 2 * RATE : round(2.3 * RATE)]) / np.std(noise)
    assert 0.7 < level < 1.4


def test_silence_stays_silent_and_this_is_said():
    made, _, said = mended(inpaint(opened(np.zeros(2 * RATE, np.float32)), 1.0, 1.02))
    assert "silent" in said and not made.any()


def test_eight_channels_and_a_high_rate_are_filled():
    clean = np.stack([chord(2.0, 96_000) * gain for gain in np.linspace(0.2, 1.0, 8)])
    made, _, _ = mended(inpaint(opened(spoiled(clean, 1.0, 1.1, 96_000), 96_000), 1.0, 1.1))
    inside = slice(96_000, round(1.1 * 96_000))
    assert snr(clean[:, inside], made[:, inside]) > 6.0


def test_what_was_filled_is_said_in_portuguese_too():
    sentences: list[str] = []
    for end, band_hz in ((1.02, None), (1.02, 900.0), (1.2, None), (1.2, 900.0)):
        noise = np.random.default_rng(1).normal(0.0, 0.1, 4 * RATE).astype(np.float32)
        sentences.append(mended(inpaint(opened(noise), 1.0, end, band_hz))[2])
    sentences.append(mended(inpaint(opened(np.zeros(2 * RATE, np.float32)), 1.0, 1.02))[2])
    for sentence in sentences:
        said = in_words("pt", sentence)
        assert not {"the", "filled", "listen", "silent", "fits"} & set(said.lower().split())
