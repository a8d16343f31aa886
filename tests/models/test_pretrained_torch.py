"""Loading networks of the hub: what a file lacks is never filled with random numbers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonmeister.errors import ToolUnavailable
from tonmeister.models.pretrained import pretrained

pytestmark = pytest.mark.torch

State = dict[str, Any]
OLD_NAMES = {"original0": "weight_g", "original1": "weight_v"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from transformers import Wav2Vec2Config, Wav2Vec2ForCTC

    config = Wav2Vec2Config(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        conv_dim=(8,) * 7,
        num_conv_pos_embeddings=4,
        num_conv_pos_embedding_groups=2,
        vocab_size=20,
    )
    Wav2Vec2ForCTC(config).save_pretrained(tmp_path / "hearing")
    return tmp_path / "hearing"


def changed(folder: Path, change: Callable[[State], State]) -> Path:
    from safetensors.torch import load_file, save_file

    file = folder / "model.safetensors"
    save_file(change(load_file(file)), file, metadata={"format": "pt"})
    return folder


def loaded(folder: Path) -> Any:
    from transformers import Wav2Vec2ForCTC

    return pretrained(Wav2Vec2ForCTC, folder)


def without(ending: str) -> Callable[[State], State]:
    return lambda state: {name: one for name, one in state.items() if not name.endswith(ending)}


def test_a_file_that_lacks_a_tensor_is_refused_by_name(folder: Path):
    with pytest.raises(ToolUnavailable, match=r"'hearing' .*lm_head\.bias is missing") as refused:
        loaded(changed(folder, without("lm_head.bias")))
    assert "tonmeister models remove hearing" in refused.value.hint


def test_a_tensor_of_another_shape_is_refused_with_both_shapes(folder: Path):
    def wider(state: State) -> State:
        return state | {"lm_head.bias": state["lm_head.bias"].repeat(2)}

    with pytest.raises(ToolUnavailable, match=r"lm_head\.bias .*\(40,\), expected \(20,\)"):
        loaded(changed(folder, wider))


def test_a_damaged_file_and_a_missing_one_are_refused(folder: Path):
    (folder / "model.safetensors").write_bytes(b"cut off")
    with pytest.raises(ToolUnavailable, match="do not fit together"):
        loaded(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ToolUnavailable, match="no file named"):
        loaded(folder)


def test_published_files_of_older_versions_are_read(folder: Path):
    # They have no number for masked frames, which are for training, and call two tensors otherwise.
    whole = loaded(folder).state_dict()

    def older(state: State) -> State:
        for new, old in OLD_NAMES.items():
            state = {
                name.replace(f"parametrizations.weight.{new}", old): one
                for name, one in state.items()
            }
        return without("masked_spec_embed")(state)

    names = {name.rpartition(".")[2] for name in _names(changed(folder, older))}
    assert names >= set(OLD_NAMES.values())
    read = loaded(folder).state_dict()
    assert all(
        read[name].equal(one) for name, one in whole.items() if "masked_spec_embed" not in name
    )


def _names(folder: Path) -> set[str]:
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", "pt") as file:
        return set(file.keys())
