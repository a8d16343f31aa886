"""The torch adapter on a tiny random checkpoint: real files, real loading, real generation."""

import json
from pathlib import Path

import pytest

from tonmeister.artifacts import Measurement, Noted, Transcript
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.whisper_torch import WhisperTorch, WhisperTorchLanguage
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model, tone
from tonmeister.tools.speech import transcribe
from tonmeister.toolspec import Model

pytestmark = pytest.mark.torch
LANGUAGES = ("en", "pt", "fr")


def write_tokenizer(folder: Path) -> dict[str, int]:
    """Write a byte-level tokenizer with Whisper's special tokens, and return their ids."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import WhisperTokenizer

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: index for index, letter in enumerate(letters)}
    special = ["<|endoftext|>", "<|startoftranscript|>"]
    special += [f"<|{code}|>" for code in LANGUAGES]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(one, special=True) for one in special])
    marks = [f"<|{step * 0.02:.2f}|>" for step in range(1501)]
    tokenizer.add_tokens([AddedToken(mark, special=False) for mark in marks])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "tokenizer_class": WhisperTokenizer.__name__,
                "bos_token": "<|endoftext|>",
                "eos_token": "<|endoftext|>",
                "unk_token": "<|endoftext|>",
                "pad_token": "<|endoftext|>",
            }
        ),
        encoding="utf-8",
    )
    return {one: tokenizer.token_to_id(one) for one in [*special, *marks]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import GenerationConfig, WhisperConfig, WhisperFeatureExtractor
    from transformers.models.whisper import WhisperForConditionalGeneration

    place = tmp_path_factory.mktemp("whisper")
    ids = write_tokenizer(place)
    torch.manual_seed(0)
    config = WhisperConfig(
        vocab_size=len(ids) + 256,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_target_positions=64,
        num_mel_bins=80,
        pad_token_id=ids["<|endoftext|>"],
        bos_token_id=ids["<|endoftext|>"],
        eos_token_id=ids["<|endoftext|>"],
        decoder_start_token_id=ids["<|startoftranscript|>"],
    )
    network = WhisperForConditionalGeneration(config)
    # Random weights would say special tokens and half letters as gladly as words.
    letters = {ord(letter) for letter in " abcdefghijklmnopqrstuvwxyz"}
    tokens = json.loads((place / "vocab.json").read_text(encoding="utf-8"))
    spoken = {tokens["Ġ" if code == 32 else chr(code)] for code in letters}
    network.generation_config = GenerationConfig(
        is_multilingual=True,
        lang_to_id={f"<|{code}|>": ids[f"<|{code}|>"] for code in LANGUAGES},
        task_to_id={name: ids[f"<|{name}|>"] for name in ("transcribe", "translate")},
        no_timestamps_token_id=ids["<|notimestamps|>"],
        prev_sot_token_id=ids["<|startofprev|>"],
        alignment_heads=[[0, 0], [1, 1]],
        pad_token_id=ids["<|endoftext|>"],
        eos_token_id=ids["<|endoftext|>"],
        decoder_start_token_id=ids["<|startoftranscript|>"],
        suppress_tokens=sorted(set(range(len(ids) + 256)) - spoken - {ids["<|endoftext|>"]}),
        max_length=64,
    )
    network.save_pretrained(place, safe_serialization=True)
    WhisperFeatureExtractor().save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def adapter(folder: Path) -> WhisperTorch:
    loaded = WhisperTorch()
    loaded.load(folder, 1)
    return loaded


def value_of(result: Transcript | Noted) -> Transcript:
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, Transcript)
    return value


@pytest.mark.weights
def test_pieces_of_a_long_recording_become_words_with_times(
    adapter: WhisperTorch, two_cities: Waveform
):
    found = value_of(adapter(Audio.from_waveform(two_cities), "en"))
    words = [word for segment in found.segments for word in segment.words]
    assert found.language == "en" and found.duration == two_cities.duration
    times = [time for word in words for time in (word.start, word.end)]
    assert times == sorted(times) and times[-1] <= two_cities.duration
    assert times[-1] > 30.0, "every piece is read"


@pytest.mark.weights
def test_the_language_is_detected_among_those_of_the_checkpoint(
    adapter: WhisperTorch, jfk: Waveform
):
    assert value_of(adapter(Audio.from_waveform(jfk))).language in LANGUAGES


@pytest.mark.weights
def test_languages_have_shares_and_the_likeliest_is_told(folder: Path, jfk: Waveform):
    namer = WhisperTorchLanguage()
    namer.load(folder, 1)
    shares = namer.votes(jfk.samples[0])
    assert set(shares) == set(LANGUAGES) and sum(shares.values()) == pytest.approx(1.0)
    result = namer(Audio.from_waveform(jfk))
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, Measurement) and value.values["num_windows"] == 1
    assert value.values["probability"] == pytest.approx(max(shares.values()), abs=0.05)


@pytest.mark.weights
def test_expected_words_are_given_to_the_network(adapter: WhisperTorch, jfk: Waveform):
    audio = Audio.from_waveform(jfk)
    plain, primed = value_of(adapter(audio, "en")), value_of(adapter(audio, "en", "country"))
    assert primed.segments and primed.text != plain.text


@pytest.mark.weights
def test_speech_in_which_it_was_stopped_is_named(adapter: WhisperTorch, jfk: Waveform):
    found = adapter(Audio.from_waveform(jfk), "en")
    assert isinstance(found, Noted)
    (told,) = found.notes
    assert told.startswith(
        "Whisper writes 32 tokens at a time at most and was stopped in the speech"
    )
    settings = adapter._network.generation_config
    before = settings.suppress_tokens
    size = adapter._network.config.vocab_size
    settings.suppress_tokens = sorted(set(range(size)) - {settings.eos_token_id})
    try:
        assert isinstance(adapter(Audio.from_waveform(jfk), "en"), Transcript)
    finally:
        settings.suppress_tokens = before


def test_an_unknown_language_is_refused(adapter: WhisperTorch):
    with pytest.raises(ToolInputError, match="'xx' is unknown"):
        adapter(Audio.from_waveform(tone()), "xx")


def test_where_nobody_speaks_nothing_is_written(adapter: WhisperTorch):
    found = value_of(adapter(Audio.from_waveform(tone(duration=5.0)), "en"))
    assert (found.language, found.segments, found.duration) == (None, (), 5.0)


@pytest.mark.parametrize("rule", MODEL_RULES)
def test_it_keeps_the_rules_of_models(rule: str, folder: Path, adapter: WhisperTorch):
    spec: Model = WhisperTorch.__tonmeister_model__
    check_model(spec, rule, transcribe, folder, adapter=adapter)
