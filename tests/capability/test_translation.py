"""How well translation and dubbing do, on real recordings and sentences with known meanings."""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from scripts.recordings import FOREIGN_PROMPTS, LIBRIVOX, TWO_CITIES, pulled
from tests.capability.extent import some
from tonmeister.artifacts import Noted, Segment, Text, Transcript
from tonmeister.audio import Waveform
from tonmeister.checks import word_error_rate
from tonmeister.models.bergamot import BERGAMOT, BergamotTexts, BergamotTranscripts
from tonmeister.models.kokoro_dub import KOKORO, KokoroDub
from tonmeister.models.whisper import WHISPER_BASE, WhisperBase
from tonmeister.models.whisper_translation import WhisperTranslation
from tonmeister.streaming import Audio
from tonmeister.tools.translation import Dubbing

pytestmark = pytest.mark.weights

Record = Callable[..., None]
KNOWN = Path(__file__).parents[1] / "models"
PAIRS = [
    line.split("\t")
    for line in (KNOWN / "translation_pairs.txt").read_text(encoding="utf-8").splitlines()
]
LONGEST_ORDER, RECALL_WEIGHT = 6, 2.0
FRAME = 0.01


def chrf(translations: Sequence[str], references: Sequence[str]) -> float:
    """Character n-gram F-score, 0 to 100 (Popović, "chrF" at WMT 2015; β = 2, n = 1 to 6)."""
    precisions, recalls = [], []
    for order in range(1, LONGEST_ORDER + 1):
        shared = made = wanted = 0
        for translation, reference in zip(translations, references, strict=True):
            one, other = _grams(translation, order), _grams(reference, order)
            shared += (one & other).total()
            made += one.total()
            wanted += other.total()
        precisions.append(shared / max(1, made))
        recalls.append(shared / max(1, wanted))
    precision, recall = float(np.mean(precisions)), float(np.mean(recalls))
    weight = RECALL_WEIGHT**2
    return 100.0 * (1 + weight) * precision * recall / max(1e-9, weight * precision + recall)


def _grams(text: str, order: int) -> Counter[str]:
    letters = "".join(text.split())
    return Counter(letters[place : place + order] for place in range(len(letters) - order + 1))


def plain(result: Any) -> Any:
    return result.value if isinstance(result, Noted) else result


def heard(path: Path) -> Audio:
    samples, sample_rate = soundfile.read(path, dtype="float32", always_2d=True)
    waveform = Waveform(np.ascontiguousarray(samples.T), sample_rate)
    return Audio.from_waveform(waveform.to_mono().resampled(16_000))


@pytest.fixture(scope="module")
def whisper() -> WhisperBase:
    loaded = WhisperBase()
    loaded.load(pulled(WHISPER_BASE), 2)
    return loaded


@pytest.fixture(scope="module")
def bergamot() -> BergamotTexts:
    loaded = BergamotTexts()
    loaded.load(pulled(BERGAMOT), 1)
    return loaded


def test_the_measure_is_full_for_the_reference_and_low_for_something_else():
    assert chrf(["Bom dia a todos."], ["Bom dia a todos."]) == pytest.approx(100.0)
    assert chrf(["Chove na rua."], ["Bom dia a todos."]) < 20.0
    assert 50.0 < chrf(["Bom dia a todas."], ["Bom dia a todos."]) < 100.0


@pytest.mark.parametrize(("source", "target"), [("en", "pt"), ("pt", "en")])
def test_sentences_are_translated(
    bergamot: BergamotTexts, capability: Record, source: str, target: str
):
    written = [pair[source == "pt"] for pair in PAIRS]
    references = [pair[source == "en"] for pair in PAIRS]
    bergamot("Bom dia." if source == "pt" else "Good morning.", target, source)  # loads
    begun = time.process_time()
    made: Text = plain(bergamot("\n".join(written), target, source))
    seconds = (time.process_time() - begun) / len(written)
    score = chrf(made.text.split("\n"), references)
    capability(
        tool="translate_text",
        model="bergamot-en-pt",
        data=f"{len(PAIRS)} everyday sentences, own references, {source} → {target}",
        measure="chrF",
        value=score,
        goal="≥ 80",
    )
    capability(
        tool="translate_text",
        model="bergamot-en-pt",
        data=f"the same, {source} → {target}",
        measure="time of one core per sentence",
        value=seconds,
        unit="s",
    )
    assert len(PAIRS) >= 30
    assert score >= 80.0
    assert seconds < 0.5


def test_foreign_speech_is_written_down_in_english(capability: Record):
    model = WhisperTranslation()
    model.load(pulled(WHISPER_BASE), 2)
    folder = pulled(FOREIGN_PROMPTS)
    listed = (KNOWN / "foreign_prompts.txt").read_text(encoding="utf-8").splitlines()
    scores: dict[str, float] = {}
    for language in ("es", "fr", "it"):
        known = [line.split("\t") for line in listed if line.startswith(language)]
        prompts = some(known, 3)
        made = [
            plain(model(heard(folder / f"{name}.wav"), "en", language)).text for name, _ in prompts
        ]
        scores[language] = chrf(made, [meaning for _, meaning in prompts])
        capability(
            tool="translate_speech",
            model="whisper-base",
            data=f"{len(prompts)} telephone prompts at 8 kHz, {language} → en, own references",
            measure="chrF",
            value=scores[language],
            goal="≥ 45",
        )
    assert min(scores.values()) >= 40.0
    assert float(np.mean([*scores.values()])) >= 45.0


@pytest.fixture(scope="module")
def reading(whisper: WhisperBase) -> tuple[Audio, Transcript]:
    """Three clips of one LibriVox reader with a second between them, and what is said."""
    parts: list[np.ndarray] = []
    for clip in ("0880", "0890", "0920"):
        parts += [heard(pulled(LIBRIVOX) / f"{clip}.wav").read().samples, np.zeros((1, 16_000))]
    audio = Audio.from_waveform(Waveform(np.concatenate(parts, axis=1).astype(np.float32), 16_000))
    return audio, plain(whisper(audio, None))


def test_a_reading_is_dubbed_into_portuguese(
    whisper: WhisperBase, reading: tuple[Audio, Transcript], capability: Record
):
    audio, transcript = reading
    translator, dubber = BergamotTranscripts(), KokoroDub()
    translator.load(pulled(BERGAMOT), 1)
    dubber.load(pulled(KOKORO), 2)
    portuguese: Transcript = plain(translator(transcript, "pt", None))
    assert [(one.start, one.end) for one in portuguese.segments] == [
        (one.start, one.end) for one in transcript.segments
    ]
    made: Dubbing = plain(dubber(audio, portuguese, None))
    samples = made.dubbed.read().samples
    again: Transcript = plain(
        whisper(Audio.from_waveform(Waveform(samples, 24_000).resampled(16_000)), "pt")
    )
    rate = word_error_rate(portuguese.text, again.text)
    errors = onset_errors(samples[0], portuguese.segments)
    values = made.report.values
    row = {"tool": "dub", "model": "kokoro-82m", "data": "3 LibriVox clips, en → pt"}
    capability(**row, measure="WER of the dub against its text (Whisper)", value=rate, goal="≤ 0.1")
    capability(
        **row,
        measure="largest onset error",
        value=max(errors),
        unit="s",
        goal="≤ 0.15 where it fits",
    )
    capability(
        **row, measure="segments fitted", value=f"{values['fitted']} of {values['segments']}"
    )
    capability(**row, measure="mean speed", value=values["mean_speed"])
    capability(**row, measure="overrun in all", value=values["overrun"], unit="s")
    assert abs(made.dubbed.duration - audio.duration) < 0.001 or values["added"]
    assert rate <= 0.15
    assert len(errors) >= 2
    assert float(np.median(errors)) <= 0.1
    late = float(values["max_delay"] or 0.0)
    assert max(errors) <= 0.15 + late


def onset_errors(
    samples: np.ndarray, segments: Sequence[Segment], rate: int = 24_000
) -> list[float]:
    """Return how far speech begins from where a segment does, for those after a pause."""
    size = round(FRAME * rate)
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    loud = np.abs(frames).max(axis=1) > 0.02
    errors: list[float] = []
    for segment in segments:
        first = round((segment.start - 0.4) / FRAME)
        window = loud[max(0, first) : first + 140]
        # Only a beginning after silence can be seen.
        if not window[:15].any() and window.any():
            begun = max(0, first) + int(np.flatnonzero(window)[0])
            errors.append(abs(begun * FRAME - segment.start))
    return errors


def test_subtitles_of_two_cities_come_out_in_portuguese(whisper: WhisperBase, capability: Record):
    translator = BergamotTranscripts()
    translator.load(pulled(BERGAMOT), 1)
    english: Transcript = plain(whisper(heard(pulled(TWO_CITIES) / "two_cities.wav"), None))
    made: Transcript = plain(translator(english, "pt", None))
    wanted = (
        "melhor tempos pior sabedoria tolice luz escuridão primavera esperança inverno céu nada"
    )
    found = re.findall(r"\w+", made.text.lower())
    share = sum(word in found for word in wanted.split()) / len(wanted.split())
    capability(
        tool="translate_transcript",
        model="bergamot-en-pt",
        data="44 s of A Tale of Two Cities, transcribed by whisper-base",
        measure="content words found",
        value=share,
        goal="≥ 0.8",
    )
    assert share >= 0.8
    assert [(one.start, one.end) for one in made.segments] == [
        (one.start, one.end) for one in english.segments
    ]
    assert all(one.text for one in made.segments)
