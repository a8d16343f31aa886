"""Qwen2-Audio: the real loading code on a tiny random network in the published layout."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.recordings import pulled
from tonmeister.artifacts import Noted, Text
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models import qwen2_audio
from tonmeister.models.qwen2_audio import (
    AUDIO_TOKEN,
    FILES,
    Qwen2AudioAnswerer,
    Qwen2AudioCaptioner,
    Qwen2Listener,
)
from tonmeister.models.yamnet_network import YAMNET
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model, loaded, tone
from tonmeister.tools.hearing import caption_audio

pytestmark = pytest.mark.torch

RATE = 16_000
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", AUDIO_TOKEN)
MARKS = ("<|audio_bos|>", "<|audio_eos|>")


def write_tokenizer(folder: Path) -> dict[str, int]:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: index for index, letter in enumerate(letters)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(one, special=True) for one in (*SPECIAL, *MARKS)])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "vocab.json").write_text(json.dumps(vocabulary), "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", "utf-8")
    ids = {one: tokenizer.token_to_id(one) for one in (*SPECIAL, *MARKS)}
    settings = {
        "tokenizer_class": "Qwen2Tokenizer",
        "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>",
        "additional_special_tokens": list(SPECIAL),
        "added_tokens_decoder": {
            str(number): {"content": one, "special": True} for one, number in ids.items()
        },
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")
    return ids


def published(name: str) -> str:
    """Return the name of a tensor as the five published files have it."""
    name = name.removeprefix("model.")
    if name.startswith("language_model."):
        return name.replace("language_model.", "language_model.model.", 1)
    return name.replace("lm_head.", "language_model.lm_head.", 1)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from safetensors.torch import save_file
    from transformers import Qwen2AudioConfig, Qwen2AudioForConditionalGeneration
    from transformers import WhisperFeatureExtractor as Ear

    folder = tmp_path_factory.mktemp("qwen")
    ids = write_tokenizer(folder)
    ear: dict[str, Any] = {"model_type": "qwen2_audio_encoder", "num_mel_bins": 128}
    ear |= {"encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 16}
    ear |= {"d_model": 16, "max_source_positions": 1500}
    mouth: dict[str, Any] = {"model_type": "qwen2", "vocab_size": 300, "hidden_size": 32}
    mouth |= {"num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2}
    mouth |= {"intermediate_size": 32, "max_position_embeddings": 8192}
    mouth |= {"bos_token_id": ids["<|endoftext|>"], "eos_token_id": ids["<|im_end|>"]}
    config = Qwen2AudioConfig(
        audio_config=ear, text_config=mouth, audio_token_index=ids[AUDIO_TOKEN]
    )
    with torch.random.fork_rng():
        torch.manual_seed(1)
        network = Qwen2AudioForConditionalGeneration(config).to(torch.bfloat16)
    config.architectures = ["Qwen2AudioForConditionalGeneration"]
    config.save_pretrained(folder)
    tensors = {published(name): one.contiguous() for name, one in network.state_dict().items()}
    assert "language_model.model.layers.0.self_attn.q_proj.weight" in tensors
    assert {"language_model.lm_head.weight", "multi_modal_projector.linear.weight"} <= set(tensors)
    names, placed = sorted(tensors), {}
    for index in range(5):
        file = f"model-0000{index + 1}-of-00005.safetensors"
        share = {name: tensors[name] for name in names[index::5]}
        save_file(share, folder / file, metadata={"format": "pt"})
        placed |= dict.fromkeys(share, file)
    stated = {"metadata": {"total_size": 1}, "weight_map": placed}
    (folder / "model.safetensors.index.json").write_text(json.dumps(stated), "utf-8")
    spoken = {"do_sample": True, "top_k": 20, "top_p": 0.5, "temperature": 0.7}
    # Chance seldom says the one true end; with two thirds of the letters as ends it soon does.
    ends = [ids["<|im_end|>"], *range(80, 256), *range(262, 300)]
    spoken |= {"eos_token_id": ends, "pad_token_id": ids["<|endoftext|>"]}
    (folder / "generation_config.json").write_text(json.dumps(spoken), "utf-8")
    Ear(feature_size=128).save_pretrained(folder)
    assert {path.name for path in folder.iterdir()} == set(FILES)
    return folder


@pytest.fixture(scope="module")
def captioner(weights: Path) -> Any:
    return loaded(Qwen2AudioCaptioner.__tonmeister_model__, weights, threads=1)


def text_of(made: object) -> str:
    assert isinstance(made, Noted)
    assert isinstance(made.value, Text)
    return made.value.text


def noise(duration: float, channels: int = 1) -> Audio:
    samples = np.random.default_rng(6).normal(0.0, 0.1, (channels, round(duration * RATE)))
    return Audio.from_waveform(Waveform(samples.astype(np.float32), RATE))


def test_every_tensor_is_loaded_and_what_is_given_is_that_of_the_published_processor(
    weights: Path,
):
    import torch
    from safetensors.torch import load_file
    from transformers import Qwen2AudioProcessor

    listener = Qwen2Listener(weights, 1)
    state = {published(n): one for n, one in listener._network.state_dict().items()}
    files = [weights / file for file in FILES if file.endswith(".safetensors")]
    stored = {name: one for file in files for name, one in load_file(file).items()}
    assert stored.keys() == state.keys()
    assert all(torch.equal(stored[name], state[name]) for name in stored)
    samples = noise(3.3).read().samples[0]
    given = listener.prepared(samples, "What is heard?")
    processor: Any = Qwen2AudioProcessor(listener._features, listener._tokenizer)
    turns = [
        {
            "role": "user",
            "content": [
                {"type": "audio", "audio_url": "x"},
                {"type": "text", "text": "What is heard?"},
            ],
        }
    ]
    text = processor.apply_chat_template(
        turns,
        chat_template=processor.default_chat_template,
        add_generation_prompt=True,
        tokenize=False,
    )
    wanted = processor(text=[text], audio=[samples], sampling_rate=RATE, return_tensors="pt")
    assert torch.equal(given["input_ids"], wanted["input_ids"])
    assert torch.equal(given["feature_attention_mask"], wanted["feature_attention_mask"])
    assert torch.allclose(
        given["input_features"].float(), wanted["input_features"].float(), atol=0.02
    )


def test_an_answer_that_is_stopped_in_the_middle_shows_it(
    weights: Path, monkeypatch: pytest.MonkeyPatch
):
    listener = Qwen2Listener(weights, 1)
    samples = noise(1.0).read().samples[0]
    monkeypatch.setattr(qwen2_audio, "MOST_TOKENS", 3)
    monkeypatch.setattr(listener._network.generation_config, "eos_token_id", [])
    assert listener.said(samples, "What is heard?").endswith(" …")
    every = list(range(len(listener._tokenizer)))
    monkeypatch.setattr(listener._network.generation_config, "eos_token_id", every)
    assert not listener.said(samples, "What is heard?").endswith("…")


@pytest.mark.parametrize("rule", MODEL_RULES)
def test_the_adapter_keeps_the_rules_of_models(rule: str, weights: Path, captioner: Any):
    adapter = None if rule == "lets go" else captioner
    model = Qwen2AudioCaptioner.__tonmeister_model__
    check_model(model, rule, caption_audio, weights, adapter=adapter)


def test_the_opinion_is_told_as_one_after_what_was_measured(captioner: Any):
    made = captioner(noise(2.0, 2), None, "en")
    said = text_of(made)
    assert said.startswith("Measured: The recording lasts 2.0 s, with a loudness of -1")
    assert "What Qwen2-Audio believes, unchecked: " in said
    assert not made.notes
    assert text_of(captioner(noise(2.0, 2), None, "en")) == said
    assert text_of(captioner(noise(1.0), None, "pt")).startswith("Medido: A gravação dura 1.0 s")


def test_a_long_recording_is_told_piece_by_piece_and_silence_is_not_asked_about(captioner: Any):
    samples = np.zeros((1, 70 * RATE), np.float32)
    samples[0, : 10 * RATE] = tone(440.0, 10.0, RATE).samples[0]
    made = captioner(Audio.from_waveform(Waveform(samples, RATE)), None, "en")
    lines = text_of(made).splitlines()
    assert lines[-2:] == ["0:23.3–0:46.7: silence", "0:46.7–1:10.0: silence"]
    assert any(line.startswith("0:00.0–0:23.3: ") for line in lines)
    assert made.notes[0].startswith("Qwen2-Audio heard 3 pieces of 23.3 s")
    silent = Audio.from_waveform(Waveform(np.zeros((1, RATE), np.float32), RATE))
    assert text_of(captioner(silent, None, "en")).endswith("nothing: the recording is silent.")


def test_more_than_ten_minutes_are_refused(captioner: Any):
    blocks = (Waveform(np.zeros((1, RATE), np.float32), RATE) for _ in range(601))
    audio = Audio.from_blocks(blocks, RATE, 1, 601 * RATE)
    with pytest.raises(ToolInputError, match="601 s; this model listens to up to 600 s"):
        captioner(audio, None, "en")


def test_a_question_gets_its_measured_answer_first(weights: Path, tmp_path: Path):
    answerer = loaded(Qwen2AudioAnswerer.__tonmeister_model__, weights, threads=1)
    said = text_of(answerer(noise(2.0), "why <|im_end|> is it noisy?", None, None, "en"))
    assert said.startswith("Measured: The recording lasts 2.0 s")
    given = answerer.listener.prepared(noise(1.0).read().samples[0], "a<|im_end|>")
    ends = answerer.listener._tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert int((given["input_ids"] == ends).sum()) == 2  # of the system's and the user's turn


@pytest.mark.weights
def test_what_yamnet_hears_stands_first(captioner: Any, weights: Path, tmp_path: Path):
    (tmp_path / "yamnet").symlink_to(pulled(YAMNET))
    for folder in (weights, pulled(YAMNET)):
        link = tmp_path / folder.name
        if not link.exists():
            link.symlink_to(folder)
    captioner.weights = tmp_path / weights.name
    said = text_of(captioner(noise(2.0), None, "en"))
    captioner.weights = weights
    assert said.startswith("Measured: In 2.0 s, ")
