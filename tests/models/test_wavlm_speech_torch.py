"""Speech by WavLM: the real loading code on a tiny random network that leans one way."""

import json
from pathlib import Path

import numpy as np
import pytest

from tonmeister.audio import Waveform
from tonmeister.models.wavlm_speech import FILES, WavlmSpeech
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model
from tonmeister.tools.speech import detect_speech

pytestmark = pytest.mark.torch


def write(folder: Path, lean: float) -> Path:
    """Write a network in the published layout; ``lean`` is added to what it says of a voice."""
    import torch
    from transformers import WavLMConfig, WavLMForAudioFrameClassification

    config = WavLMConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        conv_dim=(8,) * 7,
        num_conv_pos_embeddings=4,
        num_conv_pos_embedding_groups=2,
        use_weighted_layer_sum=True,
        num_labels=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(1)
        network = WavLMForAudioFrameClassification(config)
    with torch.no_grad():
        network.classifier.bias[1] += lean
        network.classifier.bias[0] -= 20.0
    network.save_pretrained(folder)
    settings = {
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "feature_size": 1,
        "sampling_rate": 16_000,
        "padding_side": "right",
        "padding_value": 0.0,
        "do_normalize": False,
        "return_attention_mask": True,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(settings), encoding="utf-8")
    assert {path.name for path in folder.iterdir()} >= set(FILES)
    return folder


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("wavlm-sd"), 20.0)


def noise(num_frames: int) -> Audio:
    samples = np.random.default_rng(2).normal(0.0, 0.1, num_frames).astype(np.float32)
    return Audio.from_waveform(Waveform(samples, 16_000))


def test_speech_is_where_either_voice_is(weights: Path, tmp_path: Path):
    sure, never = WavlmSpeech(), WavlmSpeech()
    sure.load(weights, 1)
    never.load(write(tmp_path, -20.0), 1)
    audio = noise(45 * 16_000 + 7)
    (region,) = sure(audio, 0.5).regions
    assert region.start == 0.0 and region.end == audio.duration
    assert never(audio, 0.5).regions == ()


def test_there_is_a_frame_for_every_20_ms_and_windows_do_not_show(weights: Path):
    detector = WavlmSpeech()
    detector.load(weights, 1)
    for num_frames in (1, 320, 16_123, 20 * 16_000, 45 * 16_000 + 7):
        found = np.concatenate(list(detector.probabilities(noise(num_frames))))
        assert len(found) == -(-num_frames // 320) and np.all((found >= 0.0) & (found <= 1.0))


@pytest.mark.parametrize("rule", MODEL_RULES)
def test_it_keeps_the_rules_of_models(rule: str, weights: Path):
    check_model(
        WavlmSpeech.__tonmeister_model__, rule, detect_speech, weights, arguments={"threshold": 0.5}
    )
