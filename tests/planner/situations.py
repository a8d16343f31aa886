"""What is at hand when a request is made, and tables of requests with the plans they become."""

import re
from collections.abc import Iterator
from pathlib import Path

from tonmeister.artifacts import Artifact, Kind, Recipe
from tonmeister.plan import Plan, check
from tonmeister.planner.answers import Answer, PastTurn, Request
from tonmeister.planner.dialect import parse_lines
from tonmeister.planner.recognizer import Recognizer, language_of
from tonmeister.registry import Catalog

__all__ = ["SITUATIONS", "Situation", "artifact", "ask", "plan_of", "rows"]

HERE = Path(__file__).parent
DOCUMENTS = ("book", "notes", "script")


class Situation:
    """Artifacts by handle, handles of the files just given, and earlier turns."""

    def __init__(self, *artifacts: Artifact, history: tuple[PastTurn, ...] = ()) -> None:
        self.artifacts = {one.sha256: one for one in artifacts}
        self.files = () if history else tuple(self.artifacts)
        self.history = history


def artifact(
    handle: str, name: str, kind: str = "audio", made_by: str = "", parent: str = "a1"
) -> Artifact:
    """Make an artifact of a minute whose hash is its handle."""
    recipe = Recipe(made_by, 1, None, None, {}, (f"id-{parent}",)) if made_by else None
    facts = {} if kind == "document" else {"duration": 60.0}
    return Artifact(f"id-{handle}", Kind(kind), handle, "", 1, name, facts, recipe)


def plan_of(calls: str) -> Plan:
    """Read a plan written as calls between semicolons; "on x" asks for a model."""
    models: list[str | None] = []
    lines: list[str] = []
    for number, call in enumerate(calls.split(" ; "), 1):
        match = re.fullmatch(r"(.*\))(?: on (\S+))?", call)
        assert match is not None, call
        lines.append(f"s{number}: {match[1]}")
        models.append(match[2])
    plan = parse_lines("\n".join(lines))
    assert isinstance(plan, Plan)
    steps = zip(plan.steps, models, strict=True)
    return Plan(steps=tuple(step.model_copy(update={"model": model}) for step, model in steps))


def rows(name: str) -> Iterator[tuple[str, str, str]]:
    """Yield situation, request and calls of a table."""
    situation = calls = ""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            situation, _, calls = line[1:].partition("]")
        elif line.strip():
            yield situation, line.strip(), calls.strip()


def ask(
    text: str, situation: Situation, catalog: Catalog, files: tuple[str, ...] | None = None
) -> Answer | None:
    """Return what the recognizer answers; a plan must pass the check."""
    given = situation.files if files is None else files
    request = Request(text, given, situation.artifacts, situation.history, language_of(text))
    answer = Recognizer().plan(request, catalog)
    if isinstance(answer, Plan):
        assert check(answer, catalog.tools, situation.artifacts) == []
    return answer


def _two_results(calls: str, first: str, second: str) -> Situation:
    """Return the turn after a tool that gave two recordings."""
    plan = plan_of(calls)
    tool = plan.steps[0].tool
    made = {f"s1.{first}": "a2", f"s1.{second}": "a3"}
    return Situation(
        artifact("a1", "yard"),
        artifact("a2", f"yard.{first}", "audio", tool),
        artifact("a3", f"yard.{second}", "audio", tool),
        history=(PastTurn("do it", plan, ("a1",), ("a2", "a3"), made),),
    )


_LABELLING = (
    "transcribe(audio=@a1) ; diarize(audio=@a1) ; label_speakers(transcript=@s1, turns=@s2)"
)
_INTERVIEW = artifact("a1", "interview")
_TRANSLATED = "transcribe(audio=@a1) ; translate_transcript(transcript=@s1, language='pt')"
SITUATIONS = {
    "none": Situation(),
    "one": Situation(artifact("a1", "talk")),
    "video": Situation(artifact("a1", "talk", "video")),
    "two": Situation(artifact("a1", "talk"), artifact("a2", "ref")),
    "narration": Situation(artifact("a1", "narration"), artifact("a2", "ref")),
    "reference": Situation(artifact("a1", "ref")),
    "three": Situation(_INTERVIEW, artifact("a2", "ana"), artifact("a3", "rui")),
    "book": Situation(artifact("a1", "book", "document")),
    "notes": Situation(artifact("a1", "notes", "document")),
    "subtitles": Situation(artifact("a1", "talk", "transcript")),
    "script": Situation(artifact("a1", "talk"), artifact("a2", "script", "document")),
    "transcribed": Situation(
        artifact("a1", "talk"),
        artifact("a2", "talk.transcript", "transcript", "transcribe"),
        history=(PastTurn("transcribe", plan_of("transcribe(audio=@a1)"), ("a1",), ("a2",), {}),),
    ),
    "translated": Situation(
        artifact("a1", "talk"),
        artifact("a2", "talk.translated", "transcript", "translate_transcript"),
        history=(PastTurn("traduz", plan_of(_TRANSLATED), ("a1",), ("a2",), {}),),
    ),
    "translated in two steps": Situation(
        artifact("a1", "talk"),
        artifact("a2", "talk.transcript", "transcript", "transcribe"),
        artifact("a3", "talk.translated", "transcript", "translate_transcript"),
        history=(
            PastTurn(
                "traduz",
                plan_of(_TRANSLATED),
                ("a1",),
                ("a2", "a3"),
                {"s1.result": "a2", "s2.result": "a3"},
            ),
        ),
    ),
    "diarized": Situation(
        artifact("a1", "talk"),
        artifact("a2", "talk.turns", "turns", "diarize"),
        history=(PastTurn("who?", plan_of("diarize(audio=@a1)"), ("a1",), ("a2",), {}),),
    ),
    "labelled": Situation(
        _INTERVIEW,
        artifact("a2", "interview.turns", "turns", "diarize"),
        artifact("a3", "interview.transcript", "transcript", "label_speakers"),
        history=(PastTurn("who says what?", plan_of(_LABELLING), ("a1",), ("a2", "a3"), {}),),
    ),
    "refused": Situation(
        artifact("a1", "ref"),
        history=(
            PastTurn(
                'clone this voice saying "Hello"',
                plan_of("clone_voice(reference_audio=@a1, text='Hello', consent='')"),
                ("a1",),
                (),
                {},
            ),
        ),
    ),
    "unconsented": Situation(
        artifact("a1", "narration"),
        artifact("a2", "ref"),
        history=(PastTurn("make narration.wav sound like ref.wav", None, ("a1", "a2")),),
    ),
    "removed": _two_results("remove_sound(audio=@a1, description='dog')", "rest", "removed"),
    "removed from two": Situation(
        artifact("a1", "yard"),
        artifact("a2", "park"),
        artifact("a3", "yard.rest", "audio", "remove_sound"),
        artifact("a4", "yard.removed", "audio", "remove_sound"),
        artifact("a5", "park.rest", "audio", "remove_sound"),
        artifact("a6", "park.removed", "audio", "remove_sound"),
        history=(
            PastTurn(
                "remove the dog",
                plan_of(
                    "remove_sound(audio=@a1, description='dog') ; "
                    "remove_sound(audio=@a2, description='dog')"
                ),
                ("a1", "a2"),
                ("a3", "a4", "a5", "a6"),
                {"s1.rest": "a3", "s1.removed": "a4", "s2.rest": "a5", "s2.removed": "a6"},
            ),
        ),
    ),
    "removed and converted": Situation(
        artifact("a1", "yard"),
        artifact("a2", "yard.rest", "audio", "convert_format"),
        artifact("a3", "yard.removed", "audio", "remove_sound"),
        history=(
            PastTurn(
                "remove the dog and save it as mp3",
                plan_of(
                    "remove_sound(audio=@a1, description='dog') ; "
                    "convert_format(audio=@s1.rest, format='mp3')"
                ),
                ("a1",),
                ("a3", "a2"),
                {"s1.removed": "a3", "s2.result": "a2"},
            ),
        ),
    ),
    "parted": _two_results("separate_stems(audio=@a1)", "vocals", "accompaniment"),
    "spoken": Situation(
        artifact("a1", "speech", "audio", "synthesize_speech"),
        history=(
            PastTurn("say it", plan_of("synthesize_speech(text='Hi, all')"), (), ("a1",), {}),
        ),
    ),
}
