"""WavLM voices: the real loading code on a tiny random network made here."""

import json
from pathlib import Path

import numpy as np
import pytest

from tonmeister.artifacts import Measurement, Noted, SpeakerTurns
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.wavlm import (
    FILES,
    WavlmDiarizer,
    WavlmIdentifier,
    WavlmSeparator,
    WavlmVerifier,
    WavlmVoices,
)
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model
from tonmeister.tools.speakers import diarize, separate_speakers

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


@pytest.mark.parametrize("rule", MODEL_RULES)
def test_parting_people_keeps_the_rules_of_models(rule: str, weights: Path):
    check_model(WavlmSeparator.__tonmeister_model__, rule, separate_speakers, weights)


@pytest.mark.weights
def test_a_voice_is_compared_with_itself_and_found_by_name(weights: Path, two_cities: Waveform):
    audio = Audio.from_waveform(two_cities)
    reference = Audio.from_waveform(audio.read(0.0, 10.0))
    verifier, identifier = WavlmVerifier(), WavlmIdentifier()
    verifier.load(weights, 1)
    identifier.load(weights, 1)
    compared = verifier(reference, reference)
    assert isinstance(compared, Noted) and isinstance(compared.value, Measurement)
    assert compared.value.values["verdict"] == "same voice"
    assert compared.value.values["threshold"] == WavlmVoices.same
    found = identifier(reference, [reference], "Ana", 1)
    turns = found.value if isinstance(found, Noted) else found
    assert isinstance(turns, SpeakerTurns) and turns.speakers == ("Ana",)


def test_a_reference_without_speech_is_refused(weights: Path):
    quiet = Audio.from_waveform(Waveform(np.zeros((1, 64_000), np.float32), 16_000))
    verifier = WavlmVerifier()
    verifier.load(weights, 1)
    with pytest.raises(ToolInputError, match=r"0\.0 s of speech"):
        verifier(quiet, quiet)
