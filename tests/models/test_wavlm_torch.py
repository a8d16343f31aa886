"""WavLM voices: the real loading code on a tiny random network made here."""

import json
from pathlib import Path

import numpy as np
import pytest

from tonmeister.models.wavlm import FILES, WavlmDiarizer, WavlmVoices
from tonmeister.testing import MODEL_RULES, check_model
from tonmeister.tools.speakers import diarize

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import WavLMConfig, WavLMForXVector

    folder = tmp_path_factory.mktemp("wavlm")
    config = WavLMConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        conv_dim=(8,) * 7,
        num_conv_pos_embeddings=4,
        num_conv_pos_embedding_groups=2,
        tdnn_dim=(8, 8, 8, 8, 12),
        xvector_output_dim=10,
    )
    with torch.random.fork_rng():
        torch.manual_seed(1)
        WavLMForXVector(config).save_pretrained(folder)
    settings = {
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "feature_size": 1,
        "sampling_rate": 16_000,
        "padding_value": 0.0,
        "do_normalize": True,
        "return_attention_mask": True,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(settings), encoding="utf-8")
    assert {path.name for path in folder.iterdir()} >= set(FILES)
    return folder


@pytest.mark.parametrize("rule", MODEL_RULES)
def test_the_adapter_keeps_the_rules_of_models(rule: str, weights: Path):
    check_model(WavlmDiarizer.__tonmeister_model__, rule, diarize, weights)


def test_voices_have_unit_length_and_do_not_depend_on_their_neighbours(weights: Path):
    encoder = WavlmVoices(weights, 1)
    draw = np.random.default_rng(2)
    clips = [draw.normal(0.0, 0.1, length).astype(np.float32) for length in (100, 16_000, 40_000)]
    found = encoder.embed(clips)
    assert found.shape == (3, 10)
    assert np.allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)
    assert np.allclose(encoder.embed(clips[1:2]), found[1:2], atol=1e-5)
