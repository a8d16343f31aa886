from itertools import pairwise

import numpy as np
import pytest

from tests.models.test_whisper import OPENING, plain
from tonmeister.artifacts import Noted, Text, Transcript, Word
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.text_matching import LONGEST_WINDOW, matched, units, windows
from tonmeister.models.whisper_alignment import WhisperAlignment, _snapped, _spans
from tonmeister.streaming import Audio


def transcript(result: Transcript | Noted) -> Transcript:
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, Transcript)
    return value


def words_of(found: Transcript) -> list[Word]:
    return [word for segment in found.segments for word in segment.words]


def test_words_are_units_except_where_no_spaces_are_written():
    assert units("Good morning – all !", "en") == ["Good", "morning", "all"]
    assert units("今日は、良い。", "ja") == ["今", "日", "は、", "良", "い。"]


def test_a_text_is_matched_with_what_was_heard_in_spite_of_mistakes():
    text = ["It", "was", "the", "best", "of", "times", "it", "was", "the", "worst", "of", "times"]
    heard = ["It", "was", "a", "pest", "of", "times", "it", "was", "the", "worst"]
    rough = [Word(i, i + 0.5, f" {word}") for i, word in enumerate(heard)]
    pairs, share = matched(text, rough)
    assert {(5, 5), (9, 9)} <= set(pairs) and not {(2, 2), (3, 3)} & set(pairs)
    assert all(one == two for one, two in pairs)
    assert 0.7 < share < 1.0
    assert matched(["completely", "unrelated"], rough)[1] < 0.4


def test_long_texts_are_matched_to_their_end():
    text = [f"word{index}" for index in range(5_000)]
    rough = [Word(i, i + 0.5, word) for i, word in enumerate(text)]
    pairs, share = matched(text, rough)
    assert share == 1.0 and pairs[-1] == (4_999, 4_999)


def test_windows_cover_the_text_and_stay_short():
    text = [f"word{index}" for index in range(300)]
    rough = [Word(i * 0.5, i * 0.5 + 0.4, word) for i, word in enumerate(text)]
    found = list(windows(text, rough, [(i, i) for i in range(300)], 151.0))
    assert found[0].first == 0 and found[-1].last == 300
    assert all(one.last == two.first for one, two in pairwise(found))
    assert all(window.end - window.start <= LONGEST_WINDOW for window in found)


def test_pieces_of_words_come_together_again():
    found = [
        {"word": " any", "start": 0.0, "end": 0.2, "probability": 0.8},
        {"word": "body", "start": 0.2, "end": 0.5, "probability": 0.6},
        {"word": ",", "start": 0.5, "end": 0.9, "probability": 0.1},
        {"word": " else", "start": 0.9, "end": 1.2, "probability": 0.9},
    ]
    assert _spans(["anybody,", "else"], " ", found) == [(0.0, 0.5, 0.7), (0.9, 1.2, 0.9)]


def test_each_onset_moves_one_word():
    spans = [(0.9, 1.05, 1.0), (1.05, 1.3, 1.0), (2.0, 3.0, 1.0)]
    assert _snapped(spans, [(1.0, 1.4), (2.6, 3.0)]) == [1.0, 1.05, 2.6]


@pytest.mark.weights
@pytest.mark.parametrize("gap", [(0.0, 0.02), (0.3, 1.2)], ids=["without pauses", "with pauses"])
def test_words_put_together_are_found_where_they_were_put(
    alignment: WhisperAlignment, spoken_words: dict[str, Waveform], gap: tuple[float, float]
):
    audio, text, onsets = put_together(spoken_words, gap, count=30)
    found = words_of(transcript(alignment(audio, " ".join(text), "en")))
    assert [word.text for word in found] == text
    errors = np.abs([word.start - onset for word, onset in zip(found, onsets, strict=True)])
    assert np.median(errors) <= 0.1
    assert np.quantile(errors, 0.9) <= 0.25


def put_together(
    spoken_words: dict[str, Waveform], gap: tuple[float, float], count: int
) -> tuple[Audio, list[str], list[float]]:
    """Join words with pauses of known length; return the sound, the words and their onsets."""
    rng = np.random.default_rng(5)
    text = [str(word) for word in rng.choice(list(spoken_words), count)]
    parts: list[np.ndarray] = []
    onsets: list[float] = []
    position = 0
    for word in text:
        quiet = np.zeros(round(16_000 * rng.uniform(*gap)), np.float32)
        onsets.append((position + len(quiet)) / 16_000)
        parts += [quiet, spoken_words[word].samples[0]]
        position += len(quiet) + spoken_words[word].num_frames
    samples = np.concatenate(parts) + 1e-4 * rng.standard_normal(position)
    return Audio.from_waveform(Waveform(samples.astype(np.float32), 16_000)), text, onsets


@pytest.mark.weights
def test_a_reading_gets_the_words_of_its_text_and_ordered_times(
    alignment: WhisperAlignment, two_cities: Waveform
):
    found = transcript(alignment(Audio.from_waveform(two_cities), Text.plain(OPENING)))
    assert found.language == "en"
    assert plain(found.text) == plain(OPENING)
    times = [time for word in words_of(found) for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[0] >= 0.0 and 40.0 < times[-1] <= two_cities.duration


@pytest.mark.weights
def test_prompts_in_other_languages_get_times(
    alignment: WhisperAlignment, prompts: dict[str, list[tuple[Waveform, str]]]
):
    for language in ("es", "fr", "it"):
        clip, text = prompts[language][0]
        found = transcript(alignment(Audio.from_waveform(clip), text))
        assert found.language == language and plain(found.text) == plain(text)


@pytest.mark.weights
def test_another_text_is_refused_with_what_is_said(alignment: WhisperAlignment, jfk: Waveform):
    with pytest.raises(ToolInputError, match="do not match") as caught:
        alignment(Audio.from_waveform(jfk), "Once upon a time a little girl lived in a forest.")
    assert "ellow Americans" in str(caught.value)


@pytest.mark.weights
def test_where_nobody_speaks_no_word_has_a_place(alignment: WhisperAlignment):
    quiet = Audio.from_waveform(Waveform(np.zeros(16_000, np.float32), 16_000))
    result = alignment(quiet, "Good morning.")
    assert isinstance(result, Noted) and "Nobody speaks" in result.notes[0]
    assert result.value == Transcript(None, (), 1.0)


@pytest.mark.weights
def test_a_text_without_words_and_an_unknown_language_are_refused(
    alignment: WhisperAlignment, jfk: Waveform
):
    with pytest.raises(ToolInputError, match="no words"):
        alignment(Audio.from_waveform(jfk), "… !")
    with pytest.raises(ToolInputError, match="'xx' is unknown"):
        alignment(Audio.from_waveform(jfk), "Ask not", "xx")
