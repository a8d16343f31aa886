import json
import re
from itertools import pairwise

import av
import numpy as np
import pytest
import soundfile

from tonmeister.artifacts import AudioFile, Noted, Segment, Transcript, Word
from tonmeister.audio import Waveform
from tonmeister.errors import StoreError, ToolInputError
from tonmeister.streaming import Audio
from tonmeister.tools import export
from tonmeister.tools.subtitles import subtitles_of

FORMATS = ["wav", "flac", "mp3", "ogg", "opus", "m4a", "aiff"]
LOSSLESS = ["wav", "flac", "aiff"]


def audio_of(samples, rate=48000):
    return Audio.from_waveform(Waveform(samples, rate))


def burst(rate=48000, num_channels=2, amplitude=0.5):
    """One second of silence, half a second of a tone, half a second of silence."""
    time = np.arange(2 * rate) / rate
    wave = amplitude * np.sin(2 * np.pi * 1000 * time) * ((time >= 1.0) & (time < 1.5))
    return np.tile(wave.astype(np.float32), (num_channels, 1))


def file_of(result):
    return result.value if isinstance(result, Noted) else result


def decoded(path):
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="fltp")
        frames = [part for frame in container.decode(stream) for part in resampler.resample(frame)]
        return np.concatenate([frame.to_ndarray() for frame in frames], axis=1), stream.rate


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("rate", "num_channels"), [(8000, 1), (44100, 2), (48000, 1), (96000, 2)])
def test_every_format_keeps_time_level_and_channels(name, rate, num_channels, tmp_path):
    file = file_of(export.convert_format(audio_of(burst(rate, num_channels), rate), name, tmp_path))
    assert isinstance(file, AudioFile)
    assert (file.suffix, file.path.suffix) == (name, f".{name}")
    samples, decoded_rate = decoded(file.path)
    assert len(samples) == num_channels
    assert samples.shape[1] / decoded_rate == pytest.approx(
        2.0, abs=0.15 if name == "m4a" else 0.03
    )
    assert np.flatnonzero(np.abs(samples[0]) > 0.25)[0] / decoded_rate == pytest.approx(
        1.0, abs=0.01
    )
    middle = samples[0, round(1.2 * decoded_rate) : round(1.4 * decoded_rate)]
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_formats_have_24_bits_and_keep_every_sample(name, tmp_path):
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 48000)).astype(np.float32)
    file = file_of(export.convert_format(audio_of(samples), name, tmp_path))
    assert soundfile.info(file.path).subtype == "PCM_24"
    read, _ = soundfile.read(file.path, dtype="float32")
    np.testing.assert_allclose(read.T, samples, atol=2**-22)


@pytest.mark.parametrize("name", FORMATS)
def test_fifty_milliseconds_are_written(name, tmp_path):
    file = file_of(export.convert_format(audio_of(burst()[:, 48000:50400]), name, tmp_path))
    assert decoded(file.path)[0].shape[1] >= 2200


@pytest.mark.parametrize("name", FORMATS)
def test_peaks_over_full_scale_are_clipped_and_that_is_said(name, tmp_path):
    result = export.convert_format(audio_of(burst(amplitude=2.0)), name, tmp_path)
    assert any("6.0 dB" in note for note in result.notes)
    if name in LOSSLESS:
        assert np.abs(decoded(result.value.path)[0]).max() <= 1.0


@pytest.mark.parametrize(("name", "rate"), [("opus", 44100), ("mp3", 96000), ("m4a", 192000)])
def test_a_rate_the_format_cannot_hold_is_converted_and_that_is_said(name, rate, tmp_path):
    result = export.convert_format(audio_of(burst(rate), rate), name, tmp_path)
    assert f"{rate} Hz" in result.notes[0]


@pytest.mark.parametrize("name", ["mp3", "m4a"])
def test_too_many_channels_are_refused_with_the_way_out(name, tmp_path):
    with pytest.raises(ToolInputError, match="8 channels") as caught:
        export.convert_format(audio_of(burst(num_channels=8)), name, tmp_path)
    assert "to_mono" in caught.value.hint


@pytest.mark.parametrize("name", ["wav", "flac", "ogg", "opus", "aiff"])
def test_eight_channels_are_kept_where_the_format_can(name, tmp_path):
    file = file_of(export.convert_format(audio_of(burst(num_channels=8)), name, tmp_path))
    assert soundfile.info(file.path).channels == 8


@pytest.mark.parametrize("name", ["wav", "m4a"])
def test_a_folder_that_is_missing_is_a_store_error(name, tmp_path):
    with pytest.raises(StoreError):
        export.convert_format(audio_of(burst()), name, tmp_path / "missing")


@pytest.mark.parametrize("name", ["flac", "ogg", "m4a"])
def test_ten_minutes_are_written_from_small_pieces(name, tmp_path):
    read_frames = []

    def read(first, count):
        read_frames.append(count)
        return np.zeros((1, count), np.float32)

    export.convert_format(Audio(8000, 1, 4_800_000, read=read), name, tmp_path)
    assert sum(read_frames) == 4_800_000
    assert max(read_frames) <= 80_000


def test_the_sound_of_a_video_is_taken_as_it_is():
    audio = audio_of(burst())
    assert export.extract_audio(audio) is audio


TEXT = (
    "When we came to the harbour, the ship had already left. Nobody knew where it was going, and "
    "nobody wanted to ask. So we sat down, ate our bread, and waited for the next one; it came "
    "three days later. Well. That is all I remember about that long and rather cold summer."
)


def spoken(text=TEXT, start=0.0, pace=0.35, language="en", speaker=None):
    words = [
        Word(start + index * pace, start + (index + 0.9) * pace, word)
        for index, word in enumerate(text.split())
    ]
    segment = Segment(words[0].start, words[-1].end, text, speaker, tuple(words))
    return Transcript(language, (segment,), words[-1].end + 2.0)


@pytest.mark.parametrize("pace", [0.1, 0.35, 1.0, 3.0])
@pytest.mark.parametrize("timed_words", [True, False])
def test_subtitles_keep_all_words_and_every_limit(pace, timed_words):
    transcript = spoken(pace=pace)
    if not timed_words:
        segment = transcript.segments[0]
        segment = Segment(segment.start, segment.end, segment.text)
        transcript = Transcript("en", (segment,), transcript.duration)
    subtitles = subtitles_of(transcript)
    assert " ".join(line for subtitle in subtitles for line in subtitle.lines) == TEXT
    for subtitle in subtitles:
        assert 1 <= len(subtitle.lines) <= 2
        assert all(0 < len(line) <= 42 for line in subtitle.lines)
        assert 0.0 < subtitle.end - subtitle.start <= 7.0 + 1e-9
    for before, after in pairwise(subtitles):
        assert before.end <= after.start


def test_subtitles_break_at_punctuation_and_leave_no_word_alone():
    subtitles = subtitles_of(spoken())
    assert subtitles[0].lines[-1].endswith("left.")
    assert all(len(" ".join(subtitle.lines).split()) > 1 for subtitle in subtitles)


def test_a_single_word_is_shown_long_enough_to_read():
    subtitles = subtitles_of(Transcript("en", (Segment(1.0, 1.2, "Yes."),), 10.0))
    assert subtitles[0].end - subtitles[0].start == pytest.approx(0.8)


def test_a_long_pause_and_another_speaker_start_a_new_subtitle():
    first, second = spoken("I am here", speaker="A"), spoken("So am I", 1.1, speaker="B")
    later = spoken("Good then", 9.0, speaker="B")
    segments = (*first.segments, *second.segments, *later.segments)
    subtitles = subtitles_of(Transcript("en", segments, 12.0))
    assert [" ".join(s.lines) for s in subtitles] == ["I am here", "So am I", "Good then"]


def test_languages_without_spaces_are_not_given_any():
    text = "今日はとても良い天気なので、散歩に行きました。" * 4
    subtitles = subtitles_of(Transcript("ja", (Segment(0.0, 20.0, text),), 20.0))
    assert "".join(line for subtitle in subtitles for line in subtitle.lines) == text
    assert all(len(line) <= 42 for subtitle in subtitles for line in subtitle.lines)


def test_a_word_longer_than_a_line_is_divided():
    subtitles = subtitles_of(spoken("see " + "x" * 100))
    assert all(len(line) <= 42 for subtitle in subtitles for line in subtitle.lines)


def test_times_beyond_an_hour_are_written_right(tmp_path):
    transcript = spoken("Over one hour", start=3723.4567)
    text = export.write_subtitles(transcript, tmp_path).path.read_text()
    assert text.startswith("1\n01:02:03,457 --> 01:02:04,")
    text = export.write_subtitles(transcript, tmp_path, "vtt").path.read_text()
    assert text.startswith("WEBVTT\n\n01:02:03.457 --> 01:02:04.")


def test_srt_is_numbered_and_ffmpeg_reads_as_many_as_were_written(tmp_path):
    file = export.write_subtitles(spoken(), tmp_path)
    numbers = re.findall(r"^(\d+)\n\d\d:", file.path.read_text(), re.MULTILINE)
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    with av.open(str(file.path)) as container:
        assert sum(packet.size > 0 for packet in container.demux()) == len(numbers)


def test_marks_of_the_format_inside_the_text_do_no_harm(tmp_path):
    transcript = spoken("a --> b <i> & c")
    srt = export.write_subtitles(transcript, tmp_path).path.read_text()
    assert srt.count("-->") == 1
    vtt = export.write_subtitles(transcript, tmp_path, "vtt").path.read_text()
    assert vtt.count("-->") == 1
    assert "&lt;i&gt; &amp; c" in vtt


def test_plain_text_names_known_speakers(tmp_path):
    file = export.write_subtitles(spoken("Good morning", speaker="Anna"), tmp_path, "txt")
    assert file.path.read_text() == "Anna: Good morning\n"


def test_plain_text_has_a_line_for_each_sentence_whatever_pauses_are_in_it(tmp_path):
    said = ("It was the best", "of times,", "it was the worst.", "The end", "Chapter two", "é bom")
    segments = tuple(Segment(3.0 * at, 3.0 * at + 1.0, text) for at, text in enumerate(said))
    file = export.write_subtitles(Transcript("en", segments, 30.0), tmp_path, "txt")
    lines = ["It was the best of times, it was the worst.", "The end", "Chapter two é bom"]
    assert file.path.read_text(encoding="utf-8").splitlines() == lines


def test_plain_text_begins_a_line_where_the_speaker_changes(tmp_path):
    segments = (Segment(0.0, 1.0, "I think", "Ana"), Segment(1.0, 2.0, "that not", "Rui"))
    file = export.write_subtitles(Transcript("en", segments, 3.0), tmp_path, "txt")
    assert file.path.read_text() == "Ana: I think\nRui: that not\n"


def test_json_keeps_everything(tmp_path):
    file = export.write_subtitles(spoken(), tmp_path, "json")
    assert json.loads(file.path.read_text())["segments"][0]["words"][3]["text"] == "to"


@pytest.mark.parametrize(("name", "text"), [("srt", ""), ("vtt", "WEBVTT\n\n"), ("txt", "")])
def test_an_empty_transcript_gives_an_empty_valid_file_and_says_so(name, text, tmp_path):
    result = export.write_subtitles(Transcript(None, (), 3.0), tmp_path, name)
    assert result.value.path.read_text() == text
    assert "nothing was said" in result.notes[0]
