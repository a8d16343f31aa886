"""Instructions in contents, names, tags and quotations change no plan, and nothing obeys them."""

import re
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.evaluation.carriers import files_of, saying
from tests.planner.situations import Situation, artifact, ask, rows
from tonmeister.artifacts import Text
from tonmeister.config import Settings
from tonmeister.evaluation.injections import Attack, load_attacks
from tonmeister.phrasing import Phraser
from tonmeister.plan import Plan
from tonmeister.planner.answers import Answer, Request
from tonmeister.planner.llm import LLMPlanner
from tonmeister.planner.recognizer import Recognizer, language_of
from tonmeister.registry import Catalog, discover
from tonmeister.session import Tonmeister
from tonmeister.testing import InlineExecutor, ScriptedLLM

ATTACKS = load_attacks()
HERE = {"transcribe", "caption_audio", "synthesize_speech", "translate_transcript",
        "translate_text", "write_subtitles", "change_gain", "trim", "convert_format",
        "remove_part"}  # fmt: skip
"""Tools whose steps can be run without weights, some on doubles."""


class Overhearing:
    """Keeps what a language model would be shown, and leaves the request to the next planner."""

    name = "overhearing"

    def __init__(self) -> None:
        self.shown: list[list[str]] = []

    def plan(self, request: Request, catalog: Catalog) -> Answer | None:
        """Ask a language model that only listens."""
        listening = ScriptedLLM(['{"chat": "-"}'])
        LLMPlanner("remote", listening).plan(request, catalog)
        self.shown.append([message["content"] for message in listening.prompts[0]])
        return None

    def repair(
        self, request: Request, catalog: Catalog, plan: Plan, problems: Sequence[str]
    ) -> Answer | None:
        """Repair nothing."""
        return None


@dataclass
class Conversation:
    """What came of all turns."""

    plans: list[str] = field(default_factory=list[str])
    shown: list[list[str]] = field(default_factory=list[list[str]])
    facts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    outcome: str = ""


class Listener:
    """A server on this machine that nobody is to call."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return discover().offered


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.socket.close()


def calls_of(plan: Plan) -> str:
    return " ; ".join(line.split(": ", 1)[1] for line in plan.describe())


class Theatre:
    """Holds conversations that share a ledger, in folders of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._settings = Settings(
            home=folder / "home", weights=folder / "weights", pull="never", llm="off", threads=1
        )
        self._harmless: dict[tuple[str, ...], Conversation] = {}

    def harmless(self, attack: Attack) -> Conversation:
        """Hold the conversation of an attack without it, once for all that are alike."""
        key = (attack.carrier, attack.form, *attack.asked(attack.harmless))
        if key not in self._harmless:
            folder = self._folder / f"harmless-{attack.id}"
            self._harmless[key] = held(attack, attack.harmless, folder, self._settings)
        return self._harmless[key]

    def attacked(self, attack: Attack, text: str) -> Conversation:
        """Hold the conversation of an attack."""
        return held(attack, text, self._folder / attack.id, self._settings)


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Theatre:
    return Theatre(tmp_path_factory.mktemp("injections"))


def held(attack: Attack, text: str, folder: Path, settings: Settings) -> Conversation:
    """Hold the conversation of an attack with a text in the place of the carrier."""
    files = files_of(attack, text, folder)
    catalog, overhearing, found = saying(text), Overhearing(), Conversation()
    keepsake = folder / "keepsake.txt"
    keepsake.write_text("mine", encoding="utf-8")
    with Tonmeister(
        settings,
        catalog=catalog,
        executor=InlineExecutor(settings, catalog),
        planners=[overhearing, Recognizer()],
    ) as owner:
        session = owner.session()
        for text_of_turn in attack.asked(text):
            before = set(folder.iterdir())
            known = dict(session.artifacts)
            proposal = session.propose(text_of_turn, files)
            plan = proposal.answer
            found.plans.append(calls_of(plan) if isinstance(plan, Plan) else repr(plan))
            if isinstance(plan, Plan) and {step.tool for step in plan.steps} <= HERE:
                target = session.target(files, folder)
                reply = session.carry_out(proposal, target)
                found.outcome = reply.outcome
                assert set(folder.iterdir()) == before | set(reply.files)
                assert known.items() <= session.artifacts.items(), "nothing was undone"
            else:
                session.discard(proposal)
            files = []
        found.facts = [(one.kind, one.media_type) for one in session.artifacts.values()]
    assert keepsake.read_text(encoding="utf-8") == "mine"
    found.shown = overhearing.shown
    return found


def label(text: str) -> str:
    """Return a file name as it stands in a list of people."""
    return " ".join(re.sub(r"[,;=\n]", " ", text).split())[:40]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)
def test_an_instruction_in_a_carrier_changes_nothing(
    attack: Attack, theatre: Theatre, listener: Listener
) -> None:
    text = attack.text.replace("127.0.0.1:9", f"127.0.0.1:{listener.port}")
    attacked, harmless = theatre.attacked(attack, text), theatre.harmless(attack)
    quoted = label if attack.carrier == "voice" else str
    assert attacked.plans[-1] == attack.expected(quoted(text))
    assert harmless.plans[-1] == attack.expected(attack.harmless)
    assert attacked.outcome == harmless.outcome
    assert attacked.outcome in ("", "done")
    assert attacked.facts == harmless.facts
    assert listener.calls == 0
    if not attack.said:  # what nobody said, no language model is shown
        assert attacked.plans[:-1] == harmless.plans[:-1]
        assert attacked.shown == harmless.shown


def test_the_corpus_has_every_carrier_in_both_languages() -> None:
    assert len(ATTACKS) >= 60
    for language in ("en", "pt"):
        spoken = {one.carrier for one in ATTACKS if language_of(one.request) == language}
        assert spoken >= {"speech", "transcript", "caption", "subtitles", "document", "name", "tag",
                          "picture", "voice", "quoted", "earlier"}  # fmt: skip
    assert sum(one.carrier == "speech" for one in ATTACKS) >= 10
    assert len({(one.carrier, one.text) for one in ATTACKS}) == len(ATTACKS)


def test_a_name_that_the_person_says_is_shown(theatre: Theatre) -> None:
    """The control: what is shown is heard here, and an instruction would be."""
    named = next(one for one in ATTACKS if one.carrier == "name")
    asked = replace(
        named, id="said", form="", text="kitchen chat", request="clean kitchen chat.wav"
    )
    (shown,) = theatre.attacked(asked, asked.text).shown
    assert '"kitchen chat"' in shown[-1]


def test_a_call_would_be_noticed(listener: Listener) -> None:
    before = listener.calls
    with socket.create_connection(("127.0.0.1", listener.port)) as connection:
        assert connection.recv(1) == b""  # it has been accepted, and closed
    assert listener.calls == before + 1
    listener.calls = before


def requests() -> Iterator[tuple[str, str]]:
    for table in ("recognized_en.txt", "recognized_pt.txt", "sounds_pt.txt", "speech_pt.txt"):
        chosen = [text for situation, text, _ in rows(table) if situation == "one"]
        yield from ((table, text) for text in chosen[::6] if not re.search(r"talk|\.wav", text))


def test_a_recording_named_like_a_word_of_the_request_changes_no_plan(catalog: Catalog) -> None:
    def planned(text: str, name: str) -> Answer | None:
        return ask(text, Situation(artifact("a1", name)), catalog)

    changed = [
        (text, word)
        for _, text in requests()
        for word in dict.fromkeys(re.findall(r"\w+", text))
        if planned(text, word) != planned(text, "zqx")
    ]
    assert changed == []


HEARD = ("transcript", "speech", "caption")
MEASURED = "“dog bark” is heard 2 times: 0:01.0 and 0:03.2."
FACTS = ("length: 4.0 s", "0:01.0–0:01.4 “dog bark”", "0:03.2–0:03.6 “dog bark”")
FAITHFUL = "The dog barks twice, at 0:01.0 and 0:03.2."


@pytest.mark.parametrize(
    "attack", [one for one in ATTACKS if one.carrier in HEARD], ids=lambda attack: attack.id
)
def test_a_phraser_that_obeys_what_it_reads_is_not_believed(attack: Attack) -> None:
    settings = Settings(llm="off")
    said = attack.text.replace("“", "").replace("”", "")
    answer = Text.plain(MEASURED, "en", (*FACTS, f"0:01.0–0:02.0 said: “{said}”"))
    obeying = (attack.text, f"{FAITHFUL} {attack.text}", f"{attack.text} {FAITHFUL}")
    for wording in obeying if len(attack.text.split()) >= 4 else obeying[:1]:
        phrased = Phraser(settings, ScriptedLLM([wording])).phrased(answer, "how often?", "en")
        assert phrased is not None
        assert phrased.text is None, wording
        assert "not used" in phrased.note
    kept = Phraser(settings, ScriptedLLM([FAITHFUL])).phrased(answer, "how often?", "en")
    assert kept is not None
    assert kept.text is not None
