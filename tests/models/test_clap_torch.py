"""CLAP: the real loading code on a tiny random network made here."""

import json
from pathlib import Path

import numpy as np
import pytest

from tonmeister.artifacts import Noted
from tonmeister.audio import Waveform
from tonmeister.errors import ToolUnavailable
from tonmeister.models.clap import FILES, ClapEncoder, ClapFinder, _events, _windows
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model
from tonmeister.tools.sound import find_sound

pytestmark = pytest.mark.torch
RATE = 48_000


def _write_tokenizer(folder: Path) -> int:
    from tokenizers import ByteLevelBPETokenizer
    from tokenizers.processors import RobertaProcessing
    from transformers import RobertaTokenizerFast

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    learned = ByteLevelBPETokenizer()
    learned.train_from_iterator(
        ["this is a sound of a dog barking"], vocab_size=300, special_tokens=special
    )
    learned.save_model(str(folder))
    names = {"vocab_file": str(folder / "vocab.json"), "merges_file": str(folder / "merges.txt")}
    tokenizer = RobertaTokenizerFast(**names)
    tokenizer.save_pretrained(folder)
    settings = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    (folder / "special_tokens_map.json").write_text(json.dumps(settings), encoding="utf-8")
    learned.save_model(str(folder))
    # As in the published file: the words are there, and marks stand around a sentence.
    learned.post_processor = RobertaProcessing(("</s>", 2), ("<s>", 0))
    learned.save(str(folder / "tokenizer.json"))
    return learned.get_vocab_size()


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import ClapAudioConfig, ClapConfig, ClapModel, ClapTextConfig

    folder = tmp_path_factory.mktemp("clap")
    size = _write_tokenizer(folder)
    sizes = {"hidden_size": 64, "patch_embeds_hidden_size": 8, "projection_dim": 12}
    audio = ClapAudioConfig(
        **sizes, depths=[1, 1, 1, 1], num_attention_heads=[1, 1, 2, 2], enable_fusion=False
    )
    text = ClapTextConfig(
        vocab_size=size,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        projection_dim=12,
    )
    config = ClapConfig(text_config=text.to_dict(), audio_config=audio.to_dict(), projection_dim=12)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = ClapModel(config)
    config.save_pretrained(folder)
    torch.save(network.state_dict(), folder / "pytorch_model.bin")
    settings = {
        "feature_extractor_type": "ClapFeatureExtractor",
        "feature_size": 64,
        "sampling_rate": RATE,
        "hop_length": 480,
        "fft_window_size": 1024,
        "frequency_min": 50,
        "frequency_max": 14000,
        "max_length_s": 10,
        "nb_max_samples": 480_000,
        "padding": "repeatpad",
        "padding_value": 0.0,
        "truncation": "rand_trunc",
        "return_attention_mask": False,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(settings), encoding="utf-8")
    assert {path.name for path in folder.iterdir()} >= set(FILES)
    return folder


def sound(duration: float) -> Audio:
    samples = 0.1 * np.random.default_rng(0).standard_normal((1, round(duration * RATE)))
    return Audio.from_waveform(Waveform(samples.astype(np.float32), RATE))


@pytest.mark.parametrize("rule", MODEL_RULES)
def test_the_adapter_keeps_the_rules_of_models(rule: str, weights: Path):
    model = ClapFinder.__tonmeister_model__
    check_model(model, rule, find_sound, weights, arguments={"description": "a dog barking"})


def test_the_numbers_are_those_of_the_file_and_have_unit_length(weights: Path):
    import torch
    from transformers import AutoTokenizer, ClapConfig, ClapModel

    encoder = ClapEncoder(weights, 1)
    made = encoder.words(["this is a sound of a dog", "a sound"])
    assert np.allclose(np.linalg.norm(made, axis=1), 1.0, atol=1e-5)
    network = ClapModel(ClapConfig.from_pretrained(weights)).eval()
    network.load_state_dict(torch.load(weights / "pytorch_model.bin", weights_only=True))
    tokens = AutoTokenizer.from_pretrained(weights)(["a sound"], return_tensors="pt")
    with torch.inference_mode():
        direct = network.get_text_features(**tokens)
    row = getattr(direct, "pooler_output", direct).numpy()[0]
    assert np.allclose(made[1], row / np.linalg.norm(row), atol=1e-5)
    clips = [sound(one).read().samples[0] for one in (0.05, 2.0)]
    heard = encoder.sounds(clips)
    assert heard.shape == (2, 12)
    assert np.allclose(np.linalg.norm(heard, axis=1), 1.0, atol=1e-5)


def test_a_file_that_does_not_fit_is_refused(weights: Path, tmp_path: Path):
    import shutil

    import torch

    shutil.copytree(weights, tmp_path / "cut")
    state = torch.load(weights / "pytorch_model.bin", weights_only=True)
    del state["logit_scale_a"]
    torch.save(state, tmp_path / "cut" / "pytorch_model.bin")
    with pytest.raises(ToolUnavailable, match="logit_scale_a is missing"):
        ClapEncoder(tmp_path / "cut", 1)


def test_every_moment_is_heard_in_a_window():
    for duration, count in ((0.5, 1), (2.0, 1), (2.5, 2), (3.0, 2), (7.2, 7)):
        assert len(list(_windows(sound(duration)))) == count


def test_windows_in_a_row_are_one_event():
    sure = np.array([0.1, 0.8, 0.9, 0.2, 0.7], np.float32)
    first, last = _events(sure, "dog", 0.5, 6.0)
    assert (first.start, first.end, first.score) == (1.5, 3.5, 0.9)
    assert (last.start, last.end) == (4.5, 6.0)


def test_what_is_not_there_is_said(weights: Path):
    finder = ClapFinder()
    finder.load(weights, 1)
    found = finder(sound(4.0), "a dog", 0.95)
    assert isinstance(found, Noted)
    assert found.value.events == ()
    assert found.notes[0].startswith("Not there: the likeliest moment")


def test_a_description_with_more_words_than_count_is_said_to_be_cut(weights: Path):
    finder = ClapFinder()
    finder.load(weights, 1)
    told = "The description has more words than CLAP takes: the last ones were left out."
    for threshold in (0.05, 0.95):
        long = finder(sound(4.0), "a dog barking " * 30, threshold)
        assert isinstance(long, Noted) and long.notes[0] == told
    short = finder(sound(4.0), "a dog", 0.95)
    assert isinstance(short, Noted) and told not in short.notes
    many = finder._encoder.words(["a dog barking " * 30, "a dog barking " * 60])
    assert np.allclose(many[0], many[1], atol=1e-5)
