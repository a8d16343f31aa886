import re
from itertools import pairwise

import jiwer
import numpy as np
import pytest
from faster_whisper.transcribe import Segment as Draft
from faster_whisper.transcribe import Word as DraftWord

from tonmeister.artifacts import Noted, Region, Transcript
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.whisper import LANGUAGES, WhisperBase, _grouped, _Piece, _spoken_words
from tonmeister.streaming import Audio

OPENING = """It was the best of times, it was the worst of times, it was the age of wisdom, it was
the age of foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the
season of Light, it was the season of Darkness, it was the spring of hope, it was the winter of
despair, we had everything before us, we had nothing before us, we were all going direct to Heaven,
we were all going direct the other way. In short, the period was so far like the present period,
that some of its noisiest authorities insisted on its being received, for good or for evil, in the
superlative degree of comparison only."""


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower()).split()).replace("mr ", "mister ")


def transcript(whisper: WhisperBase, waveform: Waveform, language: str | None = None) -> Transcript:
    result = whisper(Audio.from_waveform(waveform), language)
    return result.value if isinstance(result, Noted) else result


def draft(text: str, no_speech: float, log_probability: float, compression: float) -> Draft:
    words = [DraftWord(start=0.0, end=1.0, word=f" {text}", probability=0.5)]
    return Draft(
        *(1, 0, 0.0, 1.0, text, [], log_probability, compression, no_speech),
        words=words,
        temperature=0.0,
    )


def test_inventions_over_noise_are_dropped_and_plain_speech_is_kept():
    drafts = [
        draft("kept", 0.1, -0.3, 1.2),
        draft("kept too, though faint", 0.9, -0.3, 1.2),
        draft("Thank you.", 0.9, -1.4, 0.8),
        draft("so so so so so", 0.1, -1.2, 3.0),
        draft("♪♪", 0.1, -0.3, 1.0),
    ]
    assert [word.word for word in _spoken_words(drafts)] == [" kept", " kept too, though faint"]


def test_pieces_close_as_soon_as_they_are_long_enough():
    regions = [Region(i * 50.0, i * 50.0 + 40.0) for i in range(20)]
    pulled: list[Region] = []

    def coming():
        for region in regions:
            pulled.append(region)
            yield region

    pieces = _grouped(coming())
    assert len(next(pieces)) == 8
    assert len(pulled) == 8
    assert [len(piece) for piece in pieces] == [8, 4]


def test_times_are_mapped_back_to_the_recording():
    audio = Audio.from_waveform(Waveform(np.zeros((1, 480_000), np.float32), 16_000))
    piece = _Piece.read(audio, [Region(2.0, 4.0), Region(10.0, 15.0)])
    assert len(piece.samples) == 7 * 16_000
    assert piece.restored(0.5, 1.0) == (2.5, 3.0)
    assert piece.restored(2.5, 3.0) == (10.5, 11.0)
    assert piece.restored(1.8, 2.1) == (3.8, 4.0)
    assert piece.restored(6.9, 7.5) == (14.9, 15.0)


def test_the_languages_are_whispers():
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    # Cantonese came with large-v3 only.
    assert set(LANGUAGES) == set(_LANGUAGE_CODES) - {"yue"}


@pytest.mark.weights
def test_an_unknown_language_is_refused_with_the_codes(whisper: WhisperBase):
    with pytest.raises(ToolInputError, match=r"'xx' is unknown.*pt"):
        transcript(whisper, Waveform(np.zeros(16_000, np.float32), 16_000), "xx")


@pytest.mark.weights
def test_a_reading_is_written_down_with_its_language_and_times(
    whisper: WhisperBase, two_cities: Waveform
):
    found = transcript(whisper, two_cities)
    assert found.language == "en"
    assert jiwer.wer(plain(OPENING), plain(found.text)) < 0.05
    words = [word for segment in found.segments for word in segment.words]
    times = [time for word in words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[0] >= 0.0 and times[-1] <= found.duration
    assert len(found.segments) >= 10
    assert all(before.end <= after.start for before, after in pairwise(found.segments))
    assert plain(" ".join(word.text for word in words)) == plain(found.text)


@pytest.mark.weights
def test_librivox_clips_have_few_errors(whisper: WhisperBase, librivox: list[tuple[Waveform, str]]):
    hypotheses = [plain(transcript(whisper, clip, "en").text) for clip, _ in librivox]
    assert jiwer.wer([plain(text) for _, text in librivox], hypotheses) < 0.08


@pytest.mark.weights
def test_a_noisy_old_recording_is_understood(whisper: WhisperBase, jfk: Waveform):
    found = transcript(whisper, jfk)
    assert "ask not what your country can do for you" in plain(found.text)


@pytest.mark.weights
def test_words_lie_where_they_are_spoken_after_a_long_silence(
    whisper: WhisperBase, librivox: list[tuple[Waveform, str]]
):
    first, second = librivox[1][0].samples[0], librivox[3][0].samples[0]
    quiet = np.zeros(30 * 16_000, np.float32)
    mixture = np.concatenate([quiet, first, quiet, second, quiet])
    found = transcript(whisper, Waveform(mixture, 16_000), "en")
    words = [word for segment in found.segments for word in segment.words]
    assert plain(found.text).startswith("he was not an ill")
    assert plain(found.text).endswith("more respectable than he was")
    starts = (480_000, 960_000 + len(first))
    for start, length, word in (
        (starts[0], len(first), words[0]),
        (starts[1], len(second), next(word for word in words if plain(word.text) == "had")),
    ):
        loud = np.flatnonzero(np.abs(mixture[start : start + length]) > 0.03)
        assert word.start == pytest.approx((start + loud[0]) / 16_000, abs=0.4)
    assert words[-1].end == pytest.approx((starts[1] + len(second)) / 16_000, abs=1.0)
    assert found.duration == pytest.approx(len(mixture) / 16_000)


@pytest.mark.weights
def test_the_same_recording_gives_the_same_transcript(whisper: WhisperBase, jfk: Waveform):
    assert transcript(whisper, jfk) == transcript(whisper, jfk)


TIME = np.arange(10 * 16_000) / 16_000


def pink(power: float) -> np.ndarray:
    spectrum = np.fft.rfft(np.random.default_rng(1).standard_normal(len(TIME)))
    frequencies = np.maximum(np.fft.rfftfreq(len(TIME), 1 / 16_000), 20.0)
    noise = np.fft.irfft(spectrum / frequencies**power, len(TIME))
    return 0.4 * noise / np.abs(noise).max()


def partials(*frequencies: float) -> np.ndarray:
    return sum(0.1 * np.sin(2 * np.pi * frequency * TIME) for frequency in frequencies)


UNSPOKEN = {
    "digital silence": np.zeros(len(TIME)),
    "white noise": 0.05 * np.random.default_rng(2).standard_normal(len(TIME)),
    "faint noise": 1e-4 * np.random.default_rng(2).standard_normal(len(TIME)),
    "pink noise": pink(0.5),
    "rumble": pink(1.0),
    "waves": pink(0.5) * (1 + np.sin(2 * np.pi * 0.15 * TIME)) / 2,
    "noise in the rhythm of syllables": pink(0.5) * (1 + np.sin(2 * np.pi * 4 * TIME)) / 2,
    "hum": partials(50, 100, 150, 250),
    "clicks": (np.arange(len(TIME)) % 5_333 == 0) * 0.8,
    "tone": partials(1_000),
    "beeps": partials(800) * (TIME % 0.5 < 0.2),
    "chord": partials(220, 277.2, 329.6, 440, 554.4, 659.2),
    "plucked chords": partials(196, 246.9, 293.7, 392, 493.9) * np.exp(-3 * (TIME % 0.5)),
}


@pytest.mark.weights
@pytest.mark.parametrize("name", UNSPOKEN)
def test_nothing_is_written_where_nobody_speaks(whisper: WhisperBase, name: str):
    found = transcript(whisper, Waveform(UNSPOKEN[name].astype(np.float32), 16_000))
    assert (found.language, found.segments, found.duration) == (None, (), 10.0)


@pytest.mark.weights
def test_a_recording_of_no_length_has_no_transcript(whisper: WhisperBase):
    found = transcript(whisper, Waveform(np.zeros((1, 0), np.float32), 16_000))
    assert found == Transcript(None, (), 0.0)
