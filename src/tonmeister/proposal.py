"""What would be done for a request, what it costs, and what must be agreed to before it runs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from tonmeister.artifacts import Artifact
from tonmeister.assign import Assignment
from tonmeister.delivery import Destination
from tonmeister.ledger.history import Turn
from tonmeister.plan import Plan
from tonmeister.planner.answers import Answer, Request
from tonmeister.planner.wording import summary_of
from tonmeister.production import Studio
from tonmeister.reply import Reply, as_typed, duration_in_words
from tonmeister.toolspec import Tool
from tonmeister.wording import say

__all__ = [
    "Concern",
    "Confirm",
    "Held",
    "Proposal",
    "account_in",
    "held_back",
    "held_by",
    "weighed",
]


@dataclass(frozen=True, slots=True)
class Concern:
    """A reason to show a plan before it runs, with its price. Equal ones may differ in words.

    Attributes:
        kind: What is the matter: it takes long, much memory or a download; it replaces files; it
            takes on the voice of a person; the planner is not sure that this is what was meant.
        text: The reason, in the person's language.
        seconds: Estimated wall time.
        memory_mb: Memory of the largest model, in MiB.
        download_mb: What is downloaded, in MB.
        files: Files that are replaced.
    """

    kind: Literal["time", "memory", "download", "overwrite", "voice", "unsure"]
    text: str = field(compare=False)
    seconds: float = 0.0
    memory_mb: int = 0
    download_mb: float = 0.0
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A plan that waits in a turn of the conversation until it is agreed to.

    Attributes:
        request: The words it was made for.
        language: Language of these words.
        plan: What runs then.
        target: Where files go; None writes none.
        concerns: What was shown with it.
    """

    request: str
    language: str
    plan: Plan
    target: Destination | None
    concerns: tuple[Concern, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as the ledger keeps it."""
        target = self.target
        return {
            "request": self.request,
            "language": self.language,
            "plan": self.plan.model_dump(mode="json"),
            "target": target and [str(target.folder.absolute()), target.file, target.force],
            "concerns": [asdict(one) for one in self.concerns],
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be done for a request, before anything runs.

    Attributes:
        request: The request as the planner saw it.
        answer: A plan, a question, a decline, small talk or a command.
        assignments: Model, estimated seconds and memory of each step of a plan.
        planner: Which planner answered; "agreed" when the plan was held until now.
        turn_id: Turn of the conversation that waits for it.
        sure: Whether the planner is sure that this is what was meant.
        concerns: Why the plan should be seen before it runs; empty when it may just run.
        agreed: What was shown before and agreed to.
        moved: What was said of going elsewhere in the conversation first; empty without.
        left: Number of the turn the conversation stood at before that.
    """

    request: Request
    answer: Answer
    assignments: Mapping[str, Assignment]
    planner: str
    turn_id: int
    sure: bool = True
    concerns: tuple[Concern, ...] = ()
    agreed: Held | None = None
    moved: str = ""
    left: int | None = None

    @property
    def allows_download(self) -> bool:
        """Whether a download was among what was shown."""
        return any(one.kind == "download" for one in self.concerns)

    @property
    def replaced(self) -> frozenset[Path]:
        """The files that were shown as being replaced."""
        return frozenset(Path(file) for one in self.concerns for file in one.files)

    @property
    def unsettled(self) -> tuple[Concern, ...]:
        """What must still be agreed to: the concerns that have not been."""
        known = self.agreed.concerns if self.agreed else ()
        return tuple(one for one in self.concerns if one not in known)


Confirm = Callable[[Proposal], bool]
"""Shown a proposal with concerns; tells whether to go on."""


def account_in(proposal: Proposal, reply: Reply, target: Destination | None) -> dict[str, Any]:
    """Return what a turn's account says of agreement: the words it was for, the plan that waits.

    Args:
        proposal: What was proposed in the turn.
        reply: What came of it.
        target: Where files go, if any are written.
    """
    agreed, language = proposal.agreed, proposal.request.language
    words = agreed.request if agreed else proposal.request.text
    if reply.proposed is not None:
        held = Held(words, language, reply.proposed, target, proposal.concerns)
        return {"held": held.to_json()}
    return {"request": words} if agreed and reply.plan else {}


def held_by(turns: Iterable[Turn]) -> Held | None:
    """Return the plan that waits for agreement, if the latest turn shows one.

    Args:
        turns: Turns of the conversation, oldest first.
    """
    *_, latest = (None, *turns)
    kept: dict[str, Any] | None = (latest.answer or {}).get("held") if latest else None
    if not kept:
        return None
    target = kept["target"]
    return Held(
        request=kept["request"],
        language=kept["language"],
        plan=Plan.model_validate(kept["plan"]),
        target=Destination(Path(target[0]), *target[1:]) if target else None,
        concerns=tuple(map(_concern, kept["concerns"])),
    )


def _concern(kept: dict[str, Any]) -> Concern:
    return replace(Concern(**kept), files=tuple(kept["files"]))


def weighed(proposal: Proposal, studio: Studio, target: Destination | None) -> Proposal:
    """Return a proposal with what must be agreed to before it runs.

    Args:
        proposal: With a plan that is priced; any other comes back as it is.
        studio: Settings, tools and weights.
        target: Where files will go, if any are written.
    """
    plan, language = proposal.answer, proposal.request.language
    if not isinstance(plan, Plan):
        return proposal
    found = [*_costs(proposal.assignments, studio, language)]
    artifacts, tools = proposal.request.artifacts, studio.catalog.tools
    if target is not None and target.force:
        paths = studio.replaced(plan, artifacts, target)
        if paths:
            typed = ", ".join(str(as_typed(path)) for path in paths)
            text = say(language, "concern_overwrite", files=typed)
            found.append(Concern("overwrite", text, files=tuple(map(str, paths))))
    if any(_imitates(tools[step.tool], step.args) for step in plan.steps):
        names = dict.fromkeys(_voices(plan, tools, artifacts))
        found.append(Concern("voice", say(language, "concern_voice", of=", ".join(names))))
    if not proposal.sure:
        found.append(Concern("unsure", say(language, "concern_unsure")))
    return replace(proposal, concerns=tuple(found))


def held_back(proposal: Proposal, confirm: Confirm | None, studio: Studio) -> Reply | None:
    """Return the question, or that nothing is done; None when the plan may run.

    Args:
        proposal: With a plan and what must be agreed to.
        confirm: Asked when something has not been agreed to; None answers with the question.
        studio: Tells what the tools do, and which weights are here.

    Raises:
        ToolUnavailable: Weights are missing that are never downloaded; nothing needs asking then.
    """
    studio.check_weights(proposal.assignments)
    if not proposal.unsettled or (confirm is not None and confirm(proposal)):
        return None
    if confirm is None:
        return _question(proposal, studio)
    language = proposal.request.language
    return Reply("cancelled", say(language, "dropped"), language=language)


def _question(proposal: Proposal, studio: Studio) -> Reply:
    """Show a plan in words with the reasons to look at it, and say how to go on."""
    plan, language = proposal.answer, proposal.request.language
    assert isinstance(plan, Plan)  # noqa: S101 - only plans have concerns
    rows = [
        f"  {line}\n    {summary_of(step.tool, language, studio.catalog)}"
        for line, step in zip(plan.describe(), plan.steps, strict=True)
    ]
    reasons = [f"  {one.text}" for one in proposal.unsettled]
    text = "\n\n".join(
        [
            "\n".join([say(language, "would_do"), *rows]),
            "\n".join([say(language, "because"), *reasons]),
            say(language, "how_to_agree"),
        ]
    )
    return Reply("question", text, proposed=plan, language=language)


def _costs(
    assignments: Mapping[str, Assignment], studio: Studio, language: str
) -> Iterable[Concern]:
    settings = studio.settings
    seconds = sum(one.seconds for one in assignments.values())
    if seconds > settings.confirm_seconds:
        took = duration_in_words(seconds)
        yield Concern("time", say(language, "concern_time", time=took), seconds=seconds)
    memory = max((one.memory_mb for one in assignments.values()), default=0)
    if memory > settings.confirm_memory_mb:
        text = say(language, "concern_memory", memory=memory)
        yield Concern("memory", text, memory_mb=memory)
    missing = studio.missing(assignments)
    if missing and settings.pull == "ask":
        told = ", ".join(f"{one.name} ({one.size_mb:.0f} MB, {one.licence})" for one in missing)
        first = "".join(f" {one.access}" for one in missing if one.access)
        text = say(language, "concern_download", weights=told) + first
        yield Concern("download", text, download_mb=sum(one.size_mb for one in missing))


def _imitates(tool: Tool, args: Mapping[str, Any]) -> bool:
    """Tell whether a step takes on a voice; without consent it only refuses to."""
    return tool.imitates and ("consent" not in tool.parameters or bool(args.get("consent")))


def _voices(
    plan: Plan, tools: Mapping[str, Tool], artifacts: Mapping[str, Artifact]
) -> Iterable[str]:
    for step in plan.steps:
        if not tools[step.tool].imitates:
            continue
        for name, ref in step.refs():
            if name == "reference_audio":
                yield artifacts[ref.name].name if ref.name in artifacts else f"@{ref.name}"
