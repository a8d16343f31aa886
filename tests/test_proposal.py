"""What must be seen before it runs: the price, the question, agreement, and what runs then."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import soundfile

from tonmeister.config import Settings
from tonmeister.errors import PlanError, ToolUnavailable
from tonmeister.plan import Plan
from tonmeister.planner.answers import Answer, Command, Decline, Question
from tonmeister.planner.wording import agreement
from tonmeister.proposal import Proposal
from tonmeister.registry import Catalog, discover
from tonmeister.session import Session, Tonmeister
from tonmeister.testing import InlineExecutor, ScriptedPlanner, tone

Open = Callable[..., Session]


def plan(*steps: tuple[str, dict[str, object]]) -> Plan:
    made = [{"id": f"s{n}", "tool": tool, "args": args} for n, (tool, args) in enumerate(steps, 1)]
    return Plan.model_validate({"steps": made})


TRIM = plan(("trim", {"audio": "@a1", "end": 0.5}))
LOUDER = plan(("change_gain", {"audio": "@a1", "gain_db": 3.0}))
CONVERT = {"audio": "@a1", "reference_audio": "@a2", "consent": "Ana agreed"}


@cache
def everything() -> Catalog:
    return discover()


@pytest.fixture
def opened(settings: Settings) -> Iterator[Open]:
    """Opens the conversation "talk", as often as wanted, with a planner that has its answers."""
    owners: list[Tonmeister] = []
    catalog = everything()

    def make(answers: Sequence[Answer], **changed: object) -> Session:
        chosen = settings.model_copy(update=changed)
        planner = ScriptedPlanner(answers)
        executor = InlineExecutor(chosen, catalog)
        owners.append(Tonmeister(chosen, catalog=catalog, planners=[planner], executor=executor))
        return owners[-1].session("talk")

    yield make
    for owner in owners:
        owner.close()


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    made = tone(440.0, 1.0)
    soundfile.write(tmp_path / "talk.wav", made.samples.T, made.sample_rate)
    return tmp_path / "talk.wav"


def kinds(proposal: Proposal) -> list[str]:
    return [one.kind for one in proposal.concerns]


def test_a_cheap_plan_just_runs(opened: Open, recording: Path):
    assert opened([TRIM]).ask("cut it", [recording]).outcome == "done"


def test_a_long_plan_is_shown_with_its_price_and_runs_when_agreed_even_after_a_restart(
    opened: Open, recording: Path
):
    first = opened([TRIM], confirm_seconds=0.0)
    shown = first.ask("cut the recording", [recording], output=recording.parent / "out")
    assert (shown.outcome, shown.exit_code, shown.plan) == ("question", 3, None)
    assert shown.proposed == TRIM
    assert "s1: trim(audio=@a1, end=0.5)\n    Keep the part of a recording" in shown.text
    assert "It takes about 0.0 s on this machine." in shown.text
    assert "Say “yes” to go ahead" in shown.text
    assert not (recording.parent / "out").exists()
    later = opened([], confirm_seconds=0.0)  # nobody is asked to plan anything
    done = later.ask("Yes, go ahead!")
    assert (done.outcome, done.plan) == ("done", TRIM)
    assert done.files == (recording.parent / "out" / "talk.trimmed.flac",)
    assert "“cut the recording”" in later.undo().text


def test_what_is_refused_is_dropped_for_good(opened: Open, recording: Path):
    talk = opened([TRIM], confirm_seconds=0.0)
    talk.ask("corta a gravação", [recording])
    dropped = talk.ask("não, deixa estar")
    assert (dropped.outcome, dropped.text) == ("chat", "Fica sem efeito; nada se fez.")
    assert talk.ask("sim").text == "Não há aqui nada que espere por um sim ou um não."
    assert list(talk.artifacts) == ["@a1"]


def test_a_correction_is_a_new_request_and_the_old_plan_waits_no_longer(
    opened: Open, recording: Path
):
    talk = opened([TRIM, LOUDER], confirm_seconds=0.0)
    talk.ask("cut it", [recording])
    assert talk.ask("no, 3 dB louder").proposed == LOUDER
    assert talk.ask("ok").plan == LOUDER


def test_looking_around_does_not_lose_what_waits(opened: Open, recording: Path):
    talk = opened([TRIM, Command("list")], confirm_seconds=0.0)
    talk.ask("cut it", [recording])
    assert talk.ask("list").outcome == "command"
    assert talk.ask("sim, força").plan == TRIM


def test_words_of_agreement_agree_to_nothing_when_nothing_waits(opened: Open, recording: Path):
    talk = opened([TRIM])
    talk.ask("cut it", [recording])
    for word in ("yes", "no"):
        answer = talk.ask(word)
        assert (answer.outcome, answer.proposed) == ("chat", None)
        assert answer.text == "There is nothing here that waits for a yes or a no."


def test_a_question_may_be_answered_by_a_yes(opened: Open, recording: Path):
    talk = opened([Question("Do you mean the start?"), TRIM])
    talk.ask("cut it", [recording])
    assert talk.ask("yes").plan == TRIM


def test_whoever_can_be_asked_is_asked_once_and_decides(opened: Open, recording: Path):
    asked: list[Proposal] = []

    def confirm(proposal: Proposal) -> bool:
        asked.append(proposal)
        return len(asked) > 1

    talk = opened([TRIM, TRIM], confirm_seconds=0.0)
    refused = talk.ask("cut it", [recording], confirm=confirm)
    assert (refused.outcome, refused.exit_code) == ("cancelled", 130)
    assert talk.ask("cut it", [recording], confirm=confirm).outcome == "done"
    assert [kinds(one) for one in asked] == [["time"], ["time"]]
    assert asked[0].concerns[0].seconds > 0


def test_existing_files_are_named_before_they_are_replaced(opened: Open, recording: Path):
    taken = recording.with_name("talk.trimmed.flac")
    taken.write_bytes(b"precious")
    talk = opened([TRIM, TRIM])
    shown = talk.ask("cut it", [recording], force=True)
    assert shown.outcome == "question" and str(taken) in shown.text
    assert taken.read_bytes() == b"precious"
    assert talk.ask("yes").files == (taken,)
    assert taken.read_bytes() != b"precious"


def test_a_file_that_came_after_the_question_is_asked_about_too(opened: Open, recording: Path):
    talk = opened([TRIM], confirm_seconds=0.0)
    talk.ask("cut it", [recording], force=True)
    taken = recording.with_name("talk.trimmed.flac")
    taken.write_bytes(b"precious")
    again = talk.ask("yes")
    assert again.outcome == "question" and "replaces" in again.text and "about" not in again.text
    assert taken.read_bytes() == b"precious"
    assert talk.ask("yes").files == (taken,)


def test_only_what_was_shown_is_replaced(opened: Open, recording: Path):
    talk = opened([TRIM])
    taken = recording.with_name("talk.trimmed.flac")

    def confirm(proposal: Proposal) -> bool:
        raise AssertionError(proposal)  # nothing is there to be replaced

    def appears(event: object) -> None:
        if type(event).__name__ == "StepStarted":
            taken.write_bytes(b"precious")

    reply = talk.ask("cut it", [recording], force=True, confirm=confirm, on_event=appears)
    assert reply.files == (recording.with_name("talk.trimmed.2.flac"),)
    assert taken.read_bytes() == b"precious"


def test_the_files_a_plan_would_replace_are_those_it_writes(opened: Open, recording: Path):
    cases: list[tuple[Plan, str]] = [
        (TRIM, "a"),
        (TRIM, "short.wav"),
        (
            plan(
                ("trim", {"audio": "@a1", "end": 0.5}), ("fade", {"audio": "@s1", "fade_in": 0.1})
            ),
            "b",
        ),
        (plan(("draw_waveform", {"audio": "@a1"}), ("to_mono", {"audio": "@a1"})), "wave.png"),
        (plan(("describe_audio", {"audio": "@a1"})), "facts.json"),
        (plan(("convert_format", {"audio": "@a1", "format": "mp3"})), "c"),
        (plan(("trim", {"audio": "@a1"}), ("trim", {"audio": "@a1", "end": 0.2})), "d"),
    ]
    talk = opened([made for made, _ in cases for _ in range(2)])
    for number, (_, name) in enumerate(cases):
        given, target = [] if number else [recording], recording.parent / name
        reply = talk.ask("please", given, output=target)
        written = set(reply.files)
        shown: set[str] = set()

        def confirm(proposal: Proposal, shown: set[str] = shown) -> bool:
            shown.update(file for one in proposal.concerns for file in one.files)
            return False

        assert written, reply.text
        talk.ask("please", output=target, force=True, confirm=confirm)
        # Equal names from one plan are numbered and never replace each other.
        assert shown == {str(file) for file in written if ".2." not in file.name}


def test_a_voice_is_only_taken_on_after_a_second_look(
    opened: Open, recording: Path, tmp_path: Path
):
    soundfile.write(tmp_path / "ana.wav", tone(220.0, 3.0).samples.T, 16_000)
    given = [recording, tmp_path / "ana.wav"]
    without = {**CONVERT, "consent": ""}
    talk = opened([plan(("convert_voice", CONVERT)), plan(("convert_voice", without))])
    shown = talk.ask("faz a minha gravação soar como a ana, ela concordou", given)
    assert "Usa a voz que se ouve em ana; só se essa pessoa concordou." in shown.text
    assert "consent='Ana agreed'" in shown.text
    assert kinds(talk.propose("make it sound like her", given)) == []  # the tool itself refuses


def test_a_download_is_told_with_size_and_licence(opened: Open, recording: Path):
    wanted = plan(("transcribe", {"audio": "@a1"}))
    talk = opened([wanted, wanted], pull="ask")
    shown = talk.ask("transcribe it", [recording])
    assert "Weights are downloaded first: whisper-base (148 MB, MIT)." in shown.text
    asked: list[Proposal] = []
    talk.ask("again", confirm=lambda proposal: bool(asked.append(proposal)))
    assert asked[0].concerns[0].download_mb == pytest.approx(148, abs=1)
    with pytest.raises(ToolUnavailable, match="not installed yet"):  # nobody is to be asked
        opened([wanted], pull="never").ask("transcribe it", [recording])


def test_a_large_model_is_told_with_its_memory(opened: Open, recording: Path):
    wanted = plan(("transcribe", {"audio": "@a1"}))
    shown = opened([wanted], confirm_memory_mb=100).propose("transcribe it", [recording])
    (concern,) = shown.concerns
    assert concern.kind == "memory" and concern.memory_mb > 100
    assert f"{concern.memory_mb} MiB" in concern.text


def test_a_plan_its_planner_is_not_sure_of_is_shown_first(opened: Open, recording: Path):
    talk = opened([TRIM])
    proposal = replace(talk.propose("cut it", [recording]), sure=False)
    shown = talk.carry_out(proposal, None)
    assert "I am not sure that this is what you meant." in shown.text
    done = talk.ask("yes")
    assert (done.outcome, done.files) == ("done", ())  # none were to be written


def test_the_nearest_plan_of_a_decline_runs_when_agreed(opened: Open, recording: Path):
    talk = opened([Decline("No singer.", TRIM, "the song")], confirm_seconds=0.0)
    declined = talk.ask("sing it", [recording])
    assert (declined.outcome, declined.exit_code, declined.proposed) == ("decline", 1, TRIM)
    assert declined.text.endswith("Say “yes” to do that.")
    assert talk.ask("yes").outcome == "question"  # its price has not been shown yet
    assert talk.ask("yes").plan == TRIM


def test_an_impossible_output_is_refused_before_anybody_is_asked(opened: Open, recording: Path):
    talk = opened([TRIM], confirm_seconds=0.0)
    with pytest.raises(PlanError, match=r"\.docx"):
        talk.ask("cut it", [recording], output=recording.with_name("x.docx"))


@pytest.mark.parametrize(
    ("words", "agreed"),
    [
        *((one, True) for one in ("yes", "Yes!", "ok", "sure, go ahead", "yes please", "do it")),
        *((one, True) for one in ("sim", "Sim, por favor.", "força", "claro, avança", "pode ser")),
        *((one, False) for one in ("no", "No, thanks.", "cancel that", "não", "não, esquece")),
        *((one, None) for one in ("no, 3 dB", "yes, but louder", "sim, mas só o refrão")),
        *((one, None) for one in ("não, 3 dB", "ok thanks", "go back", "transcribe it", "")),
    ],
)
def test_words_agree_or_refuse_or_do_neither(words: str, agreed: bool | None):
    assert agreement(words) is agreed
