"""OpenVoice's loading code and arithmetic, on tiny random checkpoints made here."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import TWO_CITIES, pulled
from tonmeister.artifacts import Noted, Text
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models import openvoice
from tonmeister.models.kokoro import KOKORO
from tonmeister.models.openvoice import (
    CONFIG,
    OPENVOICE,
    WEIGHTS,
    OpenVoiceCloner,
    OpenVoiceConverter,
)
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model
from tonmeister.tools.voice import convert_voice

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.torch

# What the published converter/config.json of OpenVoice v2 says.
PUBLISHED = {
    "_version_": "v2",
    "data": {
        "sampling_rate": 22_050,
        "filter_length": 1024,
        "hop_length": 256,
        "win_length": 1024,
        "n_speakers": 0,
    },
    "model": {
        "zero_g": True,
        "inter_channels": 192,
        "hidden_channels": 192,
        "filter_channels": 768,
        "n_heads": 2,
        "n_layers": 6,
        "kernel_size": 3,
        "p_dropout": 0.1,
        "resblock": "1",
        "resblock_kernel_sizes": [3, 7, 11],
        "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
        "upsample_rates": [8, 8, 2, 2],
        "upsample_initial_channel": 512,
        "upsample_kernel_sizes": [16, 16, 4, 4],
        "gin_channels": 256,
        "contentvec_final_proj": False,
    },
}
TINY = {
    **PUBLISHED,
    "model": {
        **PUBLISHED["model"],
        "inter_channels": 4,
        "hidden_channels": 4,
        "upsample_initial_channel": 16,
        "gin_channels": 8,
    },
}
PUBLISHED_SIZE = 131_320_490
CONSENT = "it is my own voice"


class Names(dict[str, tuple[int, ...]]):
    """Names and shapes of parameters, as they are added."""

    def plain(self, name: str, *shape: int, bias: bool = True) -> None:
        self[f"{name}.weight"] = shape
        if bias:
            self[f"{name}.bias"] = shape[:1]

    def normed(self, name: str, *shape: int, bias: int | None = None) -> None:
        self[f"{name}.weight_v"] = shape
        self[f"{name}.weight_g"] = (shape[0], *[1] * (len(shape) - 1))
        self[f"{name}.bias"] = (bias or shape[0],)

    def gated(self, name: str, layers: int, hidden: int, colour: int) -> None:
        self.normed(f"{name}.cond_layer", 2 * hidden * layers, colour, 1)
        for layer in range(layers):
            self.normed(f"{name}.in_layers.{layer}", 2 * hidden, hidden, 5)
            size = hidden if layer == layers - 1 else 2 * hidden
            self.normed(f"{name}.res_skip_layers.{layer}", size, hidden, 1)

    def decoder(self, settings: dict) -> None:
        width, kernels = settings["upsample_initial_channel"], settings["upsample_kernel_sizes"]
        self.plain("dec.conv_pre", width, settings["inter_channels"], 7)
        self.plain("dec.conv_post", 1, width >> len(kernels), 7, bias=False)
        self.plain("dec.cond", width, settings["gin_channels"], 1)
        for level, kernel in enumerate(kernels):
            narrow = width >> (level + 1)
            self.normed(f"dec.ups.{level}", width >> level, narrow, kernel, bias=narrow)
            for place, size in enumerate(settings["resblock_kernel_sizes"]):
                block = f"dec.resblocks.{3 * level + place}"
                for name in (
                    "convs1.0",
                    "convs1.1",
                    "convs1.2",
                    "convs2.0",
                    "convs2.1",
                    "convs2.2",
                ):
                    self.normed(f"{block}.{name}", narrow, narrow, size)


def published_names(config: dict) -> Names:
    """Names and shapes of the published checkpoint, written down from its module tree."""
    settings, names = config["model"], Names()
    latent, hidden, colour = (
        settings[name] for name in ("inter_channels", "hidden_channels", "gin_channels")
    )
    bins = config["data"]["filter_length"] // 2 + 1
    names.decoder(settings)
    names.plain("enc_q.pre", hidden, bins, 1)
    names.gated("enc_q.enc", 16, hidden, colour)
    names.plain("enc_q.proj", 2 * latent, hidden, 1)
    for flow in (0, 2, 4, 6):
        names.plain(f"flow.flows.{flow}.pre", hidden, latent // 2, 1)
        names.gated(f"flow.flows.{flow}.enc", 4, hidden, colour)
        names.plain(f"flow.flows.{flow}.post", latent // 2, hidden, 1)
    filters = (1, 32, 32, 64, 64, 128, 128)
    for layer in range(6):
        names.normed(f"ref_enc.convs.{layer}", filters[layer + 1], filters[layer], 3, 3)
    names["ref_enc.gru.weight_ih_l0"] = (384, 128 * 9)
    names["ref_enc.gru.weight_hh_l0"] = (384, 128)
    names["ref_enc.gru.bias_ih_l0"] = names["ref_enc.gru.bias_hh_l0"] = (384,)
    names.plain("ref_enc.proj", colour, 128)
    names.plain("ref_enc.layernorm", bins)
    return names


def write_checkpoint(folder: Path, config: dict, *, seed: int = 1) -> Path:
    (folder / "converter").mkdir(parents=True)
    (folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    generator = torch.Generator().manual_seed(seed)
    weights = {
        name: torch.full(shape, 1.0)
        if name.endswith("_g")
        else torch.randn(shape, generator=generator) * max(1, np.prod(shape[1:])) ** -0.5
        for name, shape in published_names(config).items()
    }
    torch.save({"model": weights, "iteration": 1}, folder / WEIGHTS)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("weights") / OPENVOICE.name, TINY)


@pytest.fixture(scope="module")
def converter(folder: Path) -> Iterator[OpenVoiceConverter]:
    loaded = OpenVoiceConverter()
    loaded.load(folder, 1)
    yield loaded


def noise(duration: float, sample_rate: int, *, channels: int = 1, seed: int = 3) -> Waveform:
    made = np.random.default_rng(seed).normal(0.0, 0.1, (channels, round(duration * sample_rate)))
    return Waveform(made.astype(np.float32), sample_rate)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Largest difference relative to the largest sample."""
    return float(np.max(np.abs(one - other)) / np.max(np.abs(one)))


def samples_of(audio: Audio) -> np.ndarray:
    return np.concatenate([block.samples for block in audio.blocks()], axis=1)


def test_the_network_has_exactly_the_parameters_of_the_published_checkpoint():
    from tonmeister.models.openvoice_network import Converter, folded

    with torch.device("meta"):
        network = Converter(openvoice._shape(PUBLISHED["model"], 1024))
    wanted = {
        name: torch.empty(shape, device="meta")
        for name, shape in published_names(PUBLISHED).items()
    }
    network.load_state_dict(folded(wanted), strict=True, assign=True)
    # The published file has as many bytes as these parameters, and what a zip entry adds to each.
    over = PUBLISHED_SIZE - 4 * sum(values.numel() for values in wanted.values())
    assert 200 < over / len(wanted) < 500


def test_folded_weights_are_what_weight_normalisation_computes():
    from tonmeister.models.openvoice_network import folded

    layer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Conv1d(3, 5, 7))
    kept = {
        "x.weight_g": layer.parametrizations.weight.original0.detach() * 1.7,
        "x.weight_v": layer.parametrizations.weight.original1.detach(),
        "x.bias": layer.bias.detach(),
    }
    made = folded(kept)
    assert set(made) == {"x.weight", "x.bias"}
    assert torch.allclose(made["x.weight"], 1.7 * layer.weight, atol=1e-6)


def test_the_flow_is_undone_exactly_with_the_same_tone_colour(converter: OpenVoiceConverter):
    network = converter._colours._network
    latent = torch.randn(1, 4, 50, generator=torch.Generator().manual_seed(5))
    colour = torch.ones(1, 8, 1)
    there = network.flow(latent, colour)
    assert not torch.allclose(there, latent, atol=0.05)
    assert torch.allclose(network.flow.inverse(there, colour), latent, atol=1e-4)


def test_pieces_are_equal_to_the_whole_and_every_run_is_the_same(
    converter: OpenVoiceConverter, monkeypatch: pytest.MonkeyPatch
):
    colours = converter._colours
    speech = noise(5.0, 22_050)
    target = colours.of(noise(4.0, 22_050, seed=9))
    whole = samples_of(colours.converted(Audio.from_waveform(speech), target))
    assert np.array_equal(whole, samples_of(colours.converted(Audio.from_waveform(speech), target)))
    monkeypatch.setattr(openvoice, "PIECE_FRAMES", 100)
    pieces = samples_of(colours.converted(Audio.from_waveform(speech), target))
    assert whole.shape == pieces.shape == speech.samples.shape
    assert difference(whole, pieces) < 1e-3


def test_too_little_context_would_be_noticed(
    converter: OpenVoiceConverter, monkeypatch: pytest.MonkeyPatch
):
    colours = converter._colours
    speech, target = noise(5.0, 22_050), colours.of(noise(4.0, 22_050, seed=9))
    whole = samples_of(colours.converted(Audio.from_waveform(speech), target))
    monkeypatch.setattr(openvoice, "PIECE_FRAMES", 100)
    monkeypatch.setattr(openvoice, "CONTEXT_FRAMES", 4)
    pieces = samples_of(colours.converted(Audio.from_waveform(speech), target))
    assert difference(whole, pieces) > 1e-2


def test_another_voice_gives_another_sound(converter: OpenVoiceConverter):
    colours = converter._colours
    speech = Audio.from_waveform(noise(2.0, 22_050))
    one, other = (
        samples_of(colours.converted(speech, colours.of(noise(4.0, 22_050, seed=seed))))
        for seed in (9, 10)
    )
    assert difference(one, other) > 1e-2


@pytest.mark.parametrize("frames", [0, 1, 100, 255, 256, 257, 5000])
def test_any_length_is_kept(converter: OpenVoiceConverter, frames: int):
    colours = converter._colours
    target = colours.of(noise(4.0, 22_050))
    silence = Waveform(np.zeros((1, frames), np.float32), 22_050)
    made = colours.converted(Audio.from_waveform(silence), target)
    assert sum(block.num_frames for block in made.blocks()) == frames


def test_consent_comes_first_and_a_reference_without_speech_is_refused(
    converter: OpenVoiceConverter,
):
    sound = Audio.from_waveform(noise(5.0, 16_000))
    with pytest.raises(ToolUnavailable, match="consent") as refused:
        converter(sound, sound, "  ")
    assert "consent:" in refused.value.hint
    with pytest.raises(ToolInputError, match="holds no speech"):
        converter(sound, sound, CONSENT)


def test_the_checkpoint_is_a_pickle_that_a_human_must_allow(folder: Path):
    assert (folder / WEIGHTS).suffix == ".pth"
    assert not OPENVOICE.is_stated


def test_a_pickle_that_holds_more_than_tensors_is_not_run(tmp_path: Path):
    target = write_checkpoint(tmp_path / OPENVOICE.name, TINY)

    class Trap:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "sprung",))

    torch.save({"model": Trap()}, target / WEIGHTS)
    with pytest.raises(Exception, match=r"(?i)weights"):
        OpenVoiceConverter().load(target, 1)
    assert not (tmp_path / "sprung").exists()


@pytest.fixture(scope="module")
def reference() -> Audio:
    """12 s of a reader."""
    return Audio.from_file(pulled(TWO_CITIES) / "two_cities.wav").part(0.0, 12.0)


@pytest.mark.weights
@pytest.mark.parametrize("rule", MODEL_RULES)
def test_the_converter_keeps_the_rules_of_models(
    folder: Path, converter: OpenVoiceConverter, reference: Audio, rule: str
):
    spec = OpenVoiceConverter.__tonmeister_model__
    given = {"consent": CONSENT, "reference_audio": reference}
    adapter = None if rule == "lets go" else converter
    check_model(spec, rule, convert_voice, folder, adapter=adapter, arguments=given)


@pytest.mark.weights
def test_rate_channels_and_length_are_the_recordings(
    converter: OpenVoiceConverter, reference: Audio
):
    for sample_rate, channels in ((8_000, 1), (44_100, 2)):
        sound = noise(1.37, sample_rate, channels=channels)
        made = converter(Audio.from_waveform(sound), reference, CONSENT)
        assert (made.sample_rate, made.num_channels) == (sample_rate, channels)
        assert samples_of(made).shape == sound.samples.shape


@pytest.fixture(scope="module")
def cloner(folder: Path) -> OpenVoiceCloner:
    beside = folder.parent / KOKORO.name
    if not beside.exists():
        beside.symlink_to(pulled(KOKORO), target_is_directory=True)
    loaded = OpenVoiceCloner()
    loaded.load(folder, 2)
    return loaded


@pytest.mark.weights
def test_a_text_is_read_and_converted(cloner: OpenVoiceCloner, reference: Audio):
    made = cloner(reference, Text.plain("Good morning, everybody.", "en"), CONSENT, None)
    sound = made.value if isinstance(made, Noted) else made
    assert isinstance(sound, Audio)
    assert (sound.sample_rate, sound.num_channels) == (22_050, 1)
    samples = samples_of(sound)
    assert 1.0 < samples.shape[1] / 22_050 < 4.0
    assert np.max(np.abs(samples)) > 1e-3
    with pytest.raises(ToolUnavailable, match="consent"):
        cloner(reference, "Good morning.", "", None)


def test_cloning_says_how_to_get_the_voice_that_reads(tmp_path: Path):
    alone = write_checkpoint(tmp_path / OPENVOICE.name, TINY)
    with pytest.raises(ToolUnavailable, match="Kokoro is not installed") as refused:
        OpenVoiceCloner().load(alone, 1)
    assert "models pull kokoro" in refused.value.hint
