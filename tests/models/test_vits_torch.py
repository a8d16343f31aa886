"""VITS voices of the hub: the real loading code on a tiny random network made here."""

import json
from pathlib import Path

import numpy as np
import pytest

from tonmeister.artifacts import Text
from tonmeister.errors import ToolInputError
from tonmeister.models.vits import FILES, MmsGerman, MmsVoice
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model
from tonmeister.tools.synthesis import synthesize_speech

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
