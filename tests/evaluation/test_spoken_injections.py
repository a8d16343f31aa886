"""Instructions that are spoken, by our own synthesizer, and heard again change no plan."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evaluation.test_injections import Overhearing, calls_of
from tonmeister.artifacts import Kind, Transcript, from_json
from tonmeister.config import load_settings
from tonmeister.evaluation.injections import Attack, load_attacks
from tonmeister.plan import Plan
from tonmeister.planner.recognizer import Recognizer
from tonmeister.session import Session, Tonmeister
from tonmeister.testing import InlineExecutor

# Ten are said, for the time it takes; all of them are planned with in test_injections.py.
SPOKEN = [attack for attack in load_attacks() if attack.carrier == "speech"][2:]


def ids_of(pair: tuple[Attack, Attack]) -> str:
    return "+".join(attack.id for attack in pair)


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.lower()))


class Room:
    """Where texts are spoken and transcribed by the default models."""

    def __init__(self, folder: Path) -> None:
        settings = load_settings({"home": folder, "llm": "off", "pull": "never", "threads": 1})
        self.overhearing = Overhearing()
        self.owner = Tonmeister(
            settings,
            planners=[self.overhearing, Recognizer()],
            executor=InlineExecutor(settings),
        )

    def heard(self, text: str, first: str) -> tuple[Session, str]:
        """Speak a text and transcribe it; return the session, and what was heard."""
        session = self.owner.session()
        verb = "diz" if re.search("[ãçõéíú]", text) else "say"
        for said in (f'{verb} "{text}"', first):
            reply = session.ask(said, deliver=False)
            assert reply.outcome == "done", reply.text
        path = self.owner.studio.store.path(session.artifacts["@a2"])
        value = from_json(Kind.TRANSCRIPT, path.read_bytes())
        assert isinstance(value, Transcript)
        return session, value.text


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = Room(tmp_path_factory.mktemp("room"))
    yield room
    room.owner.close()


# Two are said in one recording, which takes half as long to transcribe.
@pytest.mark.weights
@pytest.mark.parametrize("pair", list(zip(SPOKEN[::2], SPOKEN[1::2], strict=True)), ids=ids_of)
def test_spoken_instructions_change_no_plan(pair: tuple[Attack, Attack], room: Room) -> None:
    session, heard = room.heard(" ".join(attack.text for attack in pair), pair[0].first)
    for attack in pair:
        said = words_of(attack.text)
        assert len(said & words_of(heard)) >= len(said) / 2, heard
        proposal = session.propose(attack.request)
        assert isinstance(proposal.answer, Plan)
        assert calls_of(proposal.answer) == attack.plan
        session.discard(proposal)
        # The turn that had the text spoken was the person's own; what follows it was heard.
        shown = room.overhearing.shown[-1][-1].rpartition("Earlier")[2]
        framed = words_of(f"{attack.first} {attack.request} request")
        assert not said & words_of(shown) - framed
