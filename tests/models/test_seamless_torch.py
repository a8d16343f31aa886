"""SeamlessM4T: the real loading code on a tiny random network and a vocabulary made here."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tonmeister.artifacts import Noted, Transcript
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.seamless import FILES, LANGUAGES, RULES, Seamless
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model, tone
from tonmeister.tools.translation import translate_speech

pytestmark = pytest.mark.torch

SENTENCES = [
    "The weather was lovely this morning, so we walked along the river.",
    "O tempo estava bom nesta manhã, então caminhamos ao longo do rio.",
    "Das Wetter war heute Morgen schön, und wir gingen am Fluss entlang.",
]
WRITTEN = ("eng", "por", "deu", "zsm")


def write_vocabulary(folder: Path) -> int:
    """Write pieces of words, and return how many there are."""
    import sentencepiece

    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES), model_writer=trained, vocab_size=50, minloglevel=2
    )
    (folder / "sentencepiece.bpe.model").write_bytes(trained.getvalue())
    return sentencepiece.SentencePieceProcessor(model_proto=trained.getvalue()).get_piece_size()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole network as published, with what it speaks with, in two files."""
    import torch
    from transformers import SeamlessM4TFeatureExtractor, SeamlessM4Tv2Config, SeamlessM4Tv2Model

    place = tmp_path_factory.mktemp("seamless")
    count = write_vocabulary(place)
    small = {
        f"{part}_{name}": value
        for part in ("encoder", "decoder", "t2u_encoder", "t2u_decoder")
        for name, value in (("layers", 1), ("ffn_dim", 16), ("attention_heads", 2))
    }
    config = SeamlessM4Tv2Config(
        vocab_size=count + 1 + len(WRITTEN),
        t2u_vocab_size=20,
        char_vocab_size=20,
        hidden_size=32,
        max_position_embeddings=12,
        speech_encoder_layers=1,
        speech_encoder_attention_heads=2,
        speech_encoder_intermediate_size=16,
        t2u_variance_predictor_embed_dim=32,
        t2u_variance_predictor_hidden_dim=16,
        unit_hifi_gan_vocab_size=20,
        unit_embed_dim=16,
        lang_embed_dim=8,
        spkr_embed_dim=8,
        upsample_initial_channel=32,
        vocoder_num_langs=4,
        vocoder_num_spkrs=2,
        **small,
    )
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network: Any = SeamlessM4Tv2Model(config)
    places = {code: count + 1 + index for index, code in enumerate(WRITTEN)}
    size = sum(one.numel() * 4 for one in network.state_dict().values())
    network.save_pretrained(place, max_shard_size=int(size * 0.6))
    SeamlessM4TFeatureExtractor().save_pretrained(place)
    settings = json.loads((place / "generation_config.json").read_text(encoding="utf-8"))
    settings.pop("_from_model_config", None)
    settings["text_decoder_lang_to_code_id"] = places
    (place / "generation_config.json").write_text(json.dumps(settings), encoding="utf-8")
    index = json.loads((place / "model.safetensors.index.json").read_text(encoding="utf-8"))
    assert {name.partition(".")[0] for name in index["weight_map"]} >= {
        *("shared", "speech_encoder", "text_decoder", "t2u_model", "vocoder")
    }
    assert {path.name for path in place.iterdir()} >= set(FILES)
    return place


@pytest.fixture(scope="module")
def adapter(folder: Path) -> Seamless:
    loaded = Seamless()
    loaded.load(folder, 1)
    return loaded


def value_of(result: Transcript | Noted) -> Transcript:
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, Transcript)
    return value


@pytest.mark.weights
def test_stretches_of_speech_become_segments_in_the_language_asked_for(
    adapter: Seamless, two_cities: Waveform
):
    audio = Audio.from_waveform(Audio.from_waveform(two_cities).read(0.0, 15.0))
    found = value_of(adapter(audio, "pt", "en"))
    assert found.language == "pt" and found.duration == audio.duration
    assert len(found.segments) >= 2 and found.segments[-1].end > 10.0
    for segment in found.segments:
        assert 0.0 <= segment.start < segment.end <= audio.duration
        assert segment.end - segment.start <= RULES.max_speech + 1.0 and segment.words == ()


def test_it_generates_what_the_network_itself_generates(adapter: Seamless, folder: Path):
    import torch
    from transformers import SeamlessM4TFeatureExtractor, SeamlessM4Tv2Model

    samples = np.random.default_rng(1).normal(0.0, 0.1, 32_000).astype(np.float32)
    whole: Any = SeamlessM4Tv2Model.from_pretrained(folder).eval()
    features: Any = SeamlessM4TFeatureExtractor.from_pretrained(folder)
    heard = features(samples, sampling_rate=16_000, return_tensors="pt")
    with torch.inference_mode():
        made = whole.generate(
            **heard, tgt_lang="por", generate_speech=False, num_beams=5, max_new_tokens=10
        )
    tokens = made.sequences[0] if hasattr(made, "sequences") else made[0][0]
    own = adapter._translated(samples, "por")
    assert own == [int(token) for token in tokens]
    assert own[1] == adapter._network.generation_config.text_decoder_lang_to_code_id["por"]


def test_pieces_are_read_one_lower_and_marks_left_out(adapter: Seamless):
    pieces = [one + 1 for one in adapter._pieces.encode("the river")]
    marks = adapter._network.generation_config.text_decoder_lang_to_code_id
    assert adapter._text([3, marks["eng"], *pieces, 3, 0]) == "the river"


def test_what_cannot_be_translated_is_refused(adapter: Seamless):
    audio = Audio.from_waveform(tone())
    with pytest.raises(ToolInputError, match="does not write 'xx'"):
        adapter(audio, "xx")
    with pytest.raises(ToolInputError, match="in Portuguese already"):
        adapter(audio, "pt-BR", "pt")


def test_where_nobody_speaks_nothing_is_written(adapter: Seamless):
    found = value_of(adapter(Audio.from_waveform(tone(duration=3.0)), "ms"))
    assert (found.language, found.segments, found.duration) == (None, (), 3.0)
    assert len(set(LANGUAGES)) == len(LANGUAGES)


@pytest.mark.parametrize("rule", MODEL_RULES)
def test_it_keeps_the_rules_of_models(rule: str, folder: Path, adapter: Seamless):
    spec = Seamless.__tonmeister_model__
    check_model(spec, rule, translate_speech, folder, adapter=adapter)
