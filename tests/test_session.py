"""Conversations: handles, undo, branches, outcomes, files, history."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tonmeister.config import Settings
from tonmeister.errors import (
    AudioError,
    LLMError,
    PlanError,
    RunCancelled,
    StoreError,
    ToolUnavailable,
)
from tonmeister.interfaces.api import ask_async
from tonmeister.plan import Plan, Step
from tonmeister.planner.answers import Answer, Chat, Decline, Question
from tonmeister.planner.llm import LLMPlanner
from tonmeister.planner.recognizer import Recognizer
from tonmeister.session import Session, Tonmeister
from tonmeister.testing import InlineExecutor, ScriptedLLM, ScriptedPlanner, tone


def trimmed(handle: str = "@a1", end: float = 0.5) -> Plan:
    step = {"id": "s1", "tool": "trim", "args": {"audio": handle, "start": 0.0, "end": end}}
    return Plan.model_validate({"steps": [step]})


class Talk:
    """A session whose planner says what the test tells it to."""

    def __init__(self, owner: Tonmeister, planner: ScriptedPlanner, name: str | None) -> None:
        self.owner = owner
        self.planner = planner
        self.session: Session = owner.session(name)

    def ask(self, answer: Answer | None, *files: Path, text: str = "please", **options: Any):
        self.planner.answers[:] = [answer]
        return self.session.ask(text, files, **options)


@pytest.fixture
def talk(settings: Settings) -> Iterator[Talk]:
    planner = ScriptedPlanner([])
    with Tonmeister(settings, planners=[planner], executor=InlineExecutor(settings)) as owner:
        yield Talk(owner, planner, "talk")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write(tmp_path / "Reunião de 3ª feira.wav")


def write(path: Path, frequency_hz: float = 440.0) -> Path:
    path.parent.mkdir(exist_ok=True)
    made = tone(frequency_hz, 1.0)
    soundfile.write(path, made.samples.T, made.sample_rate)
    return path


def test_a_request_gives_a_file_beside_the_recording_and_says_so(talk: Talk, recording: Path):
    reply = talk.ask(trimmed(), recording)
    assert reply.outcome == "done"
    assert reply.exit_code == 0
    assert reply.files == (recording.with_name("Reunião de 3ª feira.trimmed.flac"),)
    assert soundfile.info(reply.files[0]).duration == 0.5
    assert str(reply.files[0]) in reply.text
    assert "checked: length (" in reply.text
    assert list(talk.session.artifacts) == ["@a1", "@a2"]
    assert set(reply.artifacts) == {"@a2"}


def test_the_answer_is_in_the_language_of_the_request(talk: Talk, recording: Path):
    reply = talk.ask(trimmed(), recording, text="corta os primeiros segundos da gravação")
    assert reply.language == "pt"
    assert reply.text.startswith("Pronto: 1 de 1 passo")


def test_a_chain_of_edits_is_called_edited(talk: Talk, recording: Path):
    steps = [
        {"id": "s1", "tool": "trim", "args": {"audio": "@a1", "end": 0.5}},
        {"id": "s2", "tool": "fade", "args": {"audio": "@s1", "fade_in": 0.1}},
    ]
    reply = talk.ask(Plan.model_validate({"steps": steps}), recording)
    assert [path.name for path in reply.files] == ["Reunião de 3ª feira.edited.flac"]


def test_results_go_where_they_are_asked_to_go(talk: Talk, recording: Path, tmp_path: Path):
    in_folder = talk.ask(trimmed(), recording, output=tmp_path / "out")
    assert in_folder.files[0].parent == tmp_path / "out"
    as_file = talk.ask(trimmed(), output=tmp_path / "short.wav")
    assert as_file.files == (tmp_path / "short.wav",)
    afterwards = talk.ask(trimmed(end=0.25))  # where they went before
    assert afterwards.files[0].parent == tmp_path
    assert talk.ask(trimmed(), deliver=False).files == ()


def test_what_exists_is_kept_and_the_reply_says_so(talk: Talk, recording: Path):
    taken = recording.with_name("Reunião de 3ª feira.trimmed.flac")
    taken.write_bytes(b"precious")
    reply = talk.ask(trimmed(), recording)
    assert [path.name for path in reply.files] == ["Reunião de 3ª feira.trimmed.2.flac"]
    assert "existed already" in reply.text
    assert taken.read_bytes() == b"precious"
    forced = talk.ask(trimmed(), recording, force=True, confirm=lambda proposal: True)
    assert forced.files == (taken,)


def test_an_output_name_of_another_format_is_refused_before_anything_runs(
    talk: Talk, recording: Path, tmp_path: Path
):
    with pytest.raises(PlanError, match=r"x\.docx was asked for, but the result is \.flac"):
        talk.ask(trimmed(), recording, output=tmp_path / "x.docx")
    assert talk.owner.studio.store.runs.latest() == []


def test_what_is_wrong_with_a_plan_is_told_in_the_language_of_the_request(
    talk: Talk, recording: Path
):
    with pytest.raises(PlanError) as caught:
        talk.session.propose_plan(trimmed("@a9"), "corta a gravação, por favor")
    assert caught.value.problems == [
        "s1: 'audio' refere-se a @a9, que não existe; ainda não há nada."
    ]
    assert caught.value.message == caught.value.problems[0]
    with pytest.raises(PlanError, match="does not exist; there are: none yet"):
        talk.session.propose_plan(trimmed("@a9"), "cut the recording, please")
    talk.ask(trimmed(), recording)
    proposal = talk.session.propose_plan(trimmed(), "corta a gravação, por favor")
    with pytest.raises(PlanError, match="que não existe"):
        talk.session.with_plan(proposal, trimmed("@a9"))


def test_what_cannot_be_written_is_kept_in_the_store(talk: Talk, recording: Path, tmp_path: Path):
    with pytest.raises(StoreError, match="cannot be written"):
        talk.ask(trimmed(), recording, output=recording / "below")
    reply = talk.ask(trimmed(), output=tmp_path / "elsewhere")
    assert reply.steps[0].cached
    assert len(reply.files) == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        (Question("Which one?"), "question", 1),
        (Decline("I have no singer."), "decline", 1),
        (Decline("No singer.", trimmed(), "the song"), "decline", 1),
        (Chat("Good morning."), "chat", 0),
        (None, "decline", 1),
    ],
)
def test_an_answer_that_is_no_plan_runs_nothing(
    talk: Talk, recording: Path, answer: Answer | None, outcome: str, code: int
):
    reply = talk.ask(answer, recording)
    assert (reply.outcome, reply.exit_code) == (outcome, code)
    assert reply.text
    assert talk.owner.studio.store.runs.latest() == []


def test_a_decline_names_the_nearest_plan_and_what_it_loses(talk: Talk, recording: Path):
    reply = talk.ask(Decline("No singer.", trimmed(), "the song"), recording)
    assert reply.text == (
        "No singer. The nearest I can do: s1: trim(audio=@a1, start=0.0, end=0.5). "
        "It would not give you the song. Say “yes” to do that."
    )


def test_a_faulty_plan_is_sent_back_twice_at_most(talk: Talk, recording: Path):
    talk.planner.repairs[:] = [trimmed("@a8"), trimmed("@a1")]
    assert talk.ask(trimmed("@a9"), recording).outcome == "done"
    assert "@a9" in talk.planner.problems[0][0]
    assert "@a8" in talk.planner.problems[1][0]
    talk.planner.repairs[:] = [trimmed("@a7")] * 3
    with pytest.raises(PlanError, match="@a7"):
        talk.ask(trimmed("@a9"))
    assert len(talk.planner.repairs) == 1


def test_a_request_that_fails_to_begin_leaves_no_trace(talk: Talk, tmp_path: Path):
    (tmp_path / "notes.wav").write_text("no sound")
    for file in ("absent.wav", "notes.wav", "x" * 300):
        with pytest.raises(AudioError):
            talk.ask(trimmed(), tmp_path / file)
    store = talk.owner.studio.store
    assert store.history.turns(store.history.session("talk").id) == []
    assert talk.session.artifacts == {}


@pytest.mark.parametrize(
    ("said", "failure", "near"),
    [
        (
            "the bass is thin, boost that bass drastically",
            "The embedded language model does not answer: timed out. Ask again;",
            "set llm=off. The nearest I know: “boost the bass by 4 dB”",
        ),
        (
            "legendas bonitas, coloridas e em srt",
            "O modelo de linguagem embutido não responde: timed out. Pede outra vez;",
            "define llm=off. O mais próximo que sei: “dá-me legendas em srt”",
        ),
    ],
)
def test_a_failing_language_model_is_told_with_the_nearest_requests_that_work(
    settings: Settings, said: str, failure: str, near: str
):
    failed = LLMError(
        "The embedded language model does not answer: timed out.",
        hint="Ask again; if it stays so, close other programs, or set llm=off.",
    )
    planners = [Recognizer(), LLMPlanner("remote", ScriptedLLM([failed]))]
    with (
        Tonmeister(settings, planners=planners, executor=InlineExecutor(settings)) as owner,
        pytest.raises(LLMError) as raised,
    ):
        owner.session("short").ask(said)
    assert str(raised.value).startswith(failure)
    assert near in raised.value.hint


def test_undo_redo_and_branches_survive_a_restart(settings: Settings, recording: Path):
    def opened(answers: list[Answer | None]) -> Tonmeister:
        planner = ScriptedPlanner(answers)
        return Tonmeister(settings, planners=[planner], executor=InlineExecutor(settings))

    with opened([trimmed(end=0.5), trimmed("@a2", end=0.25)]) as owner:
        session = owner.session("kept")
        session.ask("cut", [recording])
        session.ask("cut again")
        assert list(session.artifacts) == ["@a1", "@a2", "@a3"]
    with opened([trimmed("@a2", end=0.1)]) as owner:
        session = owner.session("kept")
        assert "cut again" in session.undo().text
        assert list(session.artifacts) == ["@a1", "@a2"]
        session.ask("another way")
        assert list(session.artifacts) == ["@a1", "@a2", "@a4"]
        session.undo()
    with opened([]) as owner:
        session = owner.session("kept")
        assert "another way" in session.redo().text
        assert list(session.artifacts) == ["@a1", "@a2", "@a4"]
        record = owner.studio.store.history.session("kept")
        owner.studio.store.history.checkout(record.id, 2)
        assert list(session.artifacts) == ["@a1", "@a2", "@a3"]


def test_undoing_nothing_and_redoing_nothing_is_said(talk: Talk):
    assert talk.session.undo().text == "There is nothing to undo."
    assert talk.session.redo("pt").text == "Não há nada para refazer."


def test_the_planner_is_told_facts_and_handles_of_earlier_turns(talk: Talk, recording: Path):
    talk.ask(trimmed(), recording, text="cut it")
    talk.ask(Chat("Yes."), text="done?")
    talk.ask(Chat("Hm."), text="and now?")
    request = talk.planner.requests[-1]
    assert [turn.request for turn in request.history] == ["cut it", "done?"]
    first = request.history[0]
    assert (first.inputs, first.outputs, dict(first.steps)) == (
        ("a1",),
        ("a2",),
        {"s1.result": "a2"},
    )
    assert first.plan == trimmed()
    assert request.history[1].plan is None
    assert request.artifacts["a2"].facts["duration"] == 0.5
    assert request.files == ()


def test_handles_follow_the_files_in_order(talk: Talk, tmp_path: Path):
    files = [write(tmp_path / f"{name}.wav", hz) for name, hz in (("one", 300.0), ("two", 500.0))]
    talk.ask(Chat("Thanks."), *files)
    assert [one.name for one in talk.session.artifacts.values()] == ["one", "two"]
    talk.ask(Chat("Again."), files[1])
    assert talk.planner.requests[-1].files == ("a2",)  # the same file keeps its handle


def test_equal_names_from_two_folders_give_two_files(talk: Talk, tmp_path: Path):
    files = [
        write(tmp_path / folder / "take.wav", hz) for folder, hz in (("a", 300.0), ("b", 500.0))
    ]
    steps = [
        {"id": f"s{number}", "tool": "trim", "args": {"audio": f"@a{number}", "end": 0.5}}
        for number in (1, 2)
    ]
    plan = Plan.model_validate({"steps": steps})
    reply = talk.ask(plan, *files, output=tmp_path / "out", force=True)
    assert [path.name for path in reply.files] == ["take.trimmed.flac", "take.trimmed.2.flac"]


def test_missing_weights_are_named_with_the_command(talk: Talk, recording: Path):
    step = {"id": "s1", "tool": "transcribe", "args": {"audio": "@a1"}}
    plan = Plan.model_validate({"steps": [step]})
    with pytest.raises(ToolUnavailable, match=r"whisper-base \(148 MB, MIT\)") as caught:
        talk.ask(plan, recording)
    assert caught.value.hint == "Run `tonmeister models pull whisper-base`."
    assert caught.value.exit_code == 1


def test_missing_weights_are_told_in_the_language_of_the_request(talk: Talk, recording: Path):
    step = Step(id="s1", tool="transcribe", args={"audio": "@a1"})
    with pytest.raises(ToolUnavailable, match=r"Faltam os pesos: whisper-base") as caught:
        talk.ask(Plan(steps=(step,)), recording, text="transcreve esta gravação")
    assert caught.value.hint == "Corra `tonmeister models pull whisper-base`."


def test_the_command_for_missing_weights_allows_a_pickle_where_one_is_to_be_pulled(
    talk: Talk, recording: Path
):
    args = {"text": "Guten Tag", "language": "pt"}
    step = Step(id="s1", tool="translate_text", args=args, model="m2m100-418m")
    with pytest.raises(ToolUnavailable, match="m2m100") as caught:
        talk.ask(Plan(steps=(step,)), recording)
    assert caught.value.hint.endswith("models pull m2m100-418m --allow-pickle`.")


def test_an_artifact_is_exported_in_the_format_of_its_name(
    talk: Talk, recording: Path, tmp_path: Path
):
    talk.ask(trimmed(), recording, deliver=False)
    first = talk.session.export("@a2", tmp_path / "piece.mp3")
    assert soundfile.info(first.files[0]).format == "MP3"
    second = talk.session.export("@a1", tmp_path / "piece.mp3")
    assert second.files[0].name == "piece.2.mp3"
    with pytest.raises(PlanError, match="one of wav, flac"):
        talk.session.export("@a2", tmp_path / "piece.xyz")
    with pytest.raises(StoreError, match="no @a9"):
        talk.session.export("@a9", tmp_path / "piece.wav")


def test_a_turn_that_is_broken_off_is_not_left_running(talk: Talk, recording: Path):
    def interrupt(event: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        talk.ask(trimmed(), recording, on_event=interrupt)
    assert talk.session.artifacts == {}
    assert talk.ask(trimmed(), recording).outcome == "done"


def test_an_async_request_answers_and_its_cancelling_stops_the_run(
    stage: Path, settings: Settings, tmp_path: Path
):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    steps = [
        {"id": "s1", "tool": "play_note", "args": {"frequency_hz": 440.0}},
        {"id": "s2", "tool": "hang", "args": {"audio": "@s1", "gate": str(gate)}},
    ]
    hanging = Plan.model_validate({"steps": steps})
    whole = Plan.model_validate({"steps": steps[:1]})

    async def converse(owner: Tonmeister) -> None:
        session = owner.session("async")
        reply = await session.ask_async("play", output=tmp_path)
        assert reply.outcome == "done"
        work = asyncio.create_task(session.ask_async("hang", output=tmp_path))
        await asyncio.to_thread(gate.read_text)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert owner.studio.store.runs.latest(1)[0].state == "cancelled"
        early = asyncio.create_task(session.ask_async("play", output=tmp_path))
        await asyncio.sleep(0)
        early.cancel()  # before its thread has begun
        with pytest.raises(asyncio.CancelledError):
            await early
        assert (await session.ask_async("play", output=tmp_path)).outcome == "done"

    planner = ScriptedPlanner([whole, hanging, whole, whole, whole])
    with Tonmeister(settings, planners=[planner]) as owner:
        asyncio.run(converse(owner))


def test_the_module_function_works_async_without_weights(settings: Settings, recording: Path):
    reply = asyncio.run(ask_async("trim from 0.2 to 0.7 seconds", [recording], settings=settings))
    assert reply.outcome == "done"
    assert soundfile.info(reply.files[0]).duration == pytest.approx(0.5)


def test_a_cancelled_download_or_decoding_is_a_cancelled_turn(talk: Talk, recording: Path):
    stop = threading.Event()
    stop.set()
    with pytest.raises(RunCancelled):
        from tonmeister.ingestion import ingest

        ingest(recording, talk.owner.studio.store, talk.owner.studio.settings, stop)


SCRIPT = """import tonmeister

settings = tonmeister.Settings(home="home", weights="weights", llm="off", threads=1)
reply = tonmeister.ask("trim from 0.2 to 0.7 seconds", files=["talk.wav"], settings=settings)
print(reply.outcome, *[path.name for path in reply.files])
"""


def test_five_lines_of_python_without_a_main_guard_work(tmp_path: Path):
    write(tmp_path / "talk.wav")
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "json.py").write_text("raise RuntimeError('not the module that was meant')")
    told = subprocess.run(
        [sys.executable, "-P", "script.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "done talk.trimmed.flac\n"


def test_undo_passes_over_questions_and_keeps_the_recording(talk: Talk, recording: Path):
    talk.ask(trimmed(), recording)
    talk.ask(Question("Which one?"))
    undone = talk.session.undo()
    assert "Undone" in undone.text
    assert list(talk.session.artifacts) == ["@a1"]
    assert "nothing to undo" in talk.session.undo().text


def test_redo_passes_over_questions_as_undo_does(talk: Talk, recording: Path):
    talk.ask(trimmed(), recording, text="cut it")
    talk.ask(Question("Which one?"))
    talk.session.undo()
    assert "cut it" in talk.session.redo().text
    assert list(talk.session.artifacts) == ["@a1", "@a2"]
    assert "nothing to redo" in talk.session.redo().text
    assert "cut it" in talk.session.undo().text


def test_a_question_before_the_work_is_no_step_to_redo(talk: Talk, recording: Path):
    talk.ask(Question("Which one?"), recording)
    talk.ask(trimmed(), text="cut it")
    talk.session.undo()
    assert "cut it" in talk.session.redo().text
    assert list(talk.session.artifacts) == ["@a1", "@a2"]


def test_two_proposals_of_one_conversation_do_not_mix(talk: Talk, recording: Path):
    talk.planner.answers += [trimmed(), trimmed()]
    first = talk.session.propose("first", [recording])
    second = talk.session.propose("second", [recording])
    for proposal in (first, second):
        assert talk.session.carry_out(proposal, None).outcome == "done"
    turns = talk.session._history.turns(talk.session._record.id)
    assert [(turn.request, turn.state) for turn in turns] == [("first", "done"), ("second", "done")]


def test_an_output_name_for_several_results_is_refused_before_the_run(
    talk: Talk, recording: Path, tmp_path: Path
):
    both = Plan(
        steps=tuple(
            Step(id=f"s{n}", tool="trim", args={"audio": "@a1", "end": n / 10}) for n in (1, 2)
        )
    )
    with pytest.raises(PlanError, match="2 such results"):
        talk.ask(both, recording, output=tmp_path / "both.flac")


def test_a_planner_cannot_name_an_internal_tool(talk: Talk, recording: Path):
    step = {"id": "s1", "tool": "index_sound", "args": {"audio": "@a1"}}
    with pytest.raises(PlanError, match="index_sound"):
        talk.ask(Plan.model_validate({"steps": [step]}), recording)
