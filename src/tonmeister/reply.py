"""The reply: words from facts, the files, and what was not done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tonmeister.artifacts import (
    Artifact,
    Chapters,
    Kind,
    Measurement,
    SoundEvents,
    SpeakerTurns,
    SpeechRegions,
    Text,
    Transcript,
)
from tonmeister.checks import Finding
from tonmeister.errors import TonmeisterError
from tonmeister.execution.records import RunResult, StepRecord
from tonmeister.plan import Plan, Step
from tonmeister.planner.answers import Chat, Decline, Question
from tonmeister.translations import in_words
from tonmeister.wording import claim_in_words, say

__all__ = ["Outcome", "Reply", "answered", "as_typed", "compose", "duration_in_words"]

SHOWN_CHARACTERS = 2000
SHOWN_ROWS = 40
SHOWN_VALUE = 40
TOLD_IN_NUMBERS = ("duration_is_range", "duration_scaled", "loudness_reached", "rate_is")

Outcome = Literal[
    "done", "partial", "failed", "cancelled", "question", "decline", "chat", "command"
]


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back for a request.

    Attributes:
        outcome: How it went.
        text: The words, in the language of the request.
        files: Finished files, where they were written.
        artifacts: Results by handle such as "@a3".
        plan: What was done; None when nothing was.
        proposed: What would be done if the next request agrees to it, such as "yes".
        steps: What became of each step.
        errors: Why steps have no result.
        language: Language of the words.
    """

    outcome: Outcome
    text: str
    files: tuple[Path, ...] = ()
    artifacts: Mapping[str, Artifact] = field(default_factory=dict[str, Artifact])
    plan: Plan | None = None
    proposed: Plan | None = None
    steps: tuple[StepRecord, ...] = ()
    errors: tuple[TonmeisterError, ...] = ()
    language: str = "en"

    def __str__(self) -> str:
        return self.text

    @property
    def exit_code(self) -> int:
        """0: all was done and held true; 1: something was not; 3: to be agreed to; 130: stopped."""
        if self.outcome == "cancelled":
            return 130
        if self.outcome == "question" and self.proposed is not None:
            return 3
        if any(finding.passed is False for one in self.steps for finding in one.findings):
            return 1
        return 1 if self.outcome in ("partial", "failed", "decline", "question") else 0


def compose(
    result: RunResult,
    plan: Plan,
    *,
    language: str,
    seconds: float,
    values: Mapping[str, object],
    handles: Mapping[str, str],
    files: Mapping[Path, Artifact],
    remarks: Iterable[str] = (),
) -> Reply:
    """Put a run into words.

    Args:
        result: The run.
        plan: What was to be done.
        language: "en" or "pt".
        seconds: Wall time of the run.
        values: Contents of small structured results that were delivered, by "step.output".
        handles: Handle of every result, by "step.output", such as "@a3".
        files: Files that were written, with the artifacts they hold.
        remarks: Further sentences the user must read.
    """
    done = [record for record in result.steps if record.outputs and record.error is None]
    outcome = _outcome(result, len(done))
    took = duration_in_words(seconds)
    blocks = [say(language, outcome, done=len(done), total=len(result.steps), seconds=took)]
    blocks += [
        _contents(value, handles.get(place, ""), language, place.rpartition(".")[2])
        for place, value in values.items()
    ]
    written = [
        f"{as_typed(path)}  {_facts(artifact, language)}".rstrip()
        for path, artifact in files.items()
    ]
    blocks += _section(say(language, "files"), written)
    steps = [_step_line(record, handles, language) for record in done]
    blocks += _section(say(language, "steps"), steps)
    blocks += _section(say(language, "not_done"), _failures(result, language))
    warnings = [*remarks, *_warnings(result.steps, language)]
    blocks += _section(say(language, "watch"), list(dict.fromkeys(warnings)))
    return Reply(
        outcome=outcome,
        text="\n\n".join(block for block in blocks if block),
        files=tuple(files),
        artifacts={
            handles[f"{record.step.id}.{output}"]: artifact
            for record in result.steps
            for output, artifact in record.outputs.items()
            if f"{record.step.id}.{output}" in handles
        },
        plan=plan,
        steps=result.steps,
        errors=tuple(record.error for record in result.steps if record.error is not None),
        language=language,
    )


def _outcome(result: RunResult, num_done: int) -> Outcome:
    if result.state == "cancelled":
        return "cancelled"
    if num_done == len(result.steps):
        return "done"
    return "partial" if num_done else "failed"


def answered(answer: Question | Decline | Chat, language: str) -> Reply:
    """Put an answer that is no plan into words.

    Args:
        answer: What the planner said.
        language: "en" or "pt".
    """
    if isinstance(answer, Question):
        return Reply("question", answer.text, language=language)
    if isinstance(answer, Chat):
        return Reply("chat", answer.text, language=language)
    words = [answer.missing]
    if answer.nearest is not None:
        steps = "; ".join(answer.nearest.describe())
        words.append(say(language, "nearest", plan=steps))
        if answer.loses:
            words.append(say(language, "loses", loses=answer.loses))
        words.append(say(language, "accept_nearest"))
    return Reply("decline", " ".join(words), proposed=answer.nearest, language=language)


def duration_in_words(seconds: float) -> str:
    """Return a length of time as "8.3 s" or "1:02:07".

    Args:
        seconds: The length.
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _section(title: str, lines: list[str]) -> list[str]:
    return ["\n".join([title, *(f"  {line}" for line in lines)])] if lines else []


def _step_line(record: StepRecord, handles: Mapping[str, str], language: str) -> str:
    name = say(language, "signal")
    if record.model is not None:
        name = f"{record.model.card.name} ({record.model.card.licence})"
    took = say(language, "cached") if record.cached else f"{record.seconds:.1f} s"
    passed = [_passed(finding, language) for finding in record.findings if finding.passed]
    made = [handles.get(f"{record.step.id}.{output}", "") for output in record.outputs]
    parts = [f"{name}, {took}"]
    if passed:
        parts.append(say(language, "checked", claims=", ".join(passed)))
    arrow = f" → {', '.join(made)}" if any(made) else ""
    return f"{record.step.id} {record.step.tool}{_settings(record.step)}: {'; '.join(parts)}{arrow}"


def _settings(step: Step) -> str:
    """Return the values a step ran with, references left out."""
    values = {name: value for name, value in step.args.items() if not step.is_ref(name)}
    shown = [f"{name}={_short(value)}" for name, value in values.items()]
    return f"({', '.join(shown)})" if shown else ""


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN_VALUE else f"{text[:SHOWN_VALUE]}…"


def _passed(finding: Finding, language: str) -> str:
    words = claim_in_words(language, finding.claim)
    return f"{words} ({finding.finding})" if finding.claim in TOLD_IN_NUMBERS else words


def _failures(result: RunResult, language: str) -> list[str]:
    lines: list[str] = []
    for record in result.steps:
        step = {"step": record.step.id, "tool": record.step.tool}
        if record.error is not None:
            error = in_words(language, str(record.error))
            lines.append(say(language, "step_failed", error=error, **step))
        elif not record.outputs:
            sources = [f"@{ref.name}" for _, ref in record.step.refs() if ref.name.startswith("s")]
            if sources and result.state != "cancelled":
                lines.append(say(language, "step_skipped", source=", ".join(sources), **step))
    return lines


def _warnings(steps: Iterable[StepRecord], language: str) -> Iterable[str]:
    for record in steps:
        step = {"step": record.step.id, "tool": record.step.tool}
        for change in record.changes:
            if change.failed == change.next:
                yield say(language, "retried", step=record.step.id)
            else:
                yield say(
                    language,
                    "fallback" if record.error is None else "fallback_failed",
                    step=record.step.id,
                    failed=change.failed or say(language, "signal"),
                    next=change.next or say(language, "signal"),
                    error=in_words(language, change.error.message),
                )
        yield from (in_words(language, note) for note in record.notes)
        for finding in record.findings:
            if finding.passed:
                continue
            sentence = "unchecked" if finding.passed is None else "check_failed"
            claim = claim_in_words(language, finding.claim)
            found = in_words(language, finding.finding)
            yield say(language, sentence, claim=claim, finding=found, **step)


def as_typed(path: Path) -> Path:
    """Return a path as a person would type it here.

    Args:
        path: The path.
    """
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _facts(artifact: Artifact, language: str) -> str:
    facts = artifact.facts
    shown: list[str] = []
    if artifact.kind in (Kind.AUDIO, Kind.VIDEO):
        if "duration" in facts:
            shown.append(duration_in_words(facts["duration"]))
        if "sample_rate" in facts:
            shown.append(f"{facts['sample_rate'] / 1000:g} kHz")
        if facts.get("num_channels"):
            shown.append(
                {1: "mono", 2: "stereo"}.get(facts["num_channels"], f"{facts['num_channels']} ch")
            )
        if facts.get("synthetic"):
            kind = "generated" if facts["synthetic"] == "sound" else "synthetic"
            shown.append(say(language, kind))
    return ", ".join(shown)


def _contents(value: object, handle: str, language: str, output: str = "") -> str:
    if isinstance(value, Transcript):
        return _transcript(value, handle, language)
    if isinstance(value, Text):
        return _shortened(value.text, handle, language)
    if isinstance(value, Measurement):
        width = max((len(name) for name in value.values), default=0)
        return "\n".join(
            f"  {name:<{width}}  {_number(number)}" for name, number in value.values.items()
        )
    rows: list[str] = []
    empty = ""
    if isinstance(value, SoundEvents):
        empty = say(language, "no_edits" if output == "edits" else "no_sounds")
        rows = [
            f"  {_span(event.start, event.end)}  {event.label} ({event.score:.2f})"
            for event in value.events
        ]
    elif isinstance(value, SpeechRegions):
        empty = say(language, "no_speech")
        rows = [f"  {_span(one.start, one.end or one.start)}" for one in value.regions]
    elif isinstance(value, SpeakerTurns):
        empty = say(language, "no_speech")
        rows = [f"  {_span(one.start, one.end)}  {one.speaker}" for one in value.turns]
    elif isinstance(value, Chapters):
        rows = [f"  {_clock(one.start)}  {one.title}" for one in value.marks]
    more = len(rows) - SHOWN_ROWS
    if more > 0:
        rows = [*rows[:SHOWN_ROWS], "  " + say(language, "more", count=more, handle=handle)]
    return "\n".join(rows) or empty


def _transcript(value: Transcript, handle: str, language: str) -> str:
    if not value.segments:
        return say(language, "no_words")
    lines = (
        f"{segment.speaker}: {segment.text.strip()}" if segment.speaker else segment.text.strip()
        for segment in value.segments
    )
    shown = _shortened("\n".join(lines), handle, language)
    return f"{shown}\n\n{say(language, 'language', language=value.language)}"


def _shortened(text: str, handle: str, language: str) -> str:
    shown = text[:SHOWN_CHARACTERS]
    if len(shown) < len(text):
        rest = len(text) - len(shown)
        shown += "\n" + say(language, "more", count=rest, handle=handle)
    return shown


def _number(value: float | int | str | None) -> str:
    if value is None:
        return "–"
    return (
        f"{value:.4g}"
        if isinstance(value, float) and abs(value) < 10
        else (f"{value:.1f}" if isinstance(value, float) else str(value))
    )


def _span(start: float, end: float) -> str:
    """Return when something is heard, in milliseconds when it is shorter than a tenth."""
    places = 1 if round(end - start, 3) >= 0.1 else 3
    return f"{_clock(start, places)}-{_clock(end, places)}"


def _clock(seconds: float, places: int = 1) -> str:
    minutes, rest = divmod(round(seconds, places), 60)
    hours, minutes = divmod(int(minutes), 60)
    start = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{start}:{rest:0{places + 3}.{places}f}"
