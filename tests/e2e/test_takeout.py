"""Sounds are taken out, described and asked about, from the request in words to the reply."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from scripts.recordings import pulled
from tests.models.mixtures import sound
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.models.yamnet import YAMNET
from tonmeister.session import Session

pytestmark = pytest.mark.weights
RATE = 22_050


@pytest.fixture
def barking(tmp_path: Path) -> Path:
    """A dog that barks at 1, 4 and 7 s, over faint noise."""
    pulled(SOUND_WORDS)
    pulled(YAMNET)
    samples = 0.002 * np.random.default_rng(1).standard_normal(10 * RATE).astype(np.float32)
    single = sound("Dog1.wav", RATE)
    for start in (1, 4, 7):
        samples[start * RATE : start * RATE + len(single)] += 2.0 * single
    path = tmp_path / "yard.wav"
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    return path


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many times does the dog bark?", "is heard 3 times: 0:01.0, 0:04.0 and 0:07.0"),
        ("Quantas vezes ladra o cão?", "ouve-se 3 vezes: 0:01.0, 0:04.0 e 0:07.0"),
        ("describe this recording in one sentence", "heard: dog ("),
        ("descreve esta gravação numa frase", "ouve-se: cão ("),
    ],
)
def test_a_question_is_answered_in_the_reply(
    session: Session, barking: Path, question: str, said: str
):
    reply = session.ask(question, [barking])
    assert reply.outcome == "done" and said in reply.text


@pytest.mark.parametrize("request_", ["remove the dog barking", "tira o ladrar do cão"])
def test_a_sound_is_removed_and_lies_beside_the_rest(
    session: Session, barking: Path, request_: str
):
    reply = session.ask(request_, [barking])
    assert reply.outcome == "done"
    assert {path.stem for path in reply.files} == {"yard.rest", "yard.removed"}
    parts = {path.stem: soundfile.read(path)[0] for path in reply.files}
    whole, _ = soundfile.read(barking)
    assert np.abs(sum(parts.values()) - whole).max() < 1e-3
    assert np.abs(parts["yard.rest"]).max() < 0.3 * np.abs(whole).max()


def test_what_is_not_there_is_not_removed(session: Session, barking: Path):
    reply = session.ask("take the siren out", [barking])
    assert reply.outcome == "failed" and not reply.files
    assert "was not found" in reply.text
