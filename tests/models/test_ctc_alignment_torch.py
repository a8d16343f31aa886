"""Alignment by letters: the real loading code on tiny networks made here.

One has random weights in the published layout. The other hears tones: each letter is a tone, so
that a text can be "said" at known times and must be found there.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tonmeister.artifacts import Noted, Text, Transcript, Word
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.ctc_alignment import FILES, CtcAlignment, CtcEnglish, CtcPortuguese
from tonmeister.models.ctc_path import ANY
from tonmeister.models.ctc_scores import Letters, SpeechLetters
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, check_model
from tonmeister.tools.speech import align

pytestmark = pytest.mark.torch

# The order of facebook/wav2vec2-base-960h.
VOCABULARY = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ETAONIHSRDLUMWCFGYPBVK'XJQZ"]
TONES = VOCABULARY[4:]
LETTER, GAP = 0.06, 0.04
"""Seconds of a letter's tone and of the silence after it: both whole frames of 20 ms."""


def save(network: Any, folder: Path, vocabulary: list[str] = VOCABULARY) -> Path:
    network.save_pretrained(folder)
    places = {letter: place for place, letter in enumerate(vocabulary)}
    (folder / "vocab.json").write_text(json.dumps(places), encoding="utf-8")
    settings = {
        "do_normalize": True,
        "feature_size": 1,
        "padding_side": "right",
        "padding_value": 0.0,
        "return_attention_mask": False,
        "sampling_rate": 16_000,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(settings), encoding="utf-8")
    assert {path.name for path in folder.iterdir()} >= set(FILES)
    return folder


@pytest.fixture(scope="module")
def random_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2ForCTC

    config = Wav2Vec2Config(
        vocab_size=len(VOCABULARY),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        conv_dim=(8,) * 7,
        num_conv_pos_embeddings=4,
        num_conv_pos_embedding_groups=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return save(Wav2Vec2ForCTC(config), tmp_path_factory.mktemp("wav2vec2"))


def frequency_hz(letter: str) -> float:
    return 400.0 + 200.0 * TONES.index(letter)


@pytest.fixture(scope="module")
def tone_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network whose filters are tuned to the tones, and whose layers hand on what they hear."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2ForCTC

    count = len(TONES)
    config = Wav2Vec2Config(
        vocab_size=len(VOCABULARY),
        hidden_size=count,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=4,
        conv_dim=(4 * count,),
        conv_kernel=(400,),
        conv_stride=(320,),
        conv_bias=True,
        feat_extract_norm="layer",
        num_conv_pos_embeddings=4,
        num_conv_pos_embedding_groups=1,
    )
    network = Wav2Vec2ForCTC(config)
    tensors = network.state_dict()
    for name in tensors:
        norm = "layer_norm.weight" in name
        tensors[name] = torch.ones_like(tensors[name]) if norm else torch.zeros_like(tensors[name])
    # A norm of nothing has no direction.
    direction = "wav2vec2.encoder.pos_conv_embed.conv.parametrizations.weight.original1"
    tensors[direction] = torch.ones_like(tensors[direction])
    times = np.arange(400) / 16_000
    filters = [
        np.hanning(400) * np.cos(2 * np.pi * frequency_hz(letter) * times + phase)
        for letter in TONES
        for phase in np.arange(4) * np.pi / 2
    ]
    level = np.array([one - one.mean() for one in filters], np.float32)
    tensors["wav2vec2.feature_extractor.conv_layers.0.conv.weight"] = torch.tensor(level)[:, None]
    tensors["wav2vec2.feature_projection.projection.weight"] = torch.tensor(
        np.kron(np.eye(count), np.ones((1, 4))).astype(np.float32)
    )
    head = np.zeros((len(VOCABULARY), count), np.float32)
    head[4:] = 6.0 * np.eye(count)
    tensors["lm_head.weight"] = torch.tensor(head)
    tensors["lm_head.bias"][0] = 8.0
    network.load_state_dict(tensors)
    return save(network, tmp_path_factory.mktemp("tones"))


@pytest.fixture(scope="module")
def aligner(tone_weights: Path) -> CtcAlignment:
    loaded = CtcEnglish()
    loaded.load(tone_weights, 1)
    return loaded


def said(text: str, pauses: dict[int, float] | None = None) -> tuple[Audio, list[float]]:
    """Say a text in tones; return it with the times at which its words begin.

    ``pauses`` gives seconds of silence before a word.
    """
    times = np.arange(round(LETTER * 16_000)) / 16_000
    gap = np.zeros(round(GAP * 16_000), np.float32)
    parts: list[np.ndarray] = []
    starts: list[float] = []
    for number, word in enumerate(text.upper().split()):
        quiet = 0.2 if number == 0 else 0.0
        parts.append(np.zeros(round((quiet + (pauses or {}).get(number, 0.0)) * 16_000)))
        starts.append(sum(map(len, parts)) / 16_000)
        for letter in f"{word}|":
            parts += [0.3 * np.sin(2 * np.pi * frequency_hz(letter) * times), gap]
    samples = np.concatenate(parts).astype(np.float32)
    return Audio.from_waveform(Waveform(samples, 16_000)), starts


def words_of(result: Transcript | Noted) -> list[Word]:
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, Transcript)
    return [word for segment in value.segments for word in segment.words]


def test_words_are_found_where_they_were_put(aligner: CtcAlignment):
    text = "It was the best of times, it was the worst of times."
    audio, starts = said(text.replace(",", "").replace(".", ""), {4: 0.7})
    found = words_of(aligner(audio, text, "en"))
    assert [word.text for word in found] == text.split()
    assert np.allclose([word.start for word in found], starts, atol=0.021)
    durations = [len(word.strip(".,")) * (LETTER + GAP) - GAP for word in text.split()]
    ends = np.add(starts, durations)
    assert np.allclose([word.end for word in found], ends, atol=0.021)
    assert all(word.probability is not None and word.probability > 0.9 for word in found)


def test_a_long_recording_keeps_its_times_over_the_borders_of_windows(aligner: CtcAlignment):
    draw = np.random.default_rng(3)
    words = ["".join(draw.choice(list("aeioutnrsl"), draw.integers(2, 8))) for _ in range(180)]
    audio, starts = said(" ".join(words), {60: 3.0, 120: 8.0})
    assert audio.duration > 100.0
    found = words_of(aligner(audio, " ".join(words)))
    assert [word.text for word in found] == words
    assert np.max(np.abs(np.array([word.start for word in found]) - starts)) <= 0.021


def test_numbers_and_marks_are_found_by_how_they_sound(aligner: CtcAlignment):
    audio, starts = said("chapter twenty one began at noon")
    found = words_of(aligner(audio, Text.plain("Chapter 21 – “began” at noon!", "en")))
    assert [word.text for word in found] == ["Chapter", "21", "“began”", "at", "noon!"]
    expected = [starts[index] for index in (0, 1, 3, 4, 5)]
    assert np.allclose([word.start for word in found], expected, atol=0.021)


def test_a_word_without_letters_of_the_network_takes_the_sound_between(aligner: CtcAlignment):
    audio, starts = said("we met near the station today")
    found = words_of(aligner(audio, "we met near the 駅 today"))
    assert found[4].text == "駅"
    assert starts[4] - 0.021 <= found[4].start < found[4].end <= starts[5]
    assert found[5].start == pytest.approx(starts[5], abs=0.021)


def test_a_difference_is_told_and_another_text_refused(aligner: CtcAlignment):
    audio, starts = said("he counted the boats in the small harbour")
    differing = aligner(audio, "he painted the goats in the tall tower")
    assert isinstance(differing, Noted) and "differ in places" in differing.notes[0]
    assert words_of(differing)[0].start == pytest.approx(starts[0], abs=0.021)
    with pytest.raises(ToolInputError, match="do not match") as refused:
        aligner(audio, "Wind, fog, mud: my bug jumps quickly")
    assert "he counted the boats" in str(refused.value)


def test_what_cannot_be_matched_is_refused(aligner: CtcAlignment):
    audio, _ = said("good morning")
    with pytest.raises(ToolInputError, match="no words"):
        aligner(audio, "… !")
    with pytest.raises(ToolInputError, match="English, not Portuguese"):
        aligner(audio, Text.plain("bom dia", "pt"))
    with pytest.raises(ToolInputError, match="Much more text than can be matched between 0 and 2"):
        aligner(audio, "good morning " + "m" * 32)


def test_where_nobody_speaks_no_word_has_a_place(aligner: CtcAlignment):
    quiet = Audio.from_waveform(Waveform(np.zeros(32_000, np.float32), 16_000))
    result = aligner(quiet, "Good morning.")
    assert isinstance(result, Noted) and "Nobody speaks" in result.notes[0]
    assert result.value == Transcript(None, (), 2.0)


def test_windows_give_the_frames_of_one_hearing(random_weights: Path):
    """A frame for every 20 ms, begun ones too, whatever the length."""
    speech = SpeechLetters(random_weights, 1)
    for num_frames in (1, 320, 16_123, 20 * 16_000, 45 * 16_000 + 7):
        draw = np.random.default_rng(4).normal(0.0, 0.1, num_frames).astype(np.float32)
        scores, _ = speech.heard(Audio.from_waveform(Waveform(draw, 16_000)))
        assert scores.num_frames == -(-num_frames // 320)
        kept, start = scores.between(0.0, 1e9)
        assert start == 0.0 and np.allclose(np.exp(kept).sum(axis=1), 1.0, atol=1e-3)


def test_letters_are_spelled_with_those_that_are_known(tmp_path: Path):
    places = {letter: place for place, letter in enumerate(["<pad>", "|", *"abcãu-"])}
    (tmp_path / "vocab.json").write_text(json.dumps(places), encoding="utf-8")
    letters = Letters(tmp_path, 0)

    def spelled(word: str) -> str:
        return letters.text(letters.spelled(word))

    assert spelled("ABBÃ") == "abbã" and spelled("cáB") == "cab" and spelled("ü") == "u"
    assert letters.spelled("a b") == [2, 1, 3]
    assert letters.spelled("東") == letters.spelled("!") == [ANY]


@pytest.mark.parametrize("rule", MODEL_RULES)
def test_the_adapter_keeps_the_rules_of_models(rule: str, random_weights: Path):
    check_model(CtcEnglish.__tonmeister_model__, rule, align, random_weights)


def test_both_have_safe_files_and_one_language():
    for adapter in (CtcEnglish, CtcPortuguese):
        card = adapter.__tonmeister_model__.card
        assert card.commercial and card.extra == "torch" and not card.checkpoint.pickles
        assert card.languages == (adapter.language,)
