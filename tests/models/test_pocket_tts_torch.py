"""Pocket TTS: the package's own loading code, on a tiny random network in the published layout."""

import sys
from pathlib import Path

import numpy as np
import pytest

from tonmeister.artifacts import Noted, Text
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.pocket_tts import (
    FILES,
    MOST_CHARACTERS,
    PocketCloner,
    PocketEnglish,
    PocketPortuguese,
)
from tonmeister.streaming import Audio
from tonmeister.translations import in_words

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")]

CONSENT = "it is my own voice"
LETTERS = "abcdefghijklmnopqrstuvwxyz.,!?'"


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Letters as the published pieces of words are written, "▁" for a space."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    pieces = ["<unk>", "▁", *LETTERS, *LETTERS[:26].upper()]
    made = Tokenizer(models.Unigram([(piece, -1.0) for piece in pieces], unk_id=0))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    made.save(str(path))
    return path


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory, tokenizer: Path) -> Path:
    """What the hub has for English, and the package's settings for it, both of a tiny network."""
    import torch
    from pocket_tts.models.tts_model import TTSModel
    from pocket_tts.utils import config as settings
    from safetensors.torch import save_file
    from tokenizers import Tokenizer

    folder = tmp_path_factory.mktemp("pocket-tts-english")
    tiny = settings.load_config(settings.CONFIGS_DIR / "english.yaml")
    flow, mimi = tiny.flow_lm, tiny.mimi
    flow.flow.dim, flow.flow.depth = 16, 1
    flow.transformer.d_model = flow.lookup_table.dim = 16
    flow.transformer.num_heads, flow.transformer.num_layers = 2, 1
    flow.lookup_table.n_bins = Tokenizer.from_file(str(tokenizer)).get_vocab_size()
    flow.lookup_table.tokenizer_path = str(tokenizer)
    mimi.inner_dim = mimi.quantizer.dimension = 8
    mimi.outer_dim = mimi.quantizer.output_dimension = mimi.seanet.dimension = 16
    mimi.seanet.n_filters = 2
    mimi.transformer.d_model = mimi.transformer.input_dimension = 16
    mimi.transformer.output_dimensions = (16,)
    mimi.transformer.num_heads, mimi.transformer.num_layers = 2, 1
    mimi.transformer.dim_feedforward = 16
    tiny.weights_path = tiny.weights_path_without_voice_cloning = None
    (folder / "config").mkdir()
    (folder / "config" / "english.yaml").write_text(tiny.model_dump_json(), encoding="utf-8")
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = TTSModel.load_model(config=folder / "config" / "english.yaml")
    lots = torch.Generator().manual_seed(1)
    # Some of it begins at zero, so that nothing that goes in would be heard.
    state = {
        name: (tensor + 0.2 * torch.randn(tensor.shape, generator=lots)).contiguous()
        for name, tensor in network.state_dict().items()
    }
    save_file(state, folder / FILES[0])
    (folder / FILES[1]).write_bytes(tokenizer.read_bytes())
    return folder


@pytest.fixture
def cloner(weights: Path, monkeypatch: pytest.MonkeyPatch) -> PocketCloner:
    from pocket_tts.utils import config as settings

    monkeypatch.setattr(settings, "CONFIGS_DIR", weights / "config")
    loaded = PocketEnglish()
    loaded.load(weights, 1)
    return loaded


def sound(made: Noted) -> np.ndarray:
    audio = made.value
    assert isinstance(audio, Audio)
    return np.concatenate([block.samples for block in audio.blocks()], axis=1)


def test_a_text_is_read_and_the_same_each_time(cloner: PocketCloner, jfk: Waveform):
    stereo = Waveform(np.repeat(jfk.resampled(44_100).samples, 2, axis=0), 44_100)
    text = "Good morning. We have 2 dogs.\n\nThe end."
    made = cloner(Audio.from_waveform(stereo), text, CONSENT, "en")
    assert isinstance(made.value, Audio)
    assert (made.value.sample_rate, made.value.num_channels) == (24_000, 1)
    first = sound(made)
    assert np.all(np.isfinite(first))
    assert 0.0 < np.max(np.abs(first)) <= 0.971
    again = sound(cloner(Audio.from_waveform(stereo), Text.plain(text), CONSENT, None))
    # The package decodes as many frames at a time as are there, which rounds differently.
    assert np.allclose(first, again, atol=1e-4)


def test_another_reference_sounds_otherwise(
    cloner: PocketCloner, jfk: Waveform, two_cities: Waveform
):
    one, other = (
        sound(cloner(Audio.from_waveform(voice.part(0.0, 8.0)), "Good morning.", CONSENT, "en"))
        for voice in (jfk, two_cities)
    )
    shortest = min(one.shape[1], other.shape[1])
    assert not np.allclose(one[:, :shortest], other[:, :shortest], atol=1e-4)


def test_a_voice_that_is_stopped_before_it_ends_is_told(cloner: PocketCloner, jfk: Waveform):
    voice = Audio.from_waveform(jfk)
    made = cloner(voice, "Good morning.\n\nThe end.", CONSENT, "en")
    assert made.later is not None
    cloner._network.eos_threshold = float("inf")  # nothing is ever taken for the end
    sound(made)
    (told,) = made.later()
    assert "In 2 of 2 passages the voice was stopped" in told
    assert "Em 2 de 2 passagens" in in_words("pt", told)
    cloner._network.eos_threshold = -float("inf")
    ended = cloner(voice, "Good morning.", CONSENT, "en")
    sound(ended)
    assert ended.later is not None and ended.later() == ()


def test_consent_speech_and_letters_are_asked_for(cloner: PocketCloner, jfk: Waveform):
    voice = Audio.from_waveform(jfk)
    with pytest.raises(ToolUnavailable, match="consent"):
        cloner(voice, "Good morning.", "", "en")
    with pytest.raises(ToolInputError, match="3 s or more"):
        cloner(Audio.from_waveform(jfk.part(0.0, 2.0)), "Good morning.", CONSENT, "en")
    silence = Waveform(np.zeros((1, 80_000), np.float32), 16_000)
    with pytest.raises(ToolInputError, match="no speech"):
        cloner(Audio.from_waveform(silence), "Good morning.", CONSENT, "en")
    for text in ("你好", "  ", "12"):
        with pytest.raises(ToolInputError, match="Latin letters"):
            cloner(voice, text, CONSENT, "en")


def test_other_weights_than_the_packages_are_refused(
    weights: Path, tmp_path: Path, cloner: PocketCloner
):
    from safetensors.torch import load_file, save_file

    state = load_file(weights / FILES[0])
    state.pop(next(iter(state)))
    save_file(state, tmp_path / FILES[0])
    (tmp_path / FILES[1]).write_bytes((weights / FILES[1]).read_bytes())
    hint = "tonmeister models remove pocket-tts-english"
    with pytest.raises(ToolUnavailable, match="Missing key") as missing:
        PocketEnglish().load(tmp_path, 1)
    assert hint in missing.value.hint
    name, tensor = next(one for one in state.items() if one[1].ndim == 2)
    wider = load_file(weights / FILES[0]) | {name: tensor.repeat(2, 1)}
    save_file(wider, tmp_path / FILES[0])
    with pytest.raises(ToolUnavailable, match="size mismatch"):
        PocketEnglish().load(tmp_path, 1)
    (tmp_path / FILES[0]).write_bytes(b"cut off")
    with pytest.raises(ToolUnavailable, match="do not fit"):
        PocketEnglish().load(tmp_path, 1)


def test_long_texts_are_said_in_passages_that_lose_no_word():
    from tonmeister.models.pocket_tts import _passages

    text = f"{'word ' * 1_000}. Short one. {'x' * 2_500}\n\nLast."
    passages = [passage for passage, _ in _passages(text)]
    assert max(map(len, passages)) <= MOST_CHARACTERS
    assert "".join("".join(passages).split()) == "".join(text.split())


def test_the_package_names_the_networks_that_are_offered():
    from pocket_tts.utils.config import CONFIGS_DIR, load_config

    from tonmeister.models import pocket_tts

    offered = [
        one
        for one in vars(pocket_tts).values()
        if isinstance(one, type) and issubclass(one, PocketCloner) and one is not PocketCloner
    ]
    assert len(offered) == 7
    for one in offered:
        config = load_config(CONFIGS_DIR / f"{one.language}.yaml")
        assert config.mimi.sample_rate == 24_000
        assert f"kyutai/pocket-tts/languages/{one.language}/model" in str(config.weights_path)
        assert config.flow_lm.lookup_table.tokenizer_path.split("@")[0].endswith("tokenizer.json")
        assert one.__tonmeister_model__.card.languages == (one.code,)


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch):
    card = PocketPortuguese.__tonmeister_model__.card
    assert (card.extra, card.packages) == ("pocket-tts", ("torch", "pocket_tts"))
    assert card.commercial and not card.checkpoint.is_stated
    monkeypatch.setitem(sys.modules, "pocket_tts", None)
    with pytest.raises(ImportError):
        PocketPortuguese().load(None, 1)
