"""One conversation of fifty turns, ended and taken up again, in which nothing is mixed up."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.planner.conversations import answer_of
from tonmeister.artifacts import (
    Image,
    Kind,
    Measurement,
    Segment,
    SoundEvent,
    SoundEvents,
    Transcript,
)
from tonmeister.config import Settings
from tonmeister.errors import StoreError
from tonmeister.plan import Plan
from tonmeister.planner.answers import Command
from tonmeister.registry import Catalog, discover
from tonmeister.session import Session, Tonmeister
from tonmeister.streaming import Audio
from tonmeister.testing import InlineExecutor, tone
from tonmeister.toolspec import Tool

TABLE = Path(__file__).parent / "fifty_turns.txt"
TURNS = [line.split(" => ") for line in TABLE.read_text(encoding="utf-8").splitlines()]
RESTART_AFTER = (13, 25, 40)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
HEARD = (1.0, 2.5)
DURATION = 4.0
SOUNDS = count()


def quick(tool: Tool) -> Tool:
    """Return a tool that gives at once a result of each kind it promises."""

    def body(**given: Any) -> Any:
        made = [result(kind, given.get(tool.folder or "")) for kind in tool.outputs.values()]
        return made[0] if len(made) == 1 else tuple(made)

    return replace(tool, body=body, needs_model=False, claims=(), synthetic=False)


def result(kind: Kind, folder: Path | None) -> Any:
    if kind is Kind.AUDIO:
        # Equal steps on equal sounds are not done twice, so every sound is another one.
        return Audio.from_waveform(tone(500.0 + 7.0 * next(SOUNDS), DURATION, 8_000))
    if kind is Kind.TRANSCRIPT:
        return Transcript("pt", (Segment(0.0, 1.0, "Bom dia."),), DURATION)
    if kind is Kind.MEASUREMENT:
        return Measurement({"loudness_lufs": -20.0})
    if kind is Kind.EVENTS:
        return SoundEvents((SoundEvent(*HEARD, "cão", 0.9),), DURATION)
    assert kind is Kind.IMAGE and folder is not None
    path = folder / "drawn.png"
    path.write_bytes(PIXEL)
    return Image(path, "image/png", "png")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """All tools by their names and parameters; none of them works for long."""
    known = discover().offered
    return Catalog({name: quick(tool) for name, tool in known.tools.items()}, (), ())


@pytest.fixture
def recordings(tmp_path: Path) -> list[Path]:
    made = [tmp_path / "entrevista.wav", tmp_path / "palestra.wav"]
    for number, path in enumerate(made):
        sound = tone(300.0 + 100.0 * number, DURATION, 8_000)
        soundfile.write(path, sound.samples.T, sound.sample_rate)
    return made


def opened(settings: Settings, catalog: Catalog) -> Tonmeister:
    return Tonmeister(settings, catalog=catalog, executor=InlineExecutor(settings, catalog))


def take(session: Session, said: str, expected: list[str], files: list[Path]) -> Any:
    """Take a turn and check what was understood by it."""
    proposal = session.propose(said, files)
    wanted = answer_of(expected[-1])
    if isinstance(wanted, Command):
        assert proposal.answer == wanted, said
    else:
        assert isinstance(proposal.answer, Plan), f"{said}: {proposal.answer}"
        assert proposal.answer.describe() == wanted.describe(), said  # type: ignore[union-attr]
    assert bool(proposal.moved) == (len(expected) > 1)
    assert proposal.planner == "recognizer"
    return session.carry_out(proposal, None)


def test_in_fifty_turns_every_reference_means_the_right_recording(
    settings: Settings, catalog: Catalog, recordings: list[Path]
) -> None:
    assert len(TURNS) == 50
    owner = opened(settings, catalog)
    try:
        for number, (said, *expected) in enumerate(TURNS, 1):
            session = owner.session("long")
            reply = take(session, said, expected, recordings if number == 1 else [])
            assert reply.outcome in ("done", "command"), f"{said}: {reply.text}"
            if number in RESTART_AFTER:
                owner.close()
                owner = opened(settings, catalog)
        path = owner.studio.store.history.path(owner.session("long")._record.id)
        assert [turn.number for turn in path][:3] == [1, 2, 3]
        assert len(path) == 5
    finally:
        owner.close()


@pytest.fixture
def session(settings: Settings, catalog: Catalog, recordings: list[Path]) -> Iterator[Session]:
    with opened(settings, catalog) as owner:
        session = owner.session("talk")
        session.ask("make palestra.wav slower", recordings, deliver=False)
        session.ask("add reverb", deliver=False)
        session.ask("normalize it to -16 LUFS", deliver=False)
        assert list(session.artifacts) == ["@a1", "@a2", "@a3", "@a4", "@a5"]
        yield session


def seen(session: Session) -> list[str]:
    return list(session.artifacts)


def test_words_and_commands_lead_to_the_same_place(session: Session) -> None:
    by_words = []
    for said in ("undo the last two", "redo twice", "go back to before the reverb", "go to turn 2"):
        session.ask(said)
        by_words.append(seen(session))
    session.checkout(3)
    by_commands = []
    for move in (
        lambda: session.undo(count=2),
        lambda: session.redo(count=2),
        lambda: session.undo(before=2),
        lambda: session.checkout(2),
    ):
        move()
        by_commands.append(seen(session))
    assert by_words == by_commands
    assert [len(one) for one in by_words] == [3, 5, 3, 4]


def test_more_than_there_is_undoes_nothing_and_says_so(session: Session) -> None:
    reply = session.ask("desfaz os últimos quatro passos")
    assert reply.text == "Nada foi desfeito: os pedidos que se podem desfazer são 3."
    assert len(seen(session)) == 5
    assert "the requests that can be are 0" not in session.ask("redo twice").text
    assert len(seen(session)) == 5


def test_what_is_asked_for_after_going_back_is_done_from_there(session: Session) -> None:
    reply = session.ask("volta ao que era antes do reverb e converte para mp3", deliver=False)
    assert reply.text.startswith("Desfeito: de volta a antes de “add reverb”.")
    assert "1 de 1 passo" in reply.text
    (made,) = reply.artifacts.values()
    assert made.recipe is not None
    assert made.recipe.parents == (session.artifacts["@a3"].id,)
    assert seen(session) == ["@a1", "@a2", "@a3", "@a6"]
    session.checkout(3)  # the other branch is still there
    assert seen(session) == ["@a1", "@a2", "@a3", "@a4", "@a5"]


def test_what_is_only_proposed_moves_nothing(session: Session) -> None:
    proposal = session.propose("undo the last two, then make it mono")
    assert isinstance(proposal.answer, Plan)
    assert proposal.answer.describe() == ["s1: to_mono(audio=@a3)"]
    session.discard(proposal)
    assert len(seen(session)) == 5
    session.propose("undo, then undo, then make it mono")
    assert len(seen(session)) == 3


def test_going_back_further_than_there_is_does_not_go_on(session: Session) -> None:
    reply = session.ask("undo 9 steps and make it mono", deliver=False)
    assert reply.text == "Nothing was undone: the requests that can be are 3."
    assert len(seen(session)) == 5


def test_a_turn_that_is_not_there_is_said_in_the_language_of_the_request(session: Session) -> None:
    with pytest.raises(StoreError, match="Não há nenhum turno 9 nesta sessão"):
        session.ask("volta ao turno 9")
    with pytest.raises(StoreError, match="Turn 9 does not lie before this one"):
        session.undo(before=9)
    assert len(seen(session)) == 5
