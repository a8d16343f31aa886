"""BLIP: the real loading code on a tiny random network in the published layout."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.recordings import pulled
from tonmeister.artifacts import Image, Noted
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.blip import BLIP_SOUND, FILES, BlipSound, CaptionWriter, Heard, heard_of
from tonmeister.models.sound_choice import Candidate
from tonmeister.models.sound_recordings import SOUND_LIBRARY
from tonmeister.soundlibrary import recorded_sounds
from tonmeister.tools.generation import GeneratedSound

pytestmark = pytest.mark.torch

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "dog", "##s", "sofa", "field"]
BEGIN = len(WORDS)
"""[DEC], which begins a sentence, is one beyond the tokenizer, as in the published checkpoint."""

SIZE = 32


def written(folder: Path, *, says: str = "", without: str = "") -> Path:
    """Write a checkpoint; ``says`` is the one word its sentences are made of."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import BlipConfig, BlipForConditionalGeneration

    numbers = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(WORDS[:5])
    tokenizer.save(str(folder / "tokenizer.json"))
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    text = sizes | {"intermediate_size": 24, "vocab_size": BEGIN + 2, "encoder_hidden_size": 16}
    text |= {"bos_token_id": BEGIN, "pad_token_id": 0, "eos_token_id": 2, "sep_token_id": 3}
    seen = sizes | {"intermediate_size": 24, "image_size": SIZE, "patch_size": 16}
    config = BlipConfig(text_config=text, vision_config=seen)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        network = BlipForConditionalGeneration(config)
    state: dict[str, Any] = {name: one.clone() for name, one in network.state_dict().items()}
    if says:
        state["text_decoder.cls.predictions.bias"][numbers[says]] = 50.0
        state["text_decoder.cls.predictions.decoder.bias"][numbers[says]] = 50.0
    state["text_decoder.bert.embeddings.position_ids"] = torch.arange(512)[None]
    state["vision_model.embeddings.position_ids"] = torch.arange(5)[None]
    torch.save({n: one for n, one in state.items() if n != without}, folder / "pytorch_model.bin")
    config.save_pretrained(folder)
    # The published configuration was written when it held settings of generation, too.
    stored = json.loads((folder / "config.json").read_text("utf-8"))
    stored["text_config"] |= {"max_length": 20, "min_length": 0, "num_beams": 1, "top_k": 50}
    (folder / "config.json").write_text(json.dumps(stored), "utf-8")
    shown = {
        "do_normalize": True,
        "do_resize": True,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
        "image_processor_type": "BlipImageProcessor",
        "resample": 3,
        "size": {"height": SIZE, "width": SIZE},
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(shown), "utf-8")
    assert {path.name for path in folder.iterdir()} == set(FILES)
    return folder


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3)).astype(np.uint8)


def test_the_sentence_is_that_of_the_published_processor_and_network(tmp_path: Path):
    import torch
    from transformers import BlipConfig, BlipForConditionalGeneration

    folder = written(tmp_path)
    writer = CaptionWriter(folder, 1)
    network: Any = BlipForConditionalGeneration(BlipConfig.from_pretrained(folder))
    state = torch.load(folder / "pytorch_model.bin", weights_only=True)
    network.load_state_dict(state, strict=False)
    # A picture of the right size is only brought to the range of the network.
    shown = picture(SIZE, SIZE)
    pixels = torch.from_numpy(shown.copy()).permute(2, 0, 1)[None].float() / 255.0
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
    deviation = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]
    with torch.inference_mode():
        made = network.eval().generate(
            pixel_values=(pixels - mean) / deviation,
            max_new_tokens=30,
            num_beams=3,
            do_sample=False,
        )
    assert made[0, 0] == BEGIN
    wanted = writer._tokenizer.decode(made[0, 1:].tolist(), skip_special_tokens=True)
    assert writer.caption(shown)[0] == wanted.strip()
    for other in (picture(7, 300), picture(200, 90)):
        assert isinstance(writer.caption(other)[0], str)


def test_a_sentence_that_was_stopped_is_told_from_one_that_ended(tmp_path: Path):
    (tmp_path / "on").mkdir()
    (tmp_path / "end").mkdir()
    on, ended = CaptionWriter(written(tmp_path / "on", says="dog"), 1).caption(picture(SIZE, SIZE))
    assert on == "dog " * 29 + "dog" and not ended
    writer = CaptionWriter(written(tmp_path / "end", says="[SEP]"), 1)
    assert writer.caption(picture(SIZE, SIZE)) == ("", True)


@pytest.mark.parametrize(
    "name", ["vision_model.post_layernorm.bias", "text_decoder.cls.predictions.bias"]
)
def test_a_file_that_lacks_a_tensor_is_refused(name: str, tmp_path: Path):
    with pytest.raises(ToolUnavailable, match=f"{name} is missing"):
        CaptionWriter(written(tmp_path, without=name), 1)


def test_more_words_say_more_and_one_word_stands_for_one_sound():
    sounds = {sound.caption: sound for sound in recorded_sounds()}
    likeness = {
        "train": ("train passing on rails", 1.0),
        "steam train": ("steam train whistle", 0.9),
        "train tracks": ("train passing on rails", 0.85),
        "field": ("birds chirping in a garden", 0.6),
        "bell": ("church bell tolling", 0.95),
        "church": ("church bell tolling", 0.9),
    }

    def nearest(words: str) -> Candidate:
        caption, value = likeness.get(words, ("dog barking", 0.1))
        return Candidate(sounds[caption], value)

    heard = heard_of("a steam train on train tracks in a field by a church with a bell", nearest)
    assert heard == [
        Heard("steam train", "steam train whistle"),
        Heard("bell", "church bell tolling"),
    ]
    assert heard_of("", nearest) == heard_of("a field of grass", nearest) == []


def test_the_checkpoint_is_stated_and_opened_by_the_reader_alone():
    assert BLIP_SOUND.is_stated and not BLIP_SOUND.pickles
    assert BlipSound.__tonmeister_model__.card.by_name


@pytest.mark.weights
def test_a_picture_of_a_dog_barks_and_one_of_a_sofa_is_declined(tmp_path: Path):
    library = pulled(SOUND_LIBRARY)
    image = tmp_path / "pixels.ppm"
    image.write_bytes(b"P6\n40 30\n255\n" + picture(30, 40).tobytes())
    for says in ("dog", "sofa"):
        folder = tmp_path / says
        folder.mkdir()
        written(folder, says=says)
        for file in SOUND_LIBRARY.files:
            (folder / file).symlink_to(library / file)
        sonifier = BlipSound()
        sonifier.load(folder, 1)
        shown = Image(image, "image/x-portable-pixmap", "ppm")
        if says == "sofa":
            with pytest.raises(ToolInputError, match="in BLIP's words: “sofa"):
                sonifier(shown, tmp_path, 2.0)
            continue
        made = sonifier(shown, tmp_path, 2.0)
        assert isinstance(made, Noted)
        assert made.notes[0].startswith("Seen in the picture, in BLIP's words: “dog")
        assert made.notes[1].startswith("BLIP writes 30 tokens at most")
        assert made.notes[2].startswith("So the sound is: dog barking (for “dog")
        assert isinstance(made.value, GeneratedSound)
        assert made.value.sound.duration == pytest.approx(2.0)
        assert "dog barking" in (tmp_path / "credits.txt").read_text("utf-8")
