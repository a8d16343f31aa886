"""M2M100's adapter on a tiny random checkpoint and a vocabulary trained on four sentences."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tonmeister.artifacts import Noted, Segment, Text, Transcript
from tonmeister.errors import ToolInputError
from tonmeister.models.m2m100 import LANGUAGES, M2M100, M2M100Texts, M2M100Transcripts
from tonmeister.registry import discover
from tonmeister.testing import MODEL_RULES, check_model

pytestmark = pytest.mark.torch

SENTENCES = [
    "The weather was lovely this morning, so we walked along the river.",
    "O tempo estava bom nesta manhã, então caminhamos ao longo do rio.",
    "Das Wetter war heute Morgen schön, und wir gingen am Fluss entlang.",
    "Where is the station? It is near the old bridge.",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the repository holds, in small: a pickle of arrays and a SentencePiece model."""
    import sentencepiece
    import torch
    from transformers import GenerationConfig, M2M100Config, M2M100ForConditionalGeneration

    place = tmp_path_factory.mktemp("m2m100")
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES), model_writer=trained, vocab_size=60, minloglevel=2
    )
    (place / "sentencepiece.bpe.model").write_bytes(trained.getvalue())
    pieces = sentencepiece.SentencePieceProcessor(model_proto=trained.getvalue())
    words = [pieces.id_to_piece(index) for index in range(3, len(pieces))]
    vocabulary = {
        word: index for index, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", *words])
    }
    (place / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    tokenizer = {"tokenizer_class": "M2M100Tokenizer", "num_madeup_words": 8}
    (place / "tokenizer_config.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    torch.manual_seed(5)
    config = M2M100Config(
        vocab_size=len(vocabulary) + len(LANGUAGES) + 8,
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=64,
    )
    model = M2M100ForConditionalGeneration(config)
    config.save_pretrained(place)
    GenerationConfig.from_model_config(config).save_pretrained(place)
    torch.save(model.state_dict(), place / "pytorch_model.bin")
    return place


@pytest.fixture(scope="module")
def texts(folder: Path) -> M2M100Texts:
    adapter = M2M100Texts()
    adapter.load(folder, 1)
    return adapter


def value(result: Any) -> Any:
    return result.value if isinstance(result, Noted) else result


def test_it_generates_what_the_model_itself_generates_in_the_language_asked_for(
    texts: M2M100Texts, folder: Path
):
    import torch
    from transformers import M2M100ForConditionalGeneration, M2M100Tokenizer

    made = value(texts(SENTENCES[0], "de", "en"))
    assert isinstance(made, Text)
    assert made.language == "de"
    tokenizer: Any = M2M100Tokenizer.from_pretrained(folder, src_lang="en")
    model: Any = M2M100ForConditionalGeneration.from_pretrained(folder).eval()
    inputs = tokenizer([SENTENCES[0]], return_tensors="pt")
    assert inputs["input_ids"][0, 0] == tokenizer.get_lang_id("en")
    with torch.inference_mode():
        tokens = model.generate(
            **inputs,
            forced_bos_token_id=tokenizer.get_lang_id("de"),
            num_beams=4,
            max_new_tokens=62,
        )
    assert tokens[0, 1] == tokenizer.get_lang_id("de")
    expected = tokenizer.batch_decode(tokens, skip_special_tokens=True)[0].strip()
    assert expected
    assert expected in made.text


def test_it_is_the_same_again_and_depends_on_the_target(texts: M2M100Texts):
    first = value(texts(SENTENCES[3], "pt", "en"))
    assert value(texts(SENTENCES[3], "pt", "en")) == first
    assert value(texts(SENTENCES[3], "sw", "en")).text != first.text


def test_transcripts_keep_their_times(folder: Path):
    adapter = M2M100Transcripts()
    adapter.load(folder, 1)
    segments = (Segment(0.0, 1.5, SENTENCES[0], "A"), Segment(2.0, 3.0, SENTENCES[3], "B"))
    made = value(adapter(Transcript("en", segments, 4.0), "fr", None))
    assert [(one.start, one.end, one.speaker) for one in made.segments] == [
        (0.0, 1.5, "A"),
        (2.0, 3.0, "B"),
    ]
    assert (made.language, made.duration) == ("fr", 4.0)


def test_a_language_it_does_not_know_is_refused_with_those_it_does(texts: M2M100Texts):
    with pytest.raises(ToolInputError, match=r"from English into 'tlh'") as found:
        texts(SENTENCES[0], "tlh", "en")
    assert "af, am, ar" in str(found.value)


def test_the_hub_states_the_hashes_at_the_first_pull():
    assert not M2M100.is_stated
    assert M2M100.licence == "MIT"


@pytest.mark.parametrize("rule", [*MODEL_RULES[:3], "mono"])
@pytest.mark.parametrize("tool", ["translate_text", "translate_transcript"])
def test_it_keeps_the_rules_of_models(folder: Path, tool: str, rule: str):
    catalog = discover()
    (model,) = (one for one in catalog.models_of(tool) if one.card.name == "m2m100-418m")
    check_model(model, rule, catalog.tools[tool], folder, arguments={"language": "pt"})
