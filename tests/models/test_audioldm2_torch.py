"""AudioLDM 2: the real loading and sampling code on a tiny random pipeline made here."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.models.tiny_diffusion import write_audioldm2
from tonmeister.artifacts import Noted
from tonmeister.audio import Samples
from tonmeister.errors import ToolUnavailable
from tonmeister.models import audioldm2
from tonmeister.models.audioldm2 import AUDIOLDM2, FILES, AudioLdm, AudioLdmSounds
from tonmeister.streaming import Audio
from tonmeister.testing import check_model
from tonmeister.tools.generation import GeneratedSound, generate_sound
from tonmeister.translations import in_words

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_audioldm2(tmp_path_factory.mktemp("cache") / "audioldm2")
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert written >= set(FILES)
    return folder


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audioldm2, "STEPS", 2)


@pytest.fixture(scope="module")
def maker(weights: Path) -> AudioLdmSounds:
    loaded = AudioLdmSounds()
    loaded.load(weights, 1)
    return loaded


def made(maker: AudioLdmSounds, folder: Path, duration: float, seed: int) -> tuple[Samples, Noted]:
    noted = maker("rain and thunder", folder, duration, seed)
    assert isinstance(noted.value, GeneratedSound)
    sound = noted.value.sound
    assert isinstance(sound, Audio) and (sound.sample_rate, sound.num_channels) == (16_000, 1)
    return np.concatenate([block.samples for block in sound.blocks()], axis=1), noted


def test_a_sound_has_the_asked_length_and_is_the_same_for_its_seed(
    maker: AudioLdmSounds, tmp_path: Path
):
    assert maker.network.window == pytest.approx(1.28)
    shares: list[float] = []
    maker.on_progress = shares.append
    first, noted = made(maker, tmp_path, 1.1, 1)
    assert first.shape == (1, 17_600) and shares == [0.5, 1.0]
    assert np.any(first) and np.abs(first).max() <= 1.0
    assert np.array_equal(first, made(maker, tmp_path, 1.1, 1)[0])
    assert not np.allclose(first, made(maker, tmp_path, 1.1, 2)[0])
    told = (tmp_path / "credits.txt").read_text(encoding="utf-8")
    assert "CC-BY-NC-SA-4.0" in told and "Not for commercial use" in told
    assert noted.notes[0] == "AudioLDM 2 made this sound out of words: nobody recorded it."


def test_other_words_make_another_sound(maker: AudioLdmSounds, tmp_path: Path):
    first = made(maker, tmp_path, 1.0, 1)[0]
    other = maker("low quality", tmp_path, 1.0, 1).value.sound.read().samples
    assert not np.array_equal(first, other)


def test_words_that_are_cut_off_are_said(maker: AudioLdmSounds, tmp_path: Path):
    told = "The description has more words than AudioLDM 2 takes: the last ones were left out."
    assert told in maker("rain and thunder " * 30, tmp_path, 1.0, 1).notes
    assert told not in made(maker, tmp_path, 1.0, 1)[1].notes
    assert "últimas ficaram de fora" in in_words("pt", told)


def test_what_is_longer_than_the_window_is_looped_and_said(maker: AudioLdmSounds, tmp_path: Path):
    samples, noted = made(maker, tmp_path, 4.0, 0)
    assert samples.shape == (1, 64_000)
    assert "makes 1.3 s at most" in " ".join(noted.notes)


def test_the_bare_language_model_of_the_hub_is_the_one_that_speaks(
    maker: AudioLdmSounds, weights: Path
):
    from safetensors.torch import load_file

    state = load_file(weights / "language_model" / "model.safetensors")
    assert "wte.weight" in state and "lm_head.weight" not in state
    used = maker.network._pipeline.language_model.transformer.state_dict()
    assert all(np.array_equal(used[name].numpy(), state[name].numpy()) for name in state)


def test_a_file_that_does_not_fit_is_refused(weights: Path, tmp_path: Path):
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "audioldm2"
    shutil.copytree(weights, folder)
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    state = load_file(file)
    del state["conv_in.bias"]
    save_file(state, file, metadata={"format": "pt"})
    with pytest.raises(ToolUnavailable, match=r"do not fit together .*conv_in\.bias"):
        AudioLdm(folder, 1)


@pytest.mark.parametrize("rule", ["light import", "card", "lets go", "mono"])
def test_the_adapter_keeps_the_rules_of_models(rule: str, weights: Path, maker: AudioLdmSounds):
    spec = AudioLdmSounds.__tonmeister_model__  # pyright: ignore[reportAttributeAccessIssue]
    given = {"description": "rain", "duration": 1.0}
    adapter = None if rule == "lets go" else maker
    check_model(spec, rule, generate_sound, weights, arguments=given, adapter=adapter)


def test_it_is_marked_as_not_for_commercial_use():
    card = AudioLdmSounds.__tonmeister_model__.card  # pyright: ignore[reportAttributeAccessIssue]
    assert not card.commercial and card.by_name and AUDIOLDM2.licence == "CC-BY-NC-SA-4.0"
