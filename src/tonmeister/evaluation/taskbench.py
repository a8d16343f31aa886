"""TaskBench's multimedia requests, with its tools mapped to ours where that can be done.

Shen et al., TaskBench: Benchmarking Large Language Models for Task Automation, NeurIPS 2024. The
original evaluator leaves out answers it cannot read and does not punish invented tools. Here both
are errors: every gold node, edge and argument of such a request counts as missing.
"""

import json
import re
import statistics
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tonmeister.artifacts import Artifact, Kind
from tonmeister.errors import ConfigError, TonmeisterError
from tonmeister.evaluation.planning.answers import kind_of_answer, told
from tonmeister.evaluation.planning.comparison import Counts
from tonmeister.events import ignored
from tonmeister.plan import Plan, parse_ref
from tonmeister.planner.answers import Answer, Request
from tonmeister.planner.choice import Planners, language_of
from tonmeister.planner.matching import assigned
from tonmeister.session import FILE_NAME

__all__ = ["Mapped", "Sample", "Scored", "load_mapped", "load_samples", "results_of", "scored"]

MEANING = {
    "requests": "requests",
    "node_f1": "tasks, each as often as it is asked for; several of our tools may do one task",
    "edge_f1": "which task feeds which",
    "argument_f1": "values of the tasks that state some: texts, files, results of other tasks",
    "errors": "requests that ended in an error, invented tools and unreadable answers among them",
    "refused": "requests that were declined, or asked about",
    "seconds_median": "wall time of a request in seconds, median",
}
NOTES = (
    "Invented tools and unparsable answers count as errors: all that was wanted is missing.",
    "Tasks that no tool of ours does count as missing, too; the group 'possible' has the requests "
    "all of whose tasks are mapped.",
    "A video is transcribed here without a step that extracts its sound, which counts as missing.",
    "Published for the whole multimedia set: GPT-4 90.9 node F1 and 69.3 edge F1, gpt-3.5-turbo "
    "72.8 and 44.0, with the original evaluator and its own tools.",
)
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("wav", "mp3", "flac", "m4a", "ogg"), Kind.AUDIO),
    **dict.fromkeys(("mp4", "avi", "mov", "mkv"), Kind.VIDEO),
    **dict.fromkeys(("jpg", "jpeg", "png"), Kind.IMAGE),
    **dict.fromkeys(("txt", "md", "pdf"), Kind.DOCUMENT),
}
_FILE = re.compile(rf"([\w-]+)\.({'|'.join(KINDS)})\b", re.IGNORECASE)
_NODE = re.compile(r"<.*?node-(\d+)>")


@dataclass(frozen=True, slots=True)
class Mapped:
    """How foreign tasks are done here.

    Attributes:
        tools: Names of our tools that do a task, by its name.
        unmapped: Why no tool does a task, by its name.
    """

    tools: Mapping[str, tuple[str, ...]]
    unmapped: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """One request of TaskBench.

    Attributes:
        id: Its id.
        text: What is said.
        shape: "single", "chain" or "dag".
        tasks: Names of the tasks that are right, in order.
        arguments: Their values; None where none are stated.
        links: Names of the tasks at both ends of each edge.
    """

    id: str
    text: str
    shape: str
    tasks: tuple[str, ...]
    arguments: tuple[tuple[str, ...] | None, ...]
    links: tuple[tuple[str, str], ...]

    def request(self) -> Request:
        """Return it as a request with the files that it names at hand."""
        artifacts: dict[str, Artifact] = {}
        for name, ending in dict.fromkeys(_FILE.findall(self.text)):
            handle = f"a{len(artifacts) + 1}"
            kind = KINDS[ending.lower()]
            timed = kind in (Kind.AUDIO, Kind.VIDEO)
            facts = {"duration": 60.0} if timed else {}
            artifacts[handle] = Artifact(f"id-{handle}", kind, handle, "", 1, name, facts)
        language = language_of(FILE_NAME.sub(" ", self.text))
        return Request(self.text, tuple(artifacts), artifacts, (), language)


@dataclass(frozen=True, slots=True)
class Scored:
    """The result of one request.

    Attributes:
        sample: The request.
        possible: Whether all of its tasks are mapped.
        kind: "plan", "question", "decline", "chat", a command, or "error".
        said: The plan's calls, or the words of another answer or of the error.
        planner: Who answered.
        seconds: Wall time.
        nodes: Tasks.
        edges: Which task feeds which.
        arguments: Values.
    """

    sample: Sample
    possible: bool
    kind: str
    said: str
    planner: str
    seconds: float
    nodes: Counts
    edges: Counts
    arguments: Counts

    @property
    def right(self) -> bool:
        """Whether every task and every edge is there, and nothing else."""
        faults = [one.missing + one.extra for one in (self.nodes, self.edges)]
        return self.kind == "plan" and not any(faults)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        tasks = [
            f"{task}({', '.join(self.sample.arguments[at] or ())})"
            for at, task in enumerate(self.sample.tasks)
        ]
        return {
            "key": self.sample.id,
            "family": self.sample.shape,
            "language": "en",
            "request": self.sample.text,
            "wanted": [" ; ".join(tasks)],
            "kind": self.kind,
            "said": self.said,
            "planner": self.planner,
            "right": self.right,
            "seconds": round(self.seconds, 4),
            "possible": self.possible,
        }


def load_mapped() -> Mapped:
    """Read how foreign tasks are done here."""
    path = Path(__file__).with_suffix(".toml")
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    tools = {task: tuple(names) for task, names in content["tools"].items()}
    return Mapped(tools, content["unmapped"])


def load_samples(folder: Path) -> list[Sample]:
    """Read requests in TaskBench's form: one JSON object in each line.

    Args:
        folder: With ``data.json`` of TaskBench's ``data_multimedia``, or files ``*.jsonl``.

    Raises:
        ConfigError: There are no such files, or a line is none.
    """
    paths = sorted([*folder.glob("*.jsonl"), *folder.glob("data.json")])
    if not paths:
        raise ConfigError(
            f"{folder} has neither data.json nor *.jsonl.",
            hint="Download taskbench/data_multimedia of github.com/microsoft/JARVIS.",
        )
    samples: list[Sample] = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                samples += [_sample(json.loads(line))] if line.strip() else []
            except (ValueError, KeyError, TypeError) as error:
                message = f"{path.name}, line {number} is no request of TaskBench: {error!r}."
                raise ConfigError(message) from error
    return samples


def _sample(fields: Mapping[str, Any]) -> Sample:
    nodes = fields["task_nodes"]
    stated = [node.get("arguments") for node in nodes]
    return Sample(
        id=str(fields["id"]),
        text=str(fields["user_request"]),
        shape=str(fields.get("type", "")),
        tasks=tuple(str(node["task"]) for node in nodes),
        arguments=tuple(None if one is None else tuple(map(_plain, one)) for one in stated),
        links=tuple((str(one["source"]), str(one["target"])) for one in fields["task_links"]),
    )


def _plain(value: Any) -> str:
    """Return a value as it is compared."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    node = _NODE.fullmatch(text.strip())
    return f"<node-{node[1]}>" if node else " ".join(text.split()).casefold()


def scored(
    samples: Iterable[Sample],
    planners: Planners,
    mapped: Mapped,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Scored]:
    """Plan every request and score the answer.

    Args:
        samples: The requests.
        planners: Who is asked.
        mapped: How their tasks are done here.
        clock: Gives the time in seconds.
    """
    for _ in planners.in_order(ignored):
        pass
    for sample in samples:
        request, began = sample.request(), clock()
        answer: Answer | None = None
        error: TonmeisterError | None = None
        planner = ""
        try:
            answer, planner, _ = planners.answer(request, ignored)
        except TonmeisterError as caught:
            error = caught
        seconds = clock() - began
        plan = answer if isinstance(answer, Plan) else None
        nodes, edges, arguments = _counts(sample, plan, request.artifacts, mapped)
        possible = all(task in mapped.tools for task in sample.tasks)
        kind, said = kind_of_answer(answer), told(answer, error)
        yield Scored(sample, possible, kind, said, planner, seconds, nodes, edges, arguments)


def _counts(
    sample: Sample, plan: Plan | None, artifacts: Mapping[str, Artifact], mapped: Mapped
) -> tuple[Counts, Counts, Counts]:
    stated = sum(len(set(values)) for values in sample.arguments if values)
    if plan is None:
        edges = Counts(missing=len(sample.links))
        return Counts(missing=len(sample.tasks)), edges, Counts(missing=stated)
    places = _places(sample, plan, mapped)
    done = set(places.values())
    extra = sum(step.id not in places for step in plan.steps)
    nodes = Counts(len(done), len(sample.tasks) - len(done), extra)
    return nodes, _edge_counts(sample, plan, places), _values(sample, plan, places, artifacts)


def _places(sample: Sample, plan: Plan, mapped: Mapped) -> dict[str, int]:
    """Return which task each step does: one task each, and then those beside it that share it."""
    able = {
        step.id: [
            at for at, task in enumerate(sample.tasks) if step.tool in mapped.tools.get(task, ())
        ]
        for step in plan.steps
    }
    steps = list(able)
    places = {steps[row]: at for row, at in assigned(list(able.values())).items()}
    feeds = [(ref.name, step.id) for step in plan.steps for _, ref in step.refs()]
    for source, target in [*feeds, *((two, one) for one, two in reversed(feeds))]:
        if source in places and target in able and target not in places:
            at = places[source]
            if at in able[target]:
                places[target] = at
    return places


def _edge_counts(sample: Sample, plan: Plan, places: Mapping[str, int]) -> Counts:
    steps = {step.id for step in plan.steps}
    given: set[tuple[str | int, str | int]] = set()
    for step in plan.steps:
        for _, ref in step.refs():
            source, target = places.get(ref.name, ref.name), places.get(step.id, step.id)
            if ref.name in steps and source != target:
                given.add((source, target))
    named = Counter(
        tuple(sample.tasks[end] if isinstance(end, int) else f"@{end}" for end in edge)
        for edge in given
    )
    wanted: Counter[tuple[str, ...]] = Counter(sample.links)
    right = sum((named & wanted).values())
    return Counts(right, wanted.total() - right, named.total() - right)


def _values(
    sample: Sample, plan: Plan, places: Mapping[str, int], artifacts: Mapping[str, Artifact]
) -> Counts:
    """Compare the values of tasks that state some; those of our tools, by what they stand for."""
    given: dict[int, set[str]] = {}
    for step in plan.steps:
        at = places.get(step.id)
        if at is None:
            continue
        for value in step.args.values():
            for one in value if isinstance(value, list) else [value]:
                ref = parse_ref(one)
                if ref is None:
                    given.setdefault(at, set()).add(_plain(one))
                elif ref.name in artifacts:
                    given.setdefault(at, set()).add(artifacts[ref.name].name.casefold())
                elif places.get(ref.name, at) != at:
                    given.setdefault(at, set()).add(f"<node-{places[ref.name]}>")
    total = Counts()
    for at, values in enumerate(sample.arguments):
        if values is not None:
            wanted = {_FILE.sub(lambda match: match[1], value) for value in values}
            found = given.get(at, set())
            right = len(wanted & found)
            total += Counts(right, len(wanted) - right, len(found) - right)
    return total


def results_of(answers: Sequence[Scored], mapped: Mapped, wanted: int) -> dict[str, Any]:
    """Return the results as JSON-able values.

    Args:
        answers: The results of the requests.
        mapped: How their tasks are done here.
        wanted: How many requests were to be planned.
    """
    parts: dict[str, dict[str, list[Scored]]] = {"possible": {}, "shape": {}}
    for one in answers:
        parts["possible"].setdefault("yes" if one.possible else "no", []).append(one)
        parts["shape"].setdefault(one.sample.shape, []).append(one)
    met = Counter(task for one in answers for task in one.sample.tasks)
    lost = [
        f"{task} ({n}): {mapped.unmapped.get(task, 'a task that TaskBench does not list')}"
        for task, n in met.most_common()
        if task not in mapped.tools
    ]
    return {
        "complete": len(answers) == wanted,
        "scores": _scores(answers),
        "meaning": MEANING,
        "notes": [*NOTES, f"Not mapped: {'; '.join(lost) or 'none'}."],
        "groups": {
            title: {name: _scores(members) for name, members in sorted(part.items())}
            for title, part in parts.items()
        },
        "results": [one.to_dict() for one in answers],
    }


def _scores(answers: Sequence[Scored]) -> dict[str, float | int | None]:
    return {
        "requests": len(answers),
        "node_f1": sum((one.nodes for one in answers), Counts()).f1,
        "edge_f1": sum((one.edges for one in answers), Counts()).f1,
        "argument_f1": sum((one.arguments for one in answers), Counts()).f1,
        "errors": sum(one.kind == "error" for one in answers),
        "refused": sum(one.kind in ("decline", "question") for one in answers),
        "seconds_median": statistics.median(one.seconds for one in answers) if answers else None,
    }
