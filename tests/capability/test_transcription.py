"""What transcription, languages, alignment and fillers reach on recordings with known truth."""

from collections.abc import Callable

import jiwer
import numpy as np
import pytest

from tests.capability.extent import some
from tests.models.conftest import (  # noqa: F401 - fixtures
    alignment,
    filler_finder,
    foreign_prompts,
    jfk,
    kokoro,
    language_namer,
    librivox,
    prompts,
    spoken_words,
    two_cities,
    two_cities_file,
    whisper,
    whisper_tiny,
)
from tests.models.held_vowels import RATE, Truth, Vowel, spoken_pieces, with_hesitations
from tests.models.test_whisper import OPENING, UNSPOKEN, plain, transcript
from tests.models.test_whisper_alignment import put_together
from tests.models.test_whisper_alignment import words_of as aligned_words
from tests.models.test_whisper_fillers import SCRIPT, found_in, spoken
from tests.models.test_written_language import CASES
from tonmeister.artifacts import Measurement, Noted, Region, SoundEvent, Transcript
from tonmeister.audio import Samples, Waveform
from tonmeister.models.hesitations import hesitations
from tonmeister.models.kokoro import Kokoro
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.whisper import Whisper, WhisperBase, WhisperTinyEn
from tonmeister.models.whisper_alignment import WhisperAlignment
from tonmeister.models.whisper_fillers import WhisperFillers
from tonmeister.models.whisper_language import WhisperLanguage
from tonmeister.models.written_language import UNCLEAR, WrittenLanguage
from tonmeister.streaming import Audio
from tonmeister.tools.speech import WithoutFillers

pytestmark = pytest.mark.weights

Record = Callable[..., None]
Clips = list[tuple[Waveform, str]]
READINGS = "LibriVox and A Tale of Two Cities, English"


def word_errors(model: Whisper, clips: Clips, language: str) -> float:
    heard = [plain(transcript(model, clip, language).text) for clip, _ in clips]
    return jiwer.wer([plain(text) for _, text in clips], heard)


@pytest.mark.parametrize(
    ("fixture", "bound"), [("whisper", 0.05), ("whisper_tiny", 0.14)], ids=["base", "tiny.en"]
)
def test_readings(
    capability: Record,
    request: pytest.FixtureRequest,
    librivox: Clips,  # noqa: F811
    two_cities: Waveform,  # noqa: F811
    fixture: str,
    bound: float,
):
    model = request.getfixturevalue(fixture)
    assert isinstance(model, (WhisperBase, WhisperTinyEn))
    clips = some([*librivox, (two_cities, OPENING)], 3)
    error = word_errors(model, clips, "en")
    seconds = sum(clip.duration for clip, _ in clips)
    capability(
        tool="transcribe",
        model=type(model).__tonmeister_model__.card.name,
        data=f"{len(clips)} readings, {seconds:.0f} s: {READINGS}",
        measure="word error rate",
        value=100 * error,
        unit="%",
        goal=f"≤ {100 * bound:.0f} %",
    )
    assert error <= bound


@pytest.mark.parametrize(
    ("language", "bound"), [("en", 0.10), ("es", 0.15), ("fr", 0.20), ("it", 0.20)]
)
def test_telephone_prompts(
    capability: Record,
    whisper: WhisperBase,  # noqa: F811
    prompts: dict[str, Clips],  # noqa: F811
    language: str,
    bound: float,
):
    clips = prompts[language]
    error = word_errors(whisper, clips, language)
    capability(
        tool="transcribe",
        model="whisper-base",
        data=f"{len(clips)} telephone prompts at 8 kHz, {language} (Asterisk, CC-BY-SA-3.0)",
        measure="word error rate",
        value=100 * error,
        unit="%",
        goal=f"≤ {100 * bound:.0f} %",
    )
    assert error <= bound


def test_nothing_invented(capability: Record, whisper: WhisperBase):  # noqa: F811
    written = [
        name
        for name, samples in UNSPOKEN.items()
        if transcript(whisper, Waveform(samples.astype(np.float32), 16_000)).segments
    ]
    capability(
        tool="transcribe",
        model="whisper-base",
        data=f"{len(UNSPOKEN)} clips of 10 s without speech: noise, hum, beeps, music, a yard",
        measure="clips with invented text",
        value=len(written),
        goal="0",
    )
    assert written == []


def test_spoken_languages(
    capability: Record,
    language_namer: WhisperLanguage,  # noqa: F811
    prompts: dict[str, Clips],  # noqa: F811
):
    right = total = 0
    for language, clips in prompts.items():
        for clip, _ in some(clips, 1):
            result = language_namer(Audio.from_waveform(clip))
            value = result.value if isinstance(result, Noted) else result
            assert isinstance(value, Measurement)
            right += value.values["language"] == language
            total += 1
    capability(
        tool="detect_language",
        model="whisper-base",
        data=f"{total} telephone prompts of 4–8 s in en, es, fr, it",
        measure="language right",
        value=100 * right / total,
        unit="%",
        goal="≥ 90 %",
    )
    assert right / total >= 0.9


def test_written_languages(capability: Record):
    namer = WrittenLanguage()
    named = [(code, *namer(text)[0]) for code, text in CASES]
    languages = len({code for code, _ in CASES})
    right = sum(best == code and share >= UNCLEAR for code, best, share in named)
    wrong = sum(best != code and share >= UNCLEAR for code, best, share in named)
    capability(
        tool="detect_language",
        model="py3langid and small words",
        data=f"{len(CASES)} sentences of 3–10 words in {languages} languages",
        measure="language right (the rest is told to be unclear)",
        value=100 * right / len(CASES),
        unit="%",
        goal="≥ 95 %, none wrong",
    )
    assert right / len(CASES) >= 0.95 and wrong == 0


def test_word_onsets(
    capability: Record,
    alignment: WhisperAlignment,  # noqa: F811
    spoken_words: dict[str, Waveform],  # noqa: F811
):
    audio, text, onsets = put_together(spoken_words, (0.0, 0.6), count=40)
    result = alignment(audio, " ".join(text), "en")
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, Transcript)
    found = aligned_words(value)
    errors = 1000 * np.abs([word.start - onset for word, onset in zip(found, onsets, strict=True)])
    capability(
        tool="align",
        model="whisper-base",
        data="40 English words put together with pauses of 0 to 0.6 s",
        measure="onset error, median",
        value=float(np.median(errors)),
        unit="ms",
        goal="≤ 100 ms",
    )
    assert np.median(errors) <= 100.0


def test_fillers(
    capability: Record,
    kokoro: Kokoro,  # noqa: F811
    whisper: WhisperBase,  # noqa: F811
    filler_finder: WhisperFillers,  # noqa: F811
):
    hits = misses = total = 0
    voices = some(("af_heart", "am_michael"), 1)
    for voice in voices:
        waveform, truth = spoken(kokoro, SCRIPT, "en", voice)
        heard = transcript(whisper, waveform.resampled(16_000), "en")
        result = filler_finder(Audio.from_waveform(waveform), heard)
        value = result.value if isinstance(result, Noted) else result
        assert isinstance(value, WithoutFillers)
        found, wrong = found_in(value.edits.events, truth)
        hits, misses, total = hits + found, misses + wrong, total + len(truth)
    shared = {
        "tool": "remove_fillers",
        "model": "whisper-base",
        "data": f"{total} fillers in synthesized English, {len(voices)} American voices",
        "unit": "%",
    }
    precision = hits / max(1, hits + misses)
    capability(**shared, measure="recall", value=100 * hits / total, goal="≥ 50 %")
    capability(**shared, measure="precision", value=100 * precision, goal="≥ 90 %")
    assert hits / total >= 0.5 and precision >= 0.9


SENTENCES = (
    "A reunião começou às nove da manhã,",
    "quando o diretor chegou com as novas propostas.",
    "O projeto precisa de mais duas semanas",
    "porque os testes não terminaram a tempo.",
)


def read_aloud(kokoro: Kokoro, text: str, voice: str) -> Samples:  # noqa: F811
    result = kokoro(text, "pt", voice, 1.0)
    audio = result.value if isinstance(result, Noted) else result
    assert isinstance(audio, Audio)
    sound = np.concatenate([block.samples[0] for block in audio.blocks()])
    samples = Waveform(sound[None], audio.sample_rate).resampled(RATE).samples[0]
    loud = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    return samples[loud[0] : loud[-1] + 1]


def cut_out(
    whisper: WhisperBase,  # noqa: F811
    filler_finder: WhisperFillers,  # noqa: F811
    waveform: Waveform,
    language: str,
) -> tuple[SoundEvent, ...]:
    heard = transcript(whisper, waveform, language)
    result = filler_finder(Audio.from_waveform(waveform), heard)
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, WithoutFillers)
    return value.edits.events


def record_fillers(
    capability: Record, what: str, found: list[tuple[tuple[SoundEvent, ...], Truth]], least: float
) -> None:
    total = sum(len(truth) for _, truth in found)
    pairs = [found_in(events, truth) for events, truth in found]
    hits, wrong = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    shared = {
        "tool": "remove_fillers",
        "model": "whisper-base",
        "data": f"{total} vowels held by WORLD between pauses, {what}",
        "unit": "%",
    }
    precision = hits / max(1, hits + wrong)
    capability(**shared, measure="recall", value=100 * hits / total, goal=f"≥ {100 * least:.0f} %")
    capability(**shared, measure="precision", value=100 * precision, goal="≥ 90 %")
    assert hits / total >= least and precision >= 0.9


def test_held_fillers_in_portuguese(
    capability: Record,
    kokoro: Kokoro,  # noqa: F811
    whisper: WhisperBase,  # noqa: F811
    filler_finder: WhisperFillers,  # noqa: F811
):
    found: list[tuple[tuple[SoundEvent, ...], Truth]] = []
    voices = some(("pf_dora", "pm_santa"), 1)
    for seed, voice in enumerate(voices):
        pieces = [read_aloud(kokoro, sentence, voice) for sentence in SENTENCES]
        vowels = [Vowel(piece[: 2 * RATE]) for piece in pieces[:2]]
        waveform, truth = with_hesitations(pieces, vowels, np.random.default_rng(40 + seed))
        found.append((cut_out(whisper, filler_finder, waveform, "pt"), truth))
    record_fillers(capability, f"synthesized Portuguese, voices: {len(voices)}", found, 0.7)


def test_held_fillers_in_english(
    capability: Record,
    whisper: WhisperBase,  # noqa: F811
    filler_finder: WhisperFillers,  # noqa: F811
    librivox: Clips,  # noqa: F811
    jfk: Waveform,  # noqa: F811
):
    found: list[tuple[tuple[SoundEvent, ...], Truth]] = []
    reading = np.concatenate([clip.samples[0] for clip, _ in librivox])
    for seed, samples in enumerate((reading, jfk.samples[0])):
        pieces = spoken_pieces(samples)
        vowels = [Vowel(max(pieces, key=len)[: 2 * RATE])]
        waveform, truth = with_hesitations(pieces, vowels, np.random.default_rng(50 + seed))
        found.append((cut_out(whisper, filler_finder, waveform, "en"), truth))
    record_fillers(capability, "real English of two speakers (LibriVox, JFK)", found, 0.6)


def test_fluent_speech_has_no_held_fillers(
    capability: Record,
    two_cities: Waveform,  # noqa: F811
    librivox: Clips,  # noqa: F811
    jfk: Waveform,  # noqa: F811
    prompts: dict[str, Clips],  # noqa: F811
    foreign_prompts: dict[str, Clips],  # noqa: F811
):
    waveforms = [two_cities, jfk, *(clip for clip, _ in librivox)]
    for said in (*prompts.values(), *foreign_prompts.values()):
        waveforms += [clip for clip, _ in said]
    detector = SpeechDetector(1)
    wrong = duration = 0.0
    for waveform in some(waveforms, 8):
        audio = Audio.from_waveform(waveform)
        # Without the words, which would keep some of what is wrong.
        nothing = Transcript("en", (), waveform.duration)
        region = Region(0.0, waveform.duration)
        wrong += len(hesitations(audio, nothing, [region], detector, lambda _: []))
        duration += waveform.duration
    capability(
        tool="remove_fillers",
        model="whisper-base",
        data=f"{duration / 60:.0f} min of fluent real speech in en, es, fr, it",
        measure="false cuts by sound alone, in 5 min",
        value=300.0 * wrong / duration,
        goal="≤ 1",
    )
    assert 300.0 * wrong / duration <= 1.0
