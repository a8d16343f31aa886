import re
from itertools import pairwise

import jiwer
import numpy as np
import pytest

from tonmeister.artifacts import Noted, Region, Transcript
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.speech_pieces import Piece, grouped
from tonmeister.models.whisper import LANGUAGES, Whisper, WhisperBase, WhisperTinyEn
from tonmeister.models.whisper_decoding import Draft, Hearing, _parts, kept_words
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


def transcript(whisper: Whisper, waveform: Waveform, language: str | None = None) -> Transcript:
    return transcript_of(whisper(Audio.from_waveform(waveform), language))


def transcript_of(result: Transcript | Noted) -> Transcript:
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, Transcript)
    return value


def kept(text: str, no_speech: float, log_probability: float, compression: float) -> str:
    words = [{"start": 0.0, "end": 1.0, "word": text, "probability": 0.5}]
    reading = Draft((1,), log_probability, no_speech, compression)
    return "".join(word.text for word in kept_words(words, reading))


def test_inventions_over_noise_are_dropped_and_plain_speech_is_kept():
    assert kept("kept", 0.1, -0.3, 1.2) == "kept"
    assert kept("kept too, though faint", 0.9, -0.3, 1.2) == "kept too, though faint"
    assert kept("Thank you.", 0.9, -1.4, 0.8) == ""
    assert kept("so so so so so", 0.1, -1.2, 3.0) == ""
    assert kept("♪♪", 0.1, -0.3, 1.0) == ""


MARK = 100


@pytest.mark.parametrize(
    ("tokens", "times", "read"),
    [
        # Two sentences, the second closed: nothing is said after it, the window is done.
        ([100, 1, 2, 150, 150, 3, 200], [(0.0, 1.0), (1.0, 2.0)], 3000),
        # The second has no end: it is left to the next window.
        ([100, 1, 2, 150, 150, 3], [(0.0, 1.0)], 100),
        ([100, 1, 2, 3], [(0.0, 30.0)], 3000),
        ([100, 1, 2, 175], [(0.0, 1.5)], 3000),
        ([100], [(0.0, 30.0)], 3000),
    ],
)
def test_a_window_ends_where_its_last_whole_sentence_ends(tokens, times, read):
    parts, advance, _ = _parts(tokens, MARK, 500, 3000)
    assert [(part["start"] - 5.0, part["end"] - 5.0) for part in parts] == times
    assert advance == read


def test_pieces_close_as_soon_as_they_are_long_enough():
    regions = [Region(i * 50.0, i * 50.0 + 40.0) for i in range(20)]
    pulled: list[Region] = []

    def coming():
        for region in regions:
            pulled.append(region)
            yield region

    pieces = grouped(coming(), 300.0)
    assert len(next(pieces)) == 8
    assert len(pulled) == 8
    assert [len(piece) for piece in pieces] == [8, 4]


def test_times_are_mapped_back_to_the_recording():
    audio = Audio.from_waveform(Waveform(np.zeros((1, 480_000), np.float32), 16_000))
    piece = Piece.read(audio, [Region(2.0, 4.0), Region(10.0, 15.0)])
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
def test_a_model_knows_the_languages_its_vocabulary_has(whisper: WhisperBase):
    assert set(whisper._decoder.languages_known) == set(LANGUAGES)


@pytest.mark.weights
def test_windows_read_together_say_what_windows_read_one_by_one_say(
    whisper: WhisperBase, two_cities: Waveform
):
    decoder, samples = whisper._decoder, np.tile(two_cities.samples[0], 3)
    pauses = [two_cities.duration, 2 * two_cities.duration]
    one = decoder.read(decoder.opened(samples), Hearing("en"))
    streams = decoder.opened(samples, pauses)
    assert len(streams) == 2
    together = decoder.read(streams, Hearing("en"))
    texts = [plain("".join(word.text for word in words)) for words in (one, together)]
    reference = plain(" ".join([OPENING] * 3))
    assert jiwer.wer(reference, texts[1]) <= jiwer.wer(reference, texts[0]) + 0.01
    times = [word.start for word in together]
    assert times == sorted(times) and times[-1] > 2.5 * two_cities.duration


@pytest.mark.weights
@pytest.mark.parametrize("num_frames", [0, 1, 29, 30, 31])
def test_what_is_left_at_the_end_may_be_of_any_length(
    whisper: WhisperBase, jfk: Waveform, num_frames: int
):
    decoder = whisper._decoder
    (stream,) = decoder.opened(jfk.samples[0])
    stream.seek = stream.num_frames - num_frames
    assert (stream.size == 0) == (num_frames < 30)
    assert decoder.read([stream], Hearing("en", vocabulary="Um, uh, er.")) is not None
    assert stream.size == 0


@pytest.mark.weights
def test_another_language_than_the_one_asked_for_is_told(whisper: WhisperBase, jfk: Waveform):
    result = whisper(Audio.from_waveform(jfk), "fr")
    assert isinstance(result, Noted)
    assert "sounds like 'en'" in result.notes[0] and "'fr'" in result.notes[0]


@pytest.mark.weights
def test_an_english_model_writes_english_and_refuses_the_rest(
    whisper_tiny: WhisperTinyEn, librivox: list[tuple[Waveform, str]]
):
    hypotheses = [plain(transcript(whisper_tiny, clip).text) for clip, _ in librivox]
    assert jiwer.wer([plain(text) for _, text in librivox], hypotheses) < 0.16
    with pytest.raises(ToolInputError, match="English only"):
        whisper_tiny(Audio.from_waveform(librivox[0][0]), "pt")


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


@pytest.mark.weights
def test_a_name_that_is_given_is_spelled_right(whisper: WhisperBase, names: dict[str, Waveform]):
    unknown = Audio.from_waveform(names["demo-abouttotry"])
    assert "Digium" not in transcript_of(whisper(unknown, "en")).text
    told = transcript_of(whisper(unknown, "en", "Digium, Asterisk"))
    assert "server located at Digium." in told.text
    assert told.text.startswith("I am about to attempt an")
    assert told.text.endswith("while I attempt to make the connection.")


TIME = np.arange(10 * 16_000) / 16_000


def pink(power: float) -> np.ndarray:
    spectrum = np.fft.rfft(np.random.default_rng(1).standard_normal(len(TIME)))
    frequencies = np.maximum(np.fft.rfftfreq(len(TIME), 1 / 16_000), 20.0)
    noise = np.fft.irfft(spectrum / frequencies**power, len(TIME))
    return 0.4 * noise / np.abs(noise).max()


def partials(*frequencies: float) -> np.ndarray:
    return sum(0.1 * np.sin(2 * np.pi * frequency * TIME) for frequency in frequencies)


def band() -> np.ndarray:
    """Melody with vibrato and overtones, bass, and a drum on every beat."""
    beat = TIME % 0.5
    notes = np.array([262, 294, 330, 392, 440, 392, 330, 294])[(TIME / 0.25).astype(int) % 8]
    phase = 2 * np.pi * np.cumsum(notes * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * TIME))) / 16_000
    melody = sum(np.sin(n * phase) / n**1.5 for n in range(1, 8)) * np.exp(-2 * (TIME % 0.25))
    bass = np.sin(2 * np.pi * 65.4 * TIME) * np.exp(-3 * beat)
    drum = np.random.default_rng(3).standard_normal(len(TIME)) * np.exp(-40 * beat)
    return 0.2 * melody + 0.2 * bass + 0.15 * drum


def yard() -> np.ndarray:
    """Wind, birds that chirp, and a hammer."""
    chirp = np.sin(2 * np.pi * (3_000 + 1_500 * np.sin(2 * np.pi * 12 * TIME)) * TIME)
    birds = 0.1 * chirp * ((TIME % 1.7) < 0.25)
    knocks = np.random.default_rng(4).standard_normal(len(TIME)) * np.exp(-60 * (TIME % 0.8))
    return 0.5 * pink(1.0) * (1.2 + np.sin(2 * np.pi * 0.3 * TIME)) / 2 + birds + 0.2 * knocks


UNSPOKEN = {
    "band": band(),
    "yard": yard(),
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
