import numpy as np
import pyloudnorm
import pytest
from scipy.ndimage import maximum_filter1d

from tonmeister.artifacts import Noted
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.metering import LoudnessMeter
from tonmeister.streaming import Audio
from tonmeister.tools import editing

SHAPES = [(8000, 1), (44100, 2), (96000, 1), (48000, 8)]


def tone(frequency=440.0, duration=1.0, rate=48000, num_channels=1, amplitude=0.5):
    wave = amplitude * np.sin(2 * np.pi * frequency * np.arange(round(duration * rate)) / rate)
    return np.tile(wave.astype(np.float32), (num_channels, 1))


def audio_of(samples, rate=48000):
    return Audio.from_waveform(Waveform(samples, rate))


def value_of(result):
    return result.value if isinstance(result, Noted) else result


def played(result):
    """Return all samples of a result, checked against what it announced."""
    audio = value_of(result)
    blocks = list(audio.blocks())
    assert all(block.sample_rate == audio.sample_rate for block in blocks)
    samples = np.concatenate([block.samples for block in blocks], axis=1)
    assert samples.shape == (audio.num_channels, audio.num_frames)
    assert samples.dtype == np.float32
    assert np.isfinite(samples).all()
    return samples


def pitch(samples, rate):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 22))
    return np.argmax(spectrum) * rate / (1 << 22)


def loudness(samples, rate, true_peak=False):
    meter = LoudnessMeter(rate, len(samples), true_peak=true_peak)
    meter.add(Waveform(samples, rate))
    return meter.levels()


class Source:
    """A long recording that exists only while it is read; counts what is read at once."""

    def __init__(self, duration=600.0, rate=8000, num_channels=1):
        self.largest = 0

        def read(first, count):
            self.largest = max(self.largest, count)
            frames = np.arange(first, first + count)
            quiet = (frames // rate) % 10 >= 7
            wave = 0.5 * np.sin(2 * np.pi * 440 * frames / rate) * ~quiet
            return np.tile(wave.astype(np.float32), (num_channels, 1))

        self.audio = Audio(rate, num_channels, round(duration * rate), read=read)


EVERY_TOOL = {
    "trim": lambda a: editing.trim(a, 0.0, a.duration / 2),
    "remove_part": lambda a: editing.remove_part(a, a.duration / 4, a.duration / 2),
    "join": lambda a: editing.join([a, a]),
    "join with crossfade": lambda a: editing.join([a, a, a], crossfade=a.duration / 4),
    "mix": lambda a: editing.mix(a, a, a.duration / 2),
    "change_gain": lambda a: editing.change_gain(a, 12.0),
    "fade": lambda a: editing.fade(a, a.duration / 3, a.duration / 3),
    "change_speed": lambda a: editing.change_speed(a, 1.5),
    "change_pitch": lambda a: editing.change_pitch(a, 3.0),
    "resample": lambda a: editing.resample(a, 22050),
    "to_mono": editing.to_mono,
}


@pytest.mark.parametrize("name", EVERY_TOOL)
@pytest.mark.parametrize(("rate", "num_channels"), SHAPES)
@pytest.mark.parametrize("duration", [0.05, 0.5])
def test_short_recordings_of_every_shape_come_through_and_stay_unchanged(
    name, rate, num_channels, duration
):
    samples = tone(440, duration, rate, num_channels)
    before = samples.copy()
    result = EVERY_TOOL[name](audio_of(samples, rate))
    made = played(result)
    assert np.abs(made).max() > 0.1
    assert len(made) == (1 if name == "to_mono" else num_channels)
    np.testing.assert_array_equal(samples, before)


@pytest.mark.parametrize("name", EVERY_TOOL)
def test_silence_stays_silence(name):
    made = played(EVERY_TOOL[name](audio_of(np.zeros((2, 24000), np.float32))))
    assert not made.any()


@pytest.mark.parametrize("name", [*EVERY_TOOL, "remove_silence", "normalize_loudness"])
def test_ten_minutes_are_never_in_memory_at_once(name):
    source = Source()
    tools = {
        **EVERY_TOOL,
        "join with crossfade": lambda a: editing.join([a, a], crossfade=5.0),
        "remove_silence": editing.remove_silence,
        "normalize_loudness": editing.normalize_loudness,
    }
    result = tools[name](source.audio)
    largest = max(block.num_frames for block in value_of(result).blocks())
    limit = 31 * source.audio.sample_rate
    assert source.largest <= limit
    assert largest <= limit


def test_the_memory_guard_sees_a_tool_that_reads_everything():
    source = Source()
    source.audio.read()
    assert source.largest > 31 * source.audio.sample_rate


def test_trim_keeps_exactly_what_lies_between_the_times():
    ramp = np.linspace(0.1, 0.9, 48000, dtype=np.float32)[None, :]
    made = played(editing.trim(audio_of(ramp), 0.25, 0.75))
    np.testing.assert_array_equal(made[:, 240:-240], ramp[:, 12240:35760])
    assert abs(made[0, 0]) < 0.001
    assert abs(made[0, -1]) < 0.001


def test_trim_leaves_the_outer_ends_as_they_are():
    ramp = np.linspace(0.1, 0.9, 48000, dtype=np.float32)[None, :]
    np.testing.assert_array_equal(played(editing.trim(audio_of(ramp))), ramp)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(0.5, 0.5, "not after"), (0.8, 0.2, "not after"), (2.0, None, "1.00 s"), (0.0, 3.0, "1.00 s")],
)
@pytest.mark.parametrize("tool", [editing.trim, editing.remove_part])
def test_times_that_do_not_fit_are_refused_with_the_duration(tool, start, end, words):
    if end is None and tool is editing.remove_part:
        end = 3.0
    with pytest.raises(ToolInputError, match=words) as caught:
        tool(audio_of(tone()), start, end)
    assert caught.value.tool == tool.name
    assert caught.value.hint


def test_an_end_a_moment_late_is_the_end():
    assert value_of(editing.trim(audio_of(tone()), 0.5, 1.03)).num_frames == 24000


def test_removing_a_part_closes_the_gap_without_a_click():
    samples = np.concatenate([tone(440), np.zeros((1, 48000), np.float32), tone(440)], axis=1)
    samples[:, 48000:96000] = 0.9
    made = played(editing.remove_part(audio_of(samples), 0.99, 2.01))
    assert made.shape[1] == 3 * 48000 - round(1.02 * 48000)
    assert np.abs(np.diff(made[0])).max() < 0.04
    assert np.abs(made).max() < 0.55


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.4), (0.6, 1.0)])
def test_an_end_of_the_recording_can_be_removed(start, end):
    made = played(editing.remove_part(audio_of(tone()), start, end))
    assert made.shape[1] == round(0.6 * 48000)


def test_removing_everything_is_refused():
    with pytest.raises(ToolInputError, match="nothing would be left"):
        editing.remove_part(audio_of(tone()), 0.0, 1.0)


def test_joined_recordings_follow_one_another_with_the_gap():
    made = played(editing.join([audio_of(tone()), audio_of(tone(880))], gap=0.5))
    assert made.shape[1] == round(2.5 * 48000)
    assert not made[:, 48000:72000].any()
    np.testing.assert_array_equal(made[:, 72000:], tone(880))


def test_recordings_of_different_rates_and_channels_stay_in_tune():
    low, high = audio_of(tone(440, rate=16000), 16000), audio_of(tone(1000, 1.0, 44100, 2), 44100)
    for order, expected in (([low, high], (440, 1000)), ([high, low], (1000, 440))):
        result = editing.join(order)
        made = played(result)
        assert (result.sample_rate, result.num_channels) == (44100, 2)
        assert made.shape[1] == 2 * 44100
        for channel in made:
            assert pitch(channel[:44100], 44100) == pytest.approx(expected[0], rel=1e-3)
            assert pitch(channel[44100:], 44100) == pytest.approx(expected[1], rel=1e-3)


def test_a_crossfade_overlaps_neighbours_and_keeps_the_power():
    noises = np.random.default_rng(1).normal(0.0, 0.1, (3, 1, 48000)).astype(np.float32)
    made = played(editing.join([audio_of(noise) for noise in noises], crossfade=0.25))
    assert made.shape[1] == round(2.5 * 48000)
    np.testing.assert_array_equal(made[:, :36000], noises[0][:, :36000])
    assert np.std(made[:, 36000:48000]) == pytest.approx(0.1, rel=0.05)


def test_a_crossfade_that_would_clip_turns_everything_down_and_says_so():
    loud = audio_of(np.full((1, 48000), 0.99, np.float32))
    result = editing.join([loud, loud], crossfade=0.5)
    assert "turned down by 3.0 dB" in result.notes[0]
    assert np.abs(played(result)).max() <= 1.0


@pytest.mark.parametrize(
    ("count", "options", "words"),
    [
        (1, {}, "two or more"),
        (2, {"gap": 1.0, "crossfade": 0.1}, "only one is possible"),
        (2, {"crossfade": 1.5}, "1.00 s long"),
        (3, {"crossfade": 0.6}, "recording 2"),
    ],
)
def test_joins_that_are_impossible_are_refused(count, options, words):
    with pytest.raises(ToolInputError, match=words):
        editing.join([audio_of(tone())] * count, **options)


def test_channels_that_do_not_fit_together_are_refused_with_the_way_out():
    with pytest.raises(ToolInputError, match="2 and 6 channels") as caught:
        editing.join([audio_of(tone(num_channels=2)), audio_of(tone(num_channels=6))])
    assert "to_mono" in caught.value.hint


def test_mixing_sums_the_samples_exactly():
    first, second = tone(440, 1.0, amplitude=0.3), tone(1000, 0.5, amplitude=0.4)
    result = editing.mix(audio_of(first), audio_of(second), 0.75, -6.0)
    assert not isinstance(result, Noted)
    expected = np.zeros((1, 60000), np.float32)
    expected[:, :48000] = first
    expected[:, 36000:] += second * np.float32(10 ** (-6 / 20))
    np.testing.assert_array_equal(played(result), expected)


def test_a_mix_that_would_clip_is_turned_down_and_says_by_how_much():
    result = editing.mix(audio_of(tone(amplitude=0.9)), audio_of(tone(amplitude=0.9)))
    assert "5.2 dB" in result.notes[0]
    made = played(result)
    assert np.abs(made).max() == pytest.approx(10 ** (-0.1 / 20), abs=1e-3)
    np.testing.assert_allclose(made / np.abs(made).max(), tone() / 0.5, atol=1e-4)


def test_an_offset_after_the_end_is_refused():
    with pytest.raises(ToolInputError, match=r"1\.00 s long"):
        editing.mix(audio_of(tone()), audio_of(tone()), 2.0)


def speech_like(rate=48000, num_channels=1, duration=12):
    generator = np.random.default_rng(2)
    time = np.arange(duration * rate) / rate
    syllables = np.clip(np.sin(2 * np.pi * 3 * time), 0, 1) ** 2 * (
        np.sin(2 * np.pi * 0.2 * time) > -0.5
    )
    wave = np.sin(2 * np.pi * 150 * time) + 0.3 * generator.normal(size=time.size)
    return np.tile((0.1 * wave * syllables).astype(np.float32), (num_channels, 1))


@pytest.mark.parametrize("target", [-30.0, -23.0, -16.0, -14.0])
@pytest.mark.parametrize(("rate", "num_channels"), [(8000, 1), (48000, 2)])
def test_the_target_loudness_is_reached_under_the_ceiling(target, rate, num_channels):
    result = editing.normalize_loudness(audio_of(speech_like(rate, num_channels), rate), target)
    made = played(result)
    assert pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(
        made.T.astype(float)
    ) == pytest.approx(target, abs=0.5)
    assert loudness(made, rate, true_peak=True).true_peak_db <= -1.0


def test_peaks_are_limited_only_where_they_would_exceed_the_ceiling():
    samples = speech_like()
    samples[:, 48000] = 0.99
    result = editing.normalize_loudness(audio_of(samples), -20.0)
    assert "limiter" in result.notes[0]
    made = played(result)
    assert loudness(made, 48000, true_peak=True).true_peak_db <= -1.0
    quiet = slice(96000, 500_000)
    ratio = np.sum(made[:, quiet] * samples[:, quiet]) / np.sum(samples[:, quiet] ** 2)
    np.testing.assert_allclose(made[:, quiet], samples[:, quiet] * ratio, atol=2e-3)


def test_the_limiter_does_not_distort_a_bass():
    bass = tone(40.0, 4.0, amplitude=0.9)
    made = played(editing.normalize_loudness(audio_of(bass), -7.0, -3.0))[0, 48000:144000]
    power = np.abs(np.fft.rfft(made * np.hanning(len(made)))) ** 2
    assert 10 * np.log10(power[120:].sum() / power[70:90].sum()) < -80


def test_without_peaks_nothing_but_the_level_changes():
    samples = speech_like()
    result = editing.normalize_loudness(audio_of(samples), -30.0)
    assert not isinstance(result, Noted)
    made = played(result)
    ratio = np.abs(made).max() / np.abs(samples).max()
    np.testing.assert_allclose(made, samples * ratio, rtol=1e-4, atol=1e-7)


def test_an_unreachable_loudness_is_explained():
    result = editing.normalize_loudness(audio_of(speech_like()), -5.0, -12.0)
    assert any("would need more than" in note for note in result.notes)
    assert loudness(played(result), 48000, true_peak=True).true_peak_db <= -12.0


@pytest.mark.parametrize("samples", [np.zeros((1, 48000), np.float32), tone(duration=0.05)])
def test_loudness_that_cannot_be_measured_is_refused(samples):
    with pytest.raises(ToolInputError, match="cannot be measured"):
        editing.normalize_loudness(audio_of(samples))


def test_gain_is_exact_and_keeps_peaks_under_full_scale():
    made = played(editing.change_gain(audio_of(tone()), -6.0))
    np.testing.assert_allclose(made, tone() * 10 ** (-6 / 20), atol=1e-6)
    result = editing.change_gain(audio_of(tone()), 12.0)
    assert "exceed full scale by 6.0 dB" in result.notes[0]
    assert np.abs(played(result)).max() <= 1.0


def test_fades_begin_and_end_in_silence_and_leave_the_middle_alone():
    flat = np.full((2, 48000), 0.5, np.float32)
    made = played(editing.fade(audio_of(flat), 0.25, 0.5))
    assert abs(made[0, 0]) < 1e-4
    assert abs(made[0, -1]) < 1e-4
    assert made[0, 6000] == pytest.approx(0.25, abs=0.001)
    np.testing.assert_array_equal(made[:, 12000:24000], 0.5)
    assert (np.diff(made[0, :12000]) >= 0).all()


@pytest.mark.parametrize(("fades", "words"), [((0.0, 0.0), "Neither"), ((0.6, 0.6), "1.00 s")])
def test_fades_that_do_not_fit_are_refused(fades, words):
    with pytest.raises(ToolInputError, match=words):
        editing.fade(audio_of(tone()), *fades)


@pytest.mark.parametrize("rate", [8000, 48000])
@pytest.mark.parametrize("factor", [0.25, 0.5, 0.8, 1.25, 2.0, 4.0])
def test_speed_changes_the_duration_and_not_the_pitch(factor, rate):
    samples = tone(440, 3.0, rate, 2)
    samples[1] *= 0.5
    made = played(editing.change_speed(audio_of(samples, rate), factor))
    assert made.shape[1] == round(3.0 * rate / factor)
    cents = 1200 * np.log2(pitch(made[0], rate) / 440)
    assert abs(cents) < 10
    np.testing.assert_allclose(made[1], made[0] / 2, atol=1e-4)
    assert np.abs(made).max() < 0.55


@pytest.mark.parametrize("rate", [8000, 48000])
@pytest.mark.parametrize("semitones", [-24.0, -7.0, 0.5, 7.0, 12.0])
def test_pitch_changes_and_the_duration_does_not(semitones, rate):
    made = played(editing.change_pitch(audio_of(tone(440, 3.0, rate), rate), semitones))
    assert made.shape[1] == 3 * rate
    wanted = 440 * 2 ** (semitones / 12)
    assert abs(1200 * np.log2(pitch(made[0], rate) / wanted)) < 10


def onsets(samples, rate, expected):
    loud = maximum_filter1d(np.abs(samples), round(0.003 * rate)) > 0.25
    found = []
    for time in expected:
        first = round((time - 0.2) * rate)
        found.append((first + np.flatnonzero(loud[first:])[0]) / rate)
    return np.array(found)


@pytest.mark.parametrize(
    "change",
    [
        lambda a: (editing.change_speed(a, 0.8), 0.8),
        lambda a: (editing.change_speed(a, 1.3), 1.3),
        lambda a: (editing.change_speed(a, 4.0), 4.0),
        lambda a: (editing.change_pitch(a, 5.0), 1.0),
        lambda a: (editing.change_pitch(a, -5.0), 1.0),
        lambda a: (editing.resample(a, 44100), 1.0),
        lambda a: (editing.change_gain(a, 1.0), 1.0),
    ],
)
def test_onsets_stay_within_ten_milliseconds(change):
    rate = 48000
    time = np.arange(30 * rate) / rate
    samples = (0.5 * np.sin(2 * np.pi * 440 * time) * ((time % 3 >= 1) & (time % 3 < 2)))[None, :]
    result, factor = change(audio_of(samples.astype(np.float32)))
    expected = (np.arange(10) * 3 + 1) / factor
    found = onsets(played(result)[0], result.sample_rate, expected)
    assert np.abs(found - expected).max() < 0.0101


@pytest.mark.parametrize("tool", [editing.change_speed, editing.change_pitch])
def test_a_change_of_nothing_is_said(tool):
    result = tool(audio_of(tone()), 1.0 if tool is editing.change_speed else 0.0)
    assert "nothing was changed" in result.notes[0]


def test_pauses_are_shortened_to_what_is_kept():
    parts = [
        tone(),
        np.zeros((1, 96000), np.float32),
        tone(),
        np.zeros((1, 12000), np.float32),
        tone(),
    ]
    made = played(editing.remove_silence(audio_of(np.concatenate(parts, axis=1)), keep=0.2))
    # The pause of 2 s becomes 0.2 s; the one of 0.25 s is shorter than a pause that is cut.
    assert made.shape[1] / 48000 == pytest.approx(3 + 0.2 + 0.25, abs=0.03)
    assert np.abs(np.diff(made[0])).max() < 0.04


def test_silence_at_the_ends_is_kept_next_to_the_sound():
    silence = np.zeros((1, 48000), np.float32)
    samples = np.concatenate([silence, tone(), silence], axis=1)
    made = played(editing.remove_silence(audio_of(samples), keep=0.3))
    assert made.shape[1] / 48000 == pytest.approx(1.6, abs=0.03)
    assert np.flatnonzero(np.abs(made[0]) > 0.25)[0] / 48000 == pytest.approx(0.3, abs=0.02)


def test_noise_above_the_threshold_stays_and_that_is_said():
    generator = np.random.default_rng(0)
    samples = tone(duration=3.0)
    samples[:, 48000:96000] = generator.normal(0, 0.02, (1, 48000))
    result = editing.remove_silence(audio_of(samples), threshold_db=-45.0)
    assert "nothing was cut" in result.notes[0]
    cut = editing.remove_silence(audio_of(samples), threshold_db=-20.0)
    assert value_of(cut).num_frames < 120_000


def test_silence_throughout_is_refused():
    with pytest.raises(ToolInputError, match="silent"):
        editing.remove_silence(audio_of(np.zeros((1, 48000), np.float32)))


def test_resampling_keeps_pitch_and_duration():
    made = played(editing.resample(audio_of(tone(440, 2.0, 44100), 44100), 16000))
    assert made.shape[1] == 32000
    assert pitch(made[0], 16000) == pytest.approx(440, rel=1e-4)


def test_mono_is_the_average():
    samples = np.concatenate([tone(440), tone(880)])
    np.testing.assert_allclose(
        played(editing.to_mono(audio_of(samples))), samples.mean(axis=0, keepdims=True), atol=1e-7
    )


def test_what_is_already_so_is_said():
    assert "already" in editing.to_mono(audio_of(tone())).notes[0]
    assert "already" in editing.resample(audio_of(tone()), 48000).notes[0]
