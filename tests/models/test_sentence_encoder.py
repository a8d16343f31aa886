from pathlib import Path

import numpy as np
import pytest

from tonmeister.errors import ToolUnavailable
from tonmeister.sentence_encoder import NUM_DIMS, SentenceEncoder

# The same in each language, sentence by sentence.
SENTENCES = {
    "en": (
        "A dog is barking in the street.",
        "Somebody plays the piano.",
        "It is raining on the roof.",
        "The train arrives at the station.",
        "A baby cries at night.",
    ),
    "pt": (
        "Um cão está a ladrar na rua.",
        "Alguém toca piano.",
        "Está a chover no telhado.",
        "O comboio chega à estação.",
        "Um bebé chora à noite.",
    ),
    "es": (
        "Un perro está ladrando en la calle.",
        "Alguien toca el piano.",
        "Está lloviendo sobre el tejado.",
        "El tren llega a la estación.",
        "Un bebé llora por la noche.",
    ),
    "fr": (
        "Un chien aboie dans la rue.",
        "Quelqu'un joue du piano.",
        "Il pleut sur le toit.",
        "Le train arrive à la gare.",
        "Un bébé pleure la nuit.",
    ),
    "de": (
        "Ein Hund bellt auf der Straße.",
        "Jemand spielt Klavier.",
        "Es regnet auf das Dach.",
        "Der Zug kommt am Bahnhof an.",
        "Ein Baby weint in der Nacht.",
    ),
}
pytestmark = pytest.mark.weights


@pytest.mark.parametrize("one", SENTENCES)
@pytest.mark.parametrize("other", SENTENCES)
def test_translations_are_nearer_than_strangers(
    sentence_encoder: SentenceEncoder, one: str, other: str
):
    likeness = sentence_encoder.encode(SENTENCES[one]) @ sentence_encoder.encode(SENTENCES[other]).T
    translated = np.diag(likeness)
    strangers = likeness - 9.0 * np.eye(len(likeness))
    assert np.all(translated > strangers.max(axis=1) + 0.15)
    assert np.all(translated > strangers.max(axis=0) + 0.15)


@pytest.mark.parametrize(
    ("dog", "piano"),
    [
        ("الكلب ينبح", "شخص يعزف على البيانو"),
        ("de hond blaft", "iemand speelt piano"),
        ("il cane abbaia", "qualcuno suona il pianoforte"),
        ("犬が吠えている", "誰かがピアノを弾いている"),
        ("개가 짖고 있다", "누군가 피아노를 연주한다"),
        ("pies szczeka", "ktoś gra na pianinie"),
        ("собака лает", "кто-то играет на пианино"),
        ("สุนัขกำลังเห่า", "มีคนกำลังเล่นเปียโน"),
        ("köpek havlıyor", "birisi piyano çalıyor"),
        ("狗在叫", "有人在弹钢琴"),
        ("狗在叫", "有人在彈鋼琴"),
    ],
)
def test_the_other_languages_are_understood_too(
    sentence_encoder: SentenceEncoder, dog: str, piano: str
):
    english = sentence_encoder.encode(["a dog is barking", "somebody plays the piano"])
    likeness = english @ sentence_encoder.encode([dog, piano]).T
    assert likeness[0, 0] > likeness[0, 1] + 0.2
    assert likeness[1, 1] > likeness[1, 0] + 0.2


def test_meanings_have_unit_length_and_do_not_depend_on_their_company(
    sentence_encoder: SentenceEncoder,
):
    texts = ["rain", "", "a door slams while someone laughs " * 60, "雷の音", "\x00 🙂"]
    together = sentence_encoder.encode(iter(texts))
    assert together.shape == (len(texts), NUM_DIMS)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1.0, abs=1e-5)
    alone = np.concatenate([sentence_encoder.encode([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-5
    assert sentence_encoder.encode([]).shape == (0, NUM_DIMS)


def test_full_width_letters_mean_the_same(sentence_encoder: SentenceEncoder):
    plain, wide = sentence_encoder.encode(["dog barking", "ｄｏｇ　ｂａｒｋｉｎｇ"])
    assert plain @ wide == pytest.approx(1.0, abs=1e-5)


def test_a_file_that_is_something_else_is_refused(tmp_path: Path, sentence_weights: Path):
    (tmp_path / "sp.model").write_bytes((sentence_weights / "sp.model").read_bytes())
    hidden = np.array([{"a": 1}], dtype=object)
    np.savez(tmp_path / "weights.npz", q1=hidden, allow_pickle=True)
    with pytest.raises(ToolUnavailable, match="cannot be read"):
        SentenceEncoder(tmp_path)
