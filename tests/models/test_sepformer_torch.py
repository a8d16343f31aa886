"""SepFormer: the real loading code on tiny random checkpoints with SpeechBrain's names."""

from pathlib import Path

import numpy as np
import pytest

from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.sepformer import FILES, SepformerEnhancer, SepformerSeparator, _order
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model
from tonmeister.tools.restoration import enhance_speech
from tonmeister.tools.speakers import separate_speakers

pytestmark = pytest.mark.torch

SIZE, WIDE = 16, 24


def shapes(num_sources: int) -> dict[str, dict[str, tuple[int, ...]]]:
    """Names and sizes as SpeechBrain writes them, one layer of everything."""
    masknet: dict[str, tuple[int, ...]] = {
        "norm.weight": (SIZE,),
        "norm.bias": (SIZE,),
        "conv1d.weight": (SIZE, SIZE, 1),
        "conv2d.weight": (SIZE * num_sources, SIZE, 1, 1),
        "conv2d.bias": (SIZE * num_sources,),
        "end_conv1x1.weight": (SIZE, SIZE, 1),
        "prelu.weight": (1,),
    }
    for gate in ("output.0", "output_gate.0"):
        masknet |= {f"{gate}.weight": (SIZE, SIZE, 1), f"{gate}.bias": (SIZE,)}
    for part in ("intra", "inter"):
        masknet |= {f"dual_mdl.0.{part}_norm.{end}": (SIZE,) for end in ("weight", "bias")}
        root = f"dual_mdl.0.{part}_mdl"
        masknet[f"{root}.pos_enc.pe"] = (1, 2500, SIZE)
        masknet |= {f"{root}.mdl.norm.norm.{end}": (SIZE,) for end in ("weight", "bias")}
        layer = f"{root}.mdl.layers.0"
        masknet |= {
            f"{layer}.self_att.att.in_proj_weight": (3 * SIZE, SIZE),
            f"{layer}.self_att.att.in_proj_bias": (3 * SIZE,),
            f"{layer}.self_att.att.out_proj.weight": (SIZE, SIZE),
            f"{layer}.self_att.att.out_proj.bias": (SIZE,),
            f"{layer}.pos_ffn.ffn.0.weight": (WIDE, SIZE),
            f"{layer}.pos_ffn.ffn.0.bias": (WIDE,),
            f"{layer}.pos_ffn.ffn.3.weight": (SIZE, WIDE),
            f"{layer}.pos_ffn.ffn.3.bias": (SIZE,),
        }
        for norm in ("norm1", "norm2"):
            masknet |= {f"{layer}.{norm}.norm.{end}": (SIZE,) for end in ("weight", "bias")}
    return {
        "encoder.ckpt": {"conv1d.weight": (SIZE, 1, 64)},
        "masknet.ckpt": masknet,
        "decoder.ckpt": {"weight": (SIZE, 1, 64)},
    }


def written(folder: Path, num_sources: int) -> Path:
    import torch

    draw = torch.Generator().manual_seed(num_sources)
    for file, tensors in shapes(num_sources).items():
        made = {name: 0.3 * torch.randn(shape, generator=draw) for name, shape in tensors.items()}
        torch.save(made, folder / file)
    return folder


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("two"), 2)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("one"), 1)


def noise(duration: float, rate: int, channels: int) -> Audio:
    samples = np.random.default_rng(4).normal(0.0, 0.1, (channels, round(duration * rate)))
    return Audio.from_waveform(Waveform(samples.astype(np.float32), rate))


def sound(audio: Audio) -> np.ndarray:
    return np.concatenate([block.samples for block in audio.blocks()], axis=1)


@pytest.mark.parametrize("rule", MODEL_RULES)
@pytest.mark.parametrize("adapter", [SepformerSeparator, SepformerEnhancer])
def test_the_adapters_keep_the_rules_of_models(adapter: type, rule: str, two: Path, one: Path):
    tool, weights = (
        (separate_speakers, two) if adapter is SepformerSeparator else (enhance_speech, one)
    )
    check_model(adapter.__tonmeister_model__, rule, tool, weights)


@pytest.mark.parametrize("duration", [0.3, 8.0, 19.7])
def test_each_source_is_as_long_as_the_original_at_its_rate_and_channels(
    two: Path, duration: float
):
    separator = SepformerSeparator()
    separator.load(two, 1)
    audio = noise(duration, 22_050, 2)
    made = separator(audio, 2)
    assert list(made) == ["speaker_00", "speaker_01"]
    for one_speaker in made.values():
        assert sound(one_speaker).shape == (2, audio.num_frames)


def test_a_number_of_people_the_model_was_not_made_for_is_refused(two: Path):
    separator = SepformerSeparator()
    separator.load(two, 1)
    with pytest.raises(ToolInputError, match="parts 2 people"):
        separator(noise(1.0, 8_000, 1), 3)
    with pytest.raises(ToolInputError, match="1 to 20"):
        separator(noise(1.0, 8_000, 1), 1000)


def test_sources_that_change_places_are_put_right_by_the_overlap():
    draw = np.random.default_rng(5)
    before = draw.normal(size=(3, 400)).astype(np.float32)
    after = 0.3 * before[[2, 0, 1]] + 0.1 * draw.normal(size=(3, 400)).astype(np.float32)
    order = _order(before, after)
    assert order == [1, 2, 0]
    assert _order(before, before) == [0, 1, 2]


def test_windows_join_without_a_seam(one: Path):
    enhancer = SepformerEnhancer()
    enhancer.load(one, 1)
    times = np.arange(16_000 * 21) / 16_000
    tone = (0.3 * np.sin(2 * np.pi * 220.0 * times)).astype(np.float32)
    made = sound(enhancer(Audio.from_waveform(Waveform(tone, 16_000)), 1.0))[0]
    inner = np.abs(np.diff(made))[200:-200]
    for border in (6.0, 8.0, 12.0, 14.0):
        place = round(border * 16_000)
        assert inner[place - 300 : place + 300].max() <= 1.05 * inner.max()
    assert made.shape == tone.shape
    half = sound(enhancer(Audio.from_waveform(Waveform(tone, 16_000)), 0.5))[0]
    assert np.allclose(half, 0.5 * (tone + made), atol=1e-5)


def test_other_files_are_refused(tmp_path: Path, two: Path):
    import torch

    for file in FILES:
        torch.save({"something": torch.zeros(2)}, tmp_path / file)
    with pytest.raises(ToolUnavailable, match="no SepFormer"):
        SepformerSeparator().load(tmp_path, 1)
