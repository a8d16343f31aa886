"""Requests about sounds, in words, on a real recording: what is answered and written."""

import csv
import shutil
from pathlib import Path

import pytest

from scripts.recordings import pulled
from scripts.sounds import EVENTS
from tonmeister.artifacts import SoundEvents, from_json
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.models.yamnet import YAMNET
from tonmeister.session import Session, Tonmeister

pytestmark = pytest.mark.weights


@pytest.fixture
def rooster(tmp_path: Path) -> Path:
    pulled(YAMNET), pulled(SOUND_WORDS)
    return Path(shutil.copy(pulled(EVENTS) / "Animal/Rooster.wav", tmp_path / "yard.wav"))


def events(owner: Tonmeister, session: Session, text: str, file: Path) -> SoundEvents:
    reply = session.ask(text, [file], deliver=False)
    assert reply.outcome == "done", reply.text
    artifact = reply.steps[0].outputs["result"]
    found = from_json(artifact.kind, owner.studio.store.path(artifact).read_bytes())
    assert isinstance(found, SoundEvents)
    return found


@pytest.mark.parametrize(
    "text",
    ["is there a rooster in this?", "há um galo nesta gravação?", "when does the cock crow?"],
)
def test_a_sound_that_is_there_is_found(
    text: str, tonmeister: Tonmeister, session: Session, rooster: Path
):
    found = events(tonmeister, session, text, rooster)
    assert max(one.score for one in found.events) > 0.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("is there a dog in this?", "Not there"),
        ("há um cão nesta gravação?", "Não está lá"),
        ("when does the bell ring?", "Not there"),
        ("quando toca a campainha?", "Não está lá"),
    ],
)
def test_a_sound_that_is_not_there_is_said_not_to_be(
    text: str, said: str, session: Session, rooster: Path
):
    reply = session.ask(text, [rooster], deliver=False)
    assert reply.outcome == "done"
    assert said in reply.text


def test_sounds_are_listed_and_drawn(session: Session, rooster: Path):
    reply = session.ask("list the sounds as CSV", [rooster])
    (table,) = reply.files
    rows = list(csv.reader(table.read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["start", "end", "label", "score"]
    assert any("Crowing" in row[2] for row in rows[1:])
    drawn = session.ask("desenha os sons no espectrograma", [rooster])
    assert [file.suffix for file in drawn.files] == [".png"]
