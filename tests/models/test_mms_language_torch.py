"""Languages by MMS: the real loading code on a tiny random network made here."""

import json
from pathlib import Path

import numpy as np
import pytest

from tonmeister.artifacts import Measurement, Noted
from tonmeister.audio import Waveform
from tonmeister.models.language_codes import THREE_LETTERS, short_code
from tonmeister.models.mms_language import FILES, MmsLanguage
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model, tone
from tonmeister.tools.speech import detect_language

pytestmark = pytest.mark.torch

LANGUAGES = ("ara", "cmn", "eng", "spa", "arz", "por", "ceb")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the hub has, with a few thousand parameters and a leaning towards Portuguese."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2ForSequenceClassification

    folder = tmp_path_factory.mktemp("mms-lid")
    config = Wav2Vec2Config(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        conv_dim=(8,) * 7,
        conv_bias=True,
        feat_extract_norm="layer",
        do_stable_layer_norm=True,
        num_conv_pos_embeddings=4,
        num_conv_pos_embedding_groups=2,
        classifier_proj_size=8,
        id2label=dict(enumerate(LANGUAGES)),
        label2id={code: place for place, code in enumerate(LANGUAGES)},
    )
    with torch.random.fork_rng():
        torch.manual_seed(1)
        network = Wav2Vec2ForSequenceClassification(config)
    with torch.no_grad():
        network.classifier.bias[LANGUAGES.index("por")] = 9.0
    network.save_pretrained(folder)
    settings = {
        "do_normalize": True,
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "feature_size": 1,
        "padding_side": "right",
        "padding_value": 0,
        "return_attention_mask": True,
        "sampling_rate": 16_000,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(settings), encoding="utf-8")
    assert {path.name for path in folder.iterdir()} >= set(FILES)
    return folder


@pytest.fixture(scope="module")
def namer(weights: Path) -> MmsLanguage:
    loaded = MmsLanguage()
    loaded.load(weights, 1)
    return loaded


def value_of(result: Measurement | Noted) -> Measurement:
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, Measurement)
    return value


def test_shares_are_of_languages_and_varieties_count_for_theirs(namer: MmsLanguage):
    draw = np.random.default_rng(2)
    for length in (100, 16_000):
        shares = namer.votes(draw.normal(0.0, 0.1, length).astype(np.float32))
        assert set(shares) == {"ar", "zh", "en", "es", "pt", "ceb"}
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-5) and shares["pt"] > 0.9


@pytest.mark.weights
def test_the_likeliest_language_of_a_long_recording_is_told(
    namer: MmsLanguage, two_cities: Waveform
):
    found = value_of(namer(Audio.from_waveform(two_cities)))
    assert found.values["language"] == "pt" and found.values["probability"] > 0.9
    assert found.values["num_windows"] == 2


def test_where_nobody_speaks_there_is_no_language(namer: MmsLanguage):
    result = namer(Audio.from_waveform(tone(duration=3.0)))
    assert isinstance(result, Noted) and "no words" in result.notes[0]
    assert value_of(result).values["language"] is None


def test_a_text_is_judged_without_the_network(tmp_path: Path):
    namer = MmsLanguage()
    namer.load(tmp_path, 1)
    assert value_of(namer("O comboio parte às oito da manhã.")).values["language"] == "pt"


def test_codes_of_three_letters_become_those_of_users():
    assert [short_code(code) for code in ("por", "uig-script_arabic", "azj", "arz", "ceb")] == [
        *("pt", "ug", "az", "ar", "ceb")
    ]
    assert all(short_code(long) == short for short, long in THREE_LETTERS.items())


@pytest.mark.parametrize("rule", MODEL_RULES)
def test_the_adapter_keeps_the_rules_of_models(rule: str, weights: Path):
    check_model(MmsLanguage.__tonmeister_model__, rule, detect_language, weights)
