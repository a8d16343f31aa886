"""VITS voices of the hub: the real loading code on a tiny random network made here."""

import json
from pathlib import Path

import numpy as np
import pytest

from tonmeister.artifacts import (
    Chapter,
    Chapters,
    Later,
    Measurement,
    Noted,
    Segment,
    Text,
    Transcript,
)
from tonmeister.errors import ToolInputError
from tonmeister.models.vits import FILES, MmsGerman, MmsVoice
from tonmeister.models.vits_speech import MmsGermanDub, MmsGermanNarrator
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model, tone
from tonmeister.tools.audiobook import narrate
from tonmeister.tools.synthesis import synthesize_speech
from tonmeister.tools.translation import Dubbing, dub

pytestmark = pytest.mark.torch

LETTERS = "k abcdefghijklmnopqrstuvwxyzäöüß'-_"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the hub has for a voice, with a network of a few thousand parameters."""
    import torch
    from transformers import VitsConfig, VitsModel

    folder = tmp_path_factory.mktemp("mms-tts-deu")
    config = VitsConfig(
        vocab_size=len(LETTERS),
        hidden_size=16,
        num_hidden_layers=1,
        ffn_dim=16,
        flow_size=16,
        spectrogram_bins=9,
        upsample_initial_channel=32,
        prior_encoder_num_flows=2,
        posterior_encoder_num_wavenet_layers=2,
        prior_encoder_num_wavenet_layers=2,
        duration_predictor_filter_channels=16,
        resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1]],
    )
    with torch.random.fork_rng():
        torch.manual_seed(1)
        VitsModel(config).save_pretrained(folder)
    letters = {letter: number for number, letter in enumerate(LETTERS)}
    (folder / "vocab.json").write_text(json.dumps(letters), encoding="utf-8")
    settings = {
        "add_blank": True,
        "normalize": True,
        "phonemize": False,
        "is_uroman": False,
        "language": "deu",
        "pad_token": "k",
        "unk_token": "<unk>",
        "tokenizer_class": "VitsTokenizer",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    assert {path.name for path in folder.iterdir()} >= set(FILES)
    return folder


@pytest.fixture(scope="module")
def voice(weights: Path) -> MmsVoice:
    loaded = MmsGerman()
    loaded.load(weights, 1)
    return loaded


def sound(audio: Audio) -> np.ndarray:
    return np.concatenate([block.samples for block in audio.blocks()], axis=1)


def test_sentences_are_read_one_after_the_other_and_the_same_each_time(voice: MmsVoice):
    text = "Guten Morgen. Wie geht es dir?"
    audio = voice(text, "de", None, 1.0)
    assert (audio.sample_rate, audio.num_channels) == (16_000, 1)
    first, again = sound(audio), sound(voice(text, "de", None, 1.0))
    assert np.array_equal(first, again)
    assert 0.0 < np.max(np.abs(first)) <= 1.0
    assert first.shape[1] > sound(voice("Guten Morgen.", "de", None, 1.0)).shape[1]


def test_a_faster_voice_takes_less_time(voice: MmsVoice):
    text = "Es war einmal ein alter Mann am Hafen"
    slow, fast = (sound(voice(text, "de", None, speed)).shape[1] for speed in (0.5, 2.0))
    assert fast < slow


def test_a_text_of_chapters_is_read_whole(voice: MmsVoice):
    assert sound(voice(Text.plain("Guten Morgen."), "de", None, 1.0)).shape[1] > 0


def test_what_it_cannot_say_is_refused(voice: MmsVoice):
    with pytest.raises(ToolInputError, match="no letters"):
        voice("漢字", "de", None, 1.0)
    with pytest.raises(ToolInputError, match="one voice"):
        voice("Guten Morgen.", "de", "af_heart", 1.0)


@pytest.mark.parametrize("rule", [rule for rule in MODEL_RULES if rule != "card"])
def test_it_keeps_the_rules(weights: Path, rule: str):
    spec = MmsGerman.__tonmeister_model__
    check_model(spec, rule, synthesize_speech, weights, arguments={"text": "Guten Morgen."})


def test_a_book_is_read_chapter_by_chapter(weights: Path):
    narrator = MmsGermanNarrator()
    narrator.load(weights, 1)
    chapters = (Chapter("Der Hafen", "Es war einmal ein Mann."), Chapter("", "Er ging nach Hause."))
    speech, later = narrator(Text(chapters, "de", title="Am Meer"), None, None, 1.0)
    num_frames = sound(speech).shape[1]
    assert isinstance(later, Later)
    marks = later.make()
    assert isinstance(marks, Chapters) and marks.language == "de"
    assert [one.title for one in marks.marks] == ["Der Hafen", "Kapitel 2"]
    first, second = marks.marks
    assert first.start == 0.0 and first.end == second.start
    assert second.end == pytest.approx(num_frames / 16_000)


def test_a_dub_keeps_the_times_and_says_that_all_speakers_got_one_voice(weights: Path):
    dubber = MmsGermanDub()
    dubber.load(weights, 1)
    segments = (
        Segment(0.0, 3.0, "Guten Morgen.", "SPEAKER_00"),
        Segment(4.0, 8.0, "Wie geht es dir?", "SPEAKER_01"),
    )
    original = Audio.from_waveform(tone(duration=12.0, sample_rate=22_050, num_channels=2))
    result = dubber(original, Transcript("de", segments, 12.0))
    assert isinstance(result, Noted) and "one voice" in result.notes[-1]
    dubbing = result.value
    assert isinstance(dubbing, Dubbing) and isinstance(dubbing.report, Measurement)
    assert dubbing.report.values["segments"] == 2
    assert dubbing.report.values["voice_SPEAKER_01"] == "mms-tts-deu"
    samples = sound(dubbing.dubbed)[0]
    assert np.any(samples[: 16_000 * 3]) and np.any(samples[16_000 * 4 : 16_000 * 8])


def test_what_the_voice_cannot_dub_or_read_is_refused(weights: Path):
    dubber, narrator = MmsGermanDub(), MmsGermanNarrator()
    dubber.load(weights, 1)
    narrator.load(weights, 1)
    original = Audio.from_waveform(tone(duration=2.0))
    with pytest.raises(ToolInputError, match="No voice here speaks Dutch"):
        dubber(original, Transcript("nl", (Segment(0.0, 1.0, "Goede morgen."),), 2.0))
    with pytest.raises(ToolInputError, match="has one voice"):
        dubber(original, Transcript("de", (Segment(0.0, 1.0, "Hallo."),), 2.0), "female")
    with pytest.raises(ToolInputError, match="reads German, not Dutch"):
        narrator("Goede morgen.", "nl", None, 1.0)
    with pytest.raises(ToolInputError, match="no words"):
        narrator("…", "de", None, 1.0)


def test_a_dub_has_to_name_its_voice():
    assert MmsGermanDub.__tonmeister_model__.card.by_name
    assert not MmsGermanNarrator.__tonmeister_model__.card.by_name


@pytest.mark.parametrize("rule", ["light import", "lets go", "stereo"])
def test_books_and_dubs_keep_the_rules(weights: Path, rule: str):
    given = {"text": "Guten Morgen."}
    check_model(MmsGermanNarrator.__tonmeister_model__, rule, narrate, weights, arguments=given)
    spoken = Transcript("de", (Segment(0.0, 2.0, "Hallo."),), 2.0)
    given = {"transcript": spoken}
    check_model(MmsGermanDub.__tonmeister_model__, rule, dub, weights, arguments=given)
