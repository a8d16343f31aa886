"""AudioSep: the real loading code on a tiny random checkpoint with the published names."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.recordings import pulled
from tonmeister.artifacts import Noted
from tonmeister.assign import assign
from tonmeister.audio import Waveform
from tonmeister.config import Settings
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.audiosep import (
    AUDIOSEP,
    WEIGHTS,
    AudioSepExtractor,
    AudioSepRemover,
    _Separator,
)
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.plan import Plan, Step
from tonmeister.registry import discover
from tonmeister.sound_vocabulary import is_portuguese
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model
from tonmeister.tools.separation import extract_sound

pytestmark = pytest.mark.torch

RATE = 32_000
BINS = 321
"""Fewer than the published 1025, for speed; their number is read off the file."""

WORDS, SIZE, LAYERS = 6, 16, 2
WIDTHS = (2, 3, 4, 4, 4, 4)
"""Of the encoder blocks; the published ones are 32, 64, 128, 256, 384 and 384."""

Shapes = dict[str, tuple[int, ...]]


def norm(name: str, size: int) -> Shapes:
    parts: Shapes = {
        f"{name}.{part}": (size,) for part in ("weight", "bias", "running_mean", "running_var")
    }
    return parts | {f"{name}.num_batches_tracked": ()}


def residual(name: str, size: int, made: int) -> Shapes:
    shapes = norm(f"{name}.bn1", size) | norm(f"{name}.bn2", made)
    shapes[f"{name}.conv1.weight"] = (made, size, 3, 3)
    shapes[f"{name}.conv2.weight"] = (made, made, 3, 3)
    if size != made:
        shapes[f"{name}.shortcut.weight"] = (made, size, 1, 1)
        shapes[f"{name}.shortcut.bias"] = (made,)
    return shapes


def separator() -> Shapes:
    """Names and sizes of the separating network, as the authors' code gives them."""
    shapes = norm("base.bn0", BINS)
    shapes |= {"base.pre_conv.weight": (WIDTHS[0], 1, 1, 1), "base.pre_conv.bias": (WIDTHS[0],)}
    shifted: dict[str, tuple[int, int]] = {}
    size = WIDTHS[0]
    downs = [f"encoder_block{index}" for index in range(1, 7)] + ["conv_block7a"]
    for block, made in zip(downs, (*WIDTHS, WIDTHS[-1]), strict=True):
        shapes |= residual(f"base.{block}.conv_block1", size, made)
        shifted[f"{block}->conv_block1"] = (size, made)
        size = made
    for index, made in enumerate(reversed(WIDTHS), start=1):
        block = f"decoder_block{index}"
        stride = (1, 2) if index == 1 else (2, 2)
        shapes[f"base.{block}.conv1.weight"] = (size, made, *stride)
        shapes |= norm(f"base.{block}.bn1", size) | norm(f"base.{block}.bn2", size)
        shapes |= residual(f"base.{block}.conv_block2", 2 * made, made)
        shifted[block] = (size, size)
        shifted[f"{block}->conv_block2"] = (2 * made, made)
        size = made
    shapes |= {"base.after_conv.weight": (3, size, 1, 1), "base.after_conv.bias": (3,)}
    for block, (first, second) in shifted.items():
        for which, count in (("beta1", first), ("beta2", second)):
            shapes[f"film.{block}->{which}.weight"] = (count, WORDS)
            shapes[f"film.{block}->{which}.bias"] = (count,)
    # The transforms are stored too, and are not read; in sizes that follow from the bins.
    shapes |= {f"base.stft.conv_{part}.weight": (2, 1, 4) for part in ("real", "imag")}
    return shapes | {f"base.istft.conv_{part}.weight": (4, 2, 1) for part in ("real", "imag")}


def text_tensors(numbers: int) -> dict[str, Any]:
    from transformers import RobertaConfig, RobertaModel

    config = RobertaConfig(
        vocab_size=numbers,
        hidden_size=SIZE,
        num_hidden_layers=LAYERS,
        num_attention_heads=1,
        intermediate_size=24,
        max_position_embeddings=514,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        pad_token_id=1,
        initializer_range=0.5,  # so that other words give another direction
    )
    state = RobertaModel(config).state_dict()
    return {f"text_branch.{name}": tensor for name, tensor in state.items()}


def written(folder: Path, **changed: Any) -> Path:
    """Write a checkpoint as ``save_pretrained`` of the hub's mixin does: one flat dictionary."""
    import torch
    from tokenizers import ByteLevelBPETokenizer

    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(
        ["a dog barking", "the siren of an ambulance"],
        vocab_size=300,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        show_progress=False,
    )
    tokenizer.save_model(str(folder))
    with torch.random.fork_rng():
        torch.manual_seed(2)
        tensors = {
            f"ss_model.{name}": torch.tensor(3)
            if not shape
            else torch.rand(shape) + 0.5
            if name.endswith(("running_var", "bn1.weight", "bn2.weight", "bn0.weight"))
            else 0.4 * torch.randn(shape)
            for name, shape in separator().items()
        }
        words = text_tensors(tokenizer.get_vocab_size())
        words["text_branch.embeddings.position_ids"] = torch.arange(514)[None]
        for index, size in ((0, SIZE), (2, WORDS)):
            words[f"text_projection.{index}.weight"] = torch.randn(WORDS, size)
            words[f"text_projection.{index}.bias"] = torch.randn(WORDS)
        words["audio_branch.bn0.weight"] = torch.ones(64)
        words["logit_scale_a"] = torch.tensor(2.6)
    tensors |= {f"query_encoder.model.{name}": tensor for name, tensor in words.items()}
    tensors |= changed
    torch.save({name: one for name, one in tensors.items() if one is not None}, folder / WEIGHTS)
    return folder


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("audiosep"))


@pytest.fixture(scope="module")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with masks that keep everything: amount 1 and no turn."""
    import torch

    return written(
        tmp_path_factory.mktemp("keeping"),
        **{
            "ss_model.base.after_conv.weight": torch.zeros(3, WIDTHS[0], 1, 1),
            "ss_model.base.after_conv.bias": torch.tensor([40.0, 40.0, 0.0]),
        },
    )


def noise(duration: float, rate: int = RATE, channels: int = 1) -> Audio:
    samples = np.random.default_rng(4).normal(0.0, 0.1, (channels, round(duration * rate)))
    return Audio.from_waveform(Waveform(samples.astype(np.float32), rate))


def tones(duration: float, channels: int) -> Audio:
    times = np.arange(round(duration * RATE)) / RATE
    pitches = [[220.0, 3000.0], [330.0, 7000.0]][:channels]
    samples = [sum(0.2 * np.sin(2.0 * np.pi * pitch * times) for pitch in one) for one in pitches]
    return Audio.from_waveform(Waveform(np.array(samples, np.float32), RATE))


def made_by(
    adapter: Any, audio: Audio, words: str = "a dog barking", **place: float
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    made = adapter(
        audio,
        words,
        *(place.get(name) for name in ("start", "end", "low_hz", "high_hz")),
    )
    assert isinstance(made, Noted)
    parts = made.value
    assert isinstance(parts, tuple)
    first, second = (
        np.concatenate([block.samples for block in part.blocks()], axis=1)
        for part in parts
        if isinstance(part, Audio)
    )
    return first, second, made.notes


def test_every_name_of_the_checkpoint_is_used_and_the_words_are_those_of_roberta(weights: Path):
    import torch
    from transformers import RobertaModel

    separator = _Separator(weights, 1)
    assert len(separator._network.film) == 2 * (7 + 2 * 6)
    direction = separator.direction("a dog barking")
    state = torch.load(weights / WEIGHTS, weights_only=True)
    reference = RobertaModel(separator._words.text_branch.config).eval()
    prefix = "query_encoder.model."
    branch = {
        name.removeprefix(f"{prefix}text_branch."): tensor
        for name, tensor in state.items()
        if name.startswith(f"{prefix}text_branch.") and not name.endswith("position_ids")
    }
    reference.load_state_dict(branch)
    inner = separator._tokenizer.encode("a dog barking").ids
    # As the authors do: padded with 1 to 512 under a mask, between <s> (0) and </s> (2).
    tokens = torch.tensor([[0, *inner, 2] + [1] * (510 - len(inner))])
    with torch.inference_mode():
        pooled = reference(tokens, attention_mask=(tokens != 1).long()).pooler_output[0]
    hidden = state[f"{prefix}text_projection.0.weight"] @ pooled
    hidden = torch.relu(hidden + state[f"{prefix}text_projection.0.bias"])
    wanted = state[f"{prefix}text_projection.2.weight"] @ hidden
    wanted = wanted + state[f"{prefix}text_projection.2.bias"]
    assert torch.allclose(direction, wanted / wanted.norm(), atol=1e-5)
    assert not torch.allclose(direction, separator.direction("the siren"), atol=1e-3)


def test_a_description_with_more_words_than_count_is_said_to_be_cut(weights: Path):
    extractor = AudioSepExtractor()
    extractor.load(weights, 1)
    told = "The description has more words than AudioSep takes: the last ones were left out."
    count = len(extractor._separator._tokenizer.encode("dog ").ids)
    long = "dog " * (510 // count + 2)
    assert told in made_by(extractor, noise(0.1), long)[2]
    assert told not in made_by(extractor, noise(0.1), "dog barking")[2]


@pytest.mark.parametrize("rule", MODEL_RULES)
def test_the_adapter_keeps_the_rules_of_models(rule: str, weights: Path):
    model = AudioSepExtractor.__tonmeister_model__
    check_model(model, rule, extract_sound, weights, arguments={"description": "a dog barking"})


def test_masks_that_keep_everything_give_the_recording_back_without_a_seam(keeping: Path):
    extractor = AudioSepExtractor()
    extractor.load(keeping, 1)
    audio = tones(13.0, 2)  # the highest frequency of all, which is never kept, is not in it
    sound, rest, notes = made_by(extractor, audio)
    assert sound.shape == (2, 13 * RATE)
    inner = slice(RATE // 100, -RATE // 100)  # the ends of a tone hold every frequency
    assert np.abs(sound - audio.read().samples)[:, inner].max() < 1e-4
    assert np.abs(rest)[:, inner].max() < 1e-4
    assert "lies 0.0 dB below" in notes[-1]
    within, _, _ = made_by(extractor, audio, start=4.0, end=6.0)
    assert np.allclose(within[:, 4 * RATE : 6 * RATE], sound[:, 4 * RATE : 6 * RATE])
    assert np.abs(within[:, : 3 * RATE]).max() == 0.0


def test_frequencies_outside_a_band_stay_in_the_rest(keeping: Path):
    extractor = AudioSepExtractor()
    extractor.load(keeping, 1)
    sound, _, _ = made_by(extractor, noise(3.0), low_hz=1000.0, high_hz=4000.0)
    spectrum = np.abs(np.fft.rfft(sound[0])) ** 2
    inside = slice(3 * 1000, 3 * 4000)
    outside = spectrum.sum() - spectrum[inside].sum()
    assert outside < 0.05 * spectrum[inside].sum()


@pytest.mark.parametrize(("rate", "channels", "duration"), [(8_000, 1, 7.3), (48_000, 2, 0.03)])
def test_both_parts_have_the_shape_of_the_recording_and_add_up_to_it(
    weights: Path, rate: int, channels: int, duration: float
):
    remover = AudioSepRemover()
    remover.load(weights, 1)
    audio = noise(duration, rate, channels)
    rest, removed, notes = made_by(remover, audio)
    assert rest.shape == removed.shape == (channels, round(duration * rate))
    assert np.allclose(rest + removed, audio.read().samples, atol=1e-6)
    assert any("up to 16 kHz" in note for note in notes) == (rate > RATE)
    other, _, _ = made_by(remover, audio, "the siren of an ambulance")
    assert not np.allclose(rest, other, atol=1e-4)


def test_of_silence_nothing_is_taken_and_that_is_said(weights: Path):
    extractor = AudioSepExtractor()
    extractor.load(weights, 1)
    silence = Audio.from_waveform(Waveform(np.zeros((1, 2 * RATE), np.float32), RATE))
    sound, _, notes = made_by(extractor, silence)
    assert not np.any(sound)
    assert "it may not be in the recording" in notes[-1]


def test_what_it_cannot_do_is_refused(weights: Path):
    extractor = AudioSepExtractor()
    extractor.load(weights, 1)
    with pytest.raises(ToolInputError, match="by its words"):
        made_by(extractor, noise(1.0), "", start=0.2)
    with pytest.raises(ToolInputError, match="up to 16 kHz"):
        made_by(extractor, noise(1.0, 48_000), low_hz=17_000.0)
    with pytest.raises(ToolInputError, match="understands English; found 'ladrar do cão'"):
        made_by(extractor, noise(1.0), "ladrar do cão")


@pytest.mark.weights
@pytest.mark.parametrize(
    ("said", "read"), [("ladrar do cão", "bark"), ("a sirene", "siren"), ("a voz", "speech")]
)
def test_other_languages_are_read_as_the_class_they_mean(
    said: str, read: str, weights: Path, tmp_path: Path
):
    (tmp_path / SOUND_WORDS.name).symlink_to(pulled(SOUND_WORDS))
    (tmp_path / "audiosep").symlink_to(weights)
    extractor = AudioSepExtractor()
    extractor.load(tmp_path / "audiosep", 1)
    _, _, notes = made_by(extractor, noise(0.5), said)
    assert notes[0] == f"AudioSep understands English; '{said}' was read as '{read}'."


def test_portuguese_sounds_are_told_from_english_ones():
    assert all(map(is_portuguese, ("sirene", "a voz", "ladrar do cão", "motor de carro")))
    assert not any(map(is_portuguese, ("siren", "a dog barking", "piano", "motor", "a violin")))


@pytest.mark.parametrize(
    "name", ["ss_model.film.conv_block7a->conv_block1->beta1.weight", "ss_model.base.bn0.bias"]
)
def test_a_file_that_lacks_a_tensor_is_refused(name: str, tmp_path: Path):
    with pytest.raises(ToolUnavailable, match="no checkpoint of AudioSep"):
        _Separator(written(tmp_path, **{name: None}), 1)


def test_a_pickle_that_would_run_something_is_refused(weights: Path, tmp_path: Path):
    import torch

    folder = tmp_path / "evil"
    shutil.copytree(weights, folder)
    torch.save({"ss_model.base.bn0.weight": Path("x")}, folder / WEIGHTS)
    with pytest.raises(ToolUnavailable, match="no plain file of tensors: it names pathlib"):
        _Separator(folder, 1)


def test_it_is_never_chosen_unless_asked_for_by_name(tmp_path: Path):
    catalog = discover()
    settings = Settings(home=tmp_path, memory_budget_mb=8000)
    args = {"audio": "@a1", "description": "a dog"}
    for name in ("audiosep", None):
        plan = Plan(steps=(Step(id="s1", tool="extract_sound", args=args, model=name),))
        made = assign(plan, catalog, settings, lambda _: True, {})["s1"].model
        assert made is not None
        assert (made.card.name == "audiosep") == (name == "audiosep")
    assert not AUDIOSEP.pickles and AUDIOSEP.is_stated
