"""Public doubles for tests of Tonmeister and of its plug-ins, and the rules every plug-in keeps.

for rule in TOOL_RULES: check_tool(my_tool, rule, arguments={"gain_db": 3.0})
for rule in MODEL_RULES: check_model(my_model, rule, weights)
"""
# ruff: noqa: S101 - rules are checked by assertions

import ast
import gc
import hashlib
import importlib.util
import re
import tempfile
import weakref
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.artifacts import (
    ChapterMark,
    Chapters,
    File,
    Kind,
    Later,
    Measurement,
    Noted,
    Region,
    Segment,
    SoundEvent,
    SoundEvents,
    SpeakerTurn,
    SpeakerTurns,
    SpeechRegions,
    Text,
    Transcript,
    kind_of,
    to_json,
)
from tonmeister.audio import Waveform
from tonmeister.config import Settings
from tonmeister.errors import LLMError, TonmeisterError, ToolInputError
from tonmeister.execution.executor import (
    Inbox,
    Task,
    TaskDone,
    TaskFailed,
    TaskProgress,
    TaskSound,
)
from tonmeister.execution.worker import Worker
from tonmeister.llm.client import Completion, Message
from tonmeister.plan import Plan
from tonmeister.planner.answers import Answer, Request
from tonmeister.registry import GROUP, Catalog
from tonmeister.streaming import Audio, write_pcm
from tonmeister.toolspec import OPEN, Card, Model, Parameter, Tool

__all__ = [
    "MODEL_RULES",
    "TOOL_RULES",
    "InlineExecutor",
    "ScriptedLLM",
    "ScriptedPlanner",
    "check_model",
    "check_tool",
    "install_plugin",
    "loaded",
    "tone",
]

# Packages that take long to import; tools and models do so when they are called or loaded.
HEAVY = frozenset(
    {
        *("av", "ctranslate2", "faster_whisper", "matplotlib", "onnxruntime", "pydantic"),
        *("scipy", "soundfile", "soxr", "sqlalchemy", "tensorflow", "torch", "transformers"),
    }
)


class ScriptedLLM:
    """Answers like a chat client, from a list.

    Args:
        answers: Its answers, in order; an error among them is raised.

    Attributes:
        prompts: The messages of every call so far.
        grammars: The grammar of every call so far.
        schemas: The JSON schema of every call so far.
    """

    def __init__(self, answers: Sequence[str | LLMError]) -> None:
        self.prompts: list[list[Message]] = []
        self.grammars: list[str | None] = []
        self.schemas: list[Mapping[str, Any] | None] = []
        self._answers = list(answers)

    def complete(
        self,
        messages: Sequence[Message],
        *,
        grammar: str | None = None,
        json_schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
    ) -> Completion:
        """Return the next answer.

        Args:
            messages: The conversation so far.
            grammar: Kept in ``grammars``.
            json_schema: Kept in ``schemas``.
            max_tokens: Not used.

        Raises:
            LLMError: It is the next answer, or there is none left.
        """
        self.prompts.append(list(messages))
        self.grammars.append(grammar)
        self.schemas.append(json_schema)
        if not self._answers:
            raise LLMError("The scripted language model has no answer left.", hint="Give it more.")
        answer = self._answers.pop(0)
        if isinstance(answer, LLMError):
            raise answer
        words = sum(len(message["content"].split()) for message in messages)
        return Completion(answer, words, len(answer.split()), 0.0, "stop")


class ScriptedPlanner:
    """Answers requests from a list.

    Args:
        answers: Its answers, in order; None leaves the request to the next planner.
        repairs: What it answers when a plan has problems, in order; then None.

    Attributes:
        name: "scripted".
        answers: The answers still to come.
        repairs: The repairs still to come.
        requests: Every request so far.
        problems: What was wrong with each plan that was to be repaired.
    """

    name = "scripted"

    def __init__(
        self, answers: Sequence[Answer | None], repairs: Sequence[Answer | None] = ()
    ) -> None:
        self.requests: list[Request] = []
        self.problems: list[Sequence[str]] = []
        self.answers = list(answers)
        self.repairs = list(repairs)

    def plan(self, request: Request, catalog: Catalog) -> Answer | None:
        """Return the next answer, or None when there is none left."""
        self.requests.append(request)
        return self.answers.pop(0) if self.answers else None

    def repair(
        self, request: Request, catalog: Catalog, plan: Plan, problems: Sequence[str]
    ) -> Answer | None:
        """Return the next repair, or None when there is none left."""
        self.problems.append(problems)
        return self.repairs.pop(0) if self.repairs else None


class InlineExecutor:
    """Runs each task at once in the calling thread, without a worker process.

    Args:
        settings: Folders and limits.
        catalog: Tools and models; by default all that are installed.
    """

    def __init__(self, settings: Settings, catalog: Catalog | None = None) -> None:
        self._budget_mb = settings.memory_budget_mb
        self._worker = Worker(
            settings.home, settings.weights, settings.threads, settings.max_duration, catalog
        )

    def start(self) -> None:
        """Be ready; there is nothing to start."""

    def capacity(self) -> int:
        """Return 1: one task at a time."""
        return 1

    def submit(self, task: Task, inbox: Inbox) -> None:
        """Run a task to its end.

        Args:
            task: What to do.
            inbox: Called with every message about the task, before this returns.
        """

        def on_progress(fraction: float) -> None:
            inbox(TaskProgress(task.id, fraction))

        def on_sound(sound: Waveform) -> None:
            inbox(TaskSound(task.id, sound))

        try:
            outputs, notes = self._worker.run(
                task.to_dict(), self._budget_mb, on_progress, on_sound
            )
        except TonmeisterError as error:
            inbox(TaskFailed(task.id, error))
        else:
            inbox(TaskDone(task.id, outputs, notes, 0.0))

    def cancel(self, task_id: str) -> None:
        """Do nothing: no task is under way when this can be called."""

    def stop(self) -> None:
        """Give the worker's scratch folder back."""
        self._worker.close()


def tone(
    frequency_hz: float = 440.0,
    duration: float = 1.0,
    sample_rate: int = 16_000,
    num_channels: int = 1,
    *,
    amplitude: float = 0.5,
) -> Waveform:
    """Make a sine tone, the same on every channel.

    Args:
        frequency_hz: Its frequency in Hz.
        duration: Its length in seconds.
        sample_rate: Its rate in Hz.
        num_channels: Number of channels.
        amplitude: Its peak, 1.0 being full scale.
    """
    times = np.arange(round(duration * sample_rate)) / sample_rate
    samples = amplitude * np.sin(2 * np.pi * frequency_hz * times)
    return Waveform(np.tile(samples.astype(np.float32), (num_channels, 1)), sample_rate)


def install_plugin(folder: Path, name: str, modules: Mapping[str, str]) -> None:
    """Make modules known as a plug-in to whoever has a folder on its module path.

    It writes what an installer would: the metadata of a distribution with its entry points. Put
    the folder on ``PYTHONPATH``, so that workers find it too.

    Args:
        folder: The folder.
        name: Name of the distribution.
        modules: Module by name of the entry point.
    """
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir(parents=True)
    header = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    (metadata / "METADATA").write_text(header, encoding="utf-8")
    points = "".join(f"{point} = {module}\n" for point, module in modules.items())
    (metadata / "entry_points.txt").write_text(f"[{GROUP}]\n{points}", encoding="utf-8")


def check_tool(tool: Tool, rule: str, *, arguments: Mapping[str, Any] | None = None) -> None:
    """Check one rule that every tool keeps.

    Args:
        tool: The tool.
        rule: One of ``TOOL_RULES``.
        arguments: Values of required parameters that take no artifact and no choice.

    Raises:
        AssertionError: It does not keep the rule.
    """
    if rule in _SOUNDS:
        if not tool.needs_model:
            _check_call(tool, tool.body, None, rule, arguments or {})
    else:
        _OF_TOOLS[rule](tool)


def check_model(
    model: Model,
    rule: str,
    tool: Tool,
    weights: Path | None,
    *,
    adapter: Any = None,
    arguments: Mapping[str, Any] | None = None,
) -> None:
    """Check one rule that every model keeps.

    Args:
        model: The model.
        rule: One of ``MODEL_RULES``.
        tool: The tool it serves.
        weights: Folder of its weights; None without any.
        adapter: From ``loaded``, to be used for several rules; by default it is loaded anew.
        arguments: Values of required parameters that take no artifact and no choice.

    Raises:
        AssertionError: It does not keep the rule.
    """
    if rule in _SOUNDS:
        adapter = loaded(model, weights) if adapter is None else adapter
        _check_call(tool, adapter, model.card, rule, arguments or {})
    elif rule == "lets go":
        _check_lets_go(model, weights)
    else:
        _OF_MODELS[rule](model)


def loaded(model: Model, weights: Path | None, *, threads: int = 2) -> Any:
    """Load a model as a worker does.

    Args:
        model: The model.
        weights: Folder of its weights; None without any.
        threads: CPU threads it may use.
    """
    adapter = model.adapter()
    adapter.load(weights, threads)
    return adapter


def _check_light_import(spec: Tool | Model) -> None:
    found = importlib.util.find_spec(spec.source)
    assert found is not None and found.origin is not None, f"{spec.source} is no file"
    tree = ast.parse(Path(found.origin).read_text(encoding="utf-8"))
    heavy = {name for name in _imported_at_top(tree.body) if name in HEAVY}
    assert not heavy, f"{spec.source} imports {', '.join(sorted(heavy))} before it is used"


def _imported_at_top(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            yield from _imported_at_top([*node.body, *node.orelse])


def _check_described(tool: Tool) -> None:
    assert tool.summary.endswith("."), "the first line of the docstring is a sentence"
    assert tool.description, "the second paragraph says when to use it"
    for parameter in tool.parameters.values():
        assert parameter.description.endswith("."), f"{parameter.name} is described by a sentence"
    for parameter in tool.parameters.values():
        if parameter.type == "choice" and not parameter.required:
            assert parameter.default in parameter.choices, f"default of {parameter.name}"
    assert tool.outputs, "it gives something"


def _check_named(tool: Tool) -> None:
    assert tool.name.islower() and tool.name.isidentifier(), "a name is a verb in lower case"
    assert not tool.suffix or tool.suffix.replace("-", "").isalnum(), "a suffix fits a file name"


def _check_card(model: Model) -> None:
    card = model.card
    assert card.licence, "the licence is stated"
    assert card.memory_mb > 0 and card.speed > 0.0, "memory and speed were measured"
    assert card.checkpoint is None or card.checkpoint.files, "every file has its sha256"
    assert card.checkpoint is None or card.checkpoint.licence, "the weights have a licence"
    assert not card.packages or card.extra, "an extra brings the packages it needs"


def _check_lets_go(model: Model, weights: Path | None) -> None:
    adapter = loaded(model, weights)
    trace = weakref.ref(adapter)
    del adapter
    gc.collect()
    assert trace() is None, "a model that is let go is gone"


def _noise(duration: float, sample_rate: int, num_channels: int) -> Waveform:
    generator = np.random.default_rng(7)
    samples = generator.normal(0.0, 0.1, (num_channels, round(duration * sample_rate)))
    return Waveform(samples.astype(np.float32), sample_rate)


_SOUNDS: Mapping[str, Callable[[], Waveform]] = {
    "mono": lambda: tone(440.0, 2.0, 44_100),
    "stereo": lambda: _noise(2.0, 48_000, 2),
    "silence": lambda: Waveform(np.zeros((1, 32_000), np.float32), 16_000),
    "50 ms": lambda: tone(440.0, 0.05, 16_000),
    "8 kHz": lambda: tone(440.0, 2.0, 8_000),
    "longer than a block": lambda: _noise(35.0, 8_000, 1),
}


def _check_call(
    tool: Tool, body: Callable[..., Any], card: Card | None, rule: str, given: Mapping[str, Any]
) -> None:
    """Call it as a worker does: a valid result or a typed error, and nothing else is changed."""
    waveform = _SOUNDS[rule]()
    with tempfile.TemporaryDirectory() as name, _state_kept():
        folder = Path(name)
        recording = folder / "input.wav"
        write_pcm(Audio.from_waveform(waveform), recording)
        before = hashlib.sha256(recording.read_bytes()).digest()
        source = Audio.from_file(recording)
        if card is not None:
            source = _converted(source, card, folder)
        arguments = _arguments(tool, source, given)
        if tool.folder:
            arguments[tool.folder] = folder
        try:
            _check_results(tool, body(**arguments), folder)
        except TonmeisterError as error:
            # Tones and noise are nobody's voice: tools that need one say so.
            speechless = isinstance(error, ToolInputError) and "speech" in error.message
            assert str(error) and (speechless or rule in ("silence", "50 ms")), f"{rule}: {error}"
        assert hashlib.sha256(recording.read_bytes()).digest() == before, "its input is unchanged"


@contextmanager
def _state_kept() -> Generator[None]:
    seed, errors, place = str(np.random.get_state()), np.geterr(), Path.cwd()
    yield
    assert str(np.random.get_state()) == seed, "it leaves the global seed alone"
    assert np.geterr() == errors and Path.cwd() == place, "it leaves global state alone"


def _converted(audio: Audio, card: Card, folder: Path) -> Audio:
    converted = audio.converted(card.sample_rate, card.num_channels)
    if converted is audio:
        return audio
    write_pcm(converted, folder / "converted.wav")
    return Audio.from_file(folder / "converted.wav")


def _arguments(tool: Tool, audio: Audio, given: Mapping[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for name, parameter in tool.parameters.items():
        if name in given:
            arguments[name] = given[name]
        elif not parameter.required:
            arguments[name] = parameter.default
        else:
            arguments[name] = _example(parameter, audio)
    return arguments


def _example(parameter: Parameter, audio: Audio) -> Any:
    if Kind.AUDIO in parameter.kinds:
        return [audio, audio] if parameter.many else audio
    if parameter.type == "artifact":
        return _structured(parameter.kinds, audio)
    if parameter.type == "text":
        return "Good morning."
    assert parameter.type == "choice", f"an example of '{parameter.name}' must be given"
    return parameter.choices[0]


def _structured(kinds: frozenset[Kind], audio: Audio) -> Any:
    duration, end = audio.duration, min(1.0, audio.duration)
    examples: Mapping[Kind, Any] = {
        Kind.TRANSCRIPT: Transcript("en", (Segment(0.0, end, "Good morning."),), duration),
        Kind.TURNS: SpeakerTurns((SpeakerTurn(0.0, end, "SPEAKER_00"),), duration),
        Kind.TEXT: Text.plain("Good morning.", "en"),
        Kind.CHAPTERS: Chapters((ChapterMark(0.0, duration, "All of it"),), duration),
        Kind.SPEECH: SpeechRegions((Region(0.0, end),), duration),
        Kind.EVENTS: SoundEvents((SoundEvent(0.0, end, "Speech", 0.9),), duration),
    }
    return next(example for kind, example in examples.items() if kind in kinds)


def _check_results(tool: Tool, result: Any, folder: Path) -> None:
    result = result.value if isinstance(result, Noted) else result
    several = result if isinstance(result, tuple) else (result,)
    named = result if isinstance(result, dict) else dict(zip(tool.outputs, several, strict=True))
    values: Mapping[str, Any] = named
    for output, made in values.items():
        value = made.make() if isinstance(made, Later) else made
        promised = tool.outputs.get(OPEN) or tool.outputs[output]
        assert kind_of(type(value)) is promised, f"{output} is what was promised"
        assert re.fullmatch(r"[a-z][a-z0-9_]*", output), f"a plan can name {output}"
        if isinstance(value, Audio):
            written = write_pcm(value, folder / f"{output}.wav")
            assert written.num_bad_samples == 0, "no sample is invalid"
        elif isinstance(value, File):
            assert value.path.stat().st_size > 0, "the file is not empty"
        else:
            assert to_json(value), "it can be kept"
        if isinstance(value, Measurement):
            numbers = [one for one in value.values.values() if isinstance(one, float)]
            assert np.isfinite(numbers).all(), "what cannot be measured is None"


_OF_TOOLS: Mapping[str, Callable[[Tool], None]] = {
    "light import": _check_light_import,
    "described": _check_described,
    "named": _check_named,
}
_OF_MODELS: Mapping[str, Callable[[Model], None]] = {
    "light import": _check_light_import,
    "card": _check_card,
}
TOOL_RULES = (*_OF_TOOLS, *_SOUNDS)
MODEL_RULES = (*_OF_MODELS, "lets go", *_SOUNDS)
