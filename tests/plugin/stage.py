"""Tools and models that act out what can happen to a step; a plug-in that workers find.

Gates are FIFOs: opening one waits for the other side, so steps meet without clocks.
"""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from tonmeister.artifacts import ChapterMark, Chapters, Later, Measurement, Noted, Text
from tonmeister.audio import Waveform
from tonmeister.errors import ToolFailed
from tonmeister.streaming import Audio
from tonmeister.testing import tone
from tonmeister.toolspec import Card, Range, model, tool


class Halves(NamedTuple):
    first: Audio
    second: Audio


class Recital(NamedTuple):
    speech: Audio
    chapters: Chapters


@tool(synthetic=True, suffix="recital")
def recite(text: Text | str) -> Recital:
    """Play a tone for each chapter of a text.

    Use it for a result, and a note, that are known only when another result has been stored.

    Args:
        text: A document.
    """
    book = Text.plain(text) if isinstance(text, str) else text
    marks: list[ChapterMark] = []

    def blocks() -> Iterator[Waveform]:
        for number, chapter in enumerate(book.chapters):
            marks.append(ChapterMark(2.0 * number, 2.0 * number + 2.0, chapter.title))
            yield tone(440.0 + 40.0 * number, 2.0)

    speech = Audio.from_blocks(
        blocks(), 16_000, 1, share_made=lambda: len(marks) / len(book.chapters)
    )
    later = Later(lambda: Chapters(tuple(marks), 2.0 * len(marks), book.title, book.author))
    result: tuple[Audio | Later, ...] = (speech, later)
    told = lambda: (f"Tones were played: {len(marks)}.",)  # noqa: E731
    return Noted(result, (), told)  # pyright: ignore[reportReturnType]


@tool(suffix="note", claims=("audible",))
def play_note(frequency_hz: Annotated[float, Range(20.0, 8000.0)], duration: float = 0.2) -> Audio:
    """Play a tone.

    Use it to begin a plan without a recording.

    Args:
        frequency_hz: Frequency in Hz.
        duration: Length in seconds.
    """
    return Audio.from_waveform(tone(frequency_hz, duration))


@tool(suffix="scaled")
def scale(audio: Audio, factor: float = 0.5, log: str | None = None) -> Audio:
    """Multiply samples.

    Use it as a cheap step; it writes down each time it truly runs.

    Args:
        audio: Any recording.
        factor: Factor.
        log: File that gets a line for each run.
    """
    if log is not None:
        with Path(log).open("a") as file:
            file.write("scale\n")
    return audio.map(lambda block: Waveform(block.samples * np.float32(factor), block.sample_rate))


@tool(synthetic=True, suffix="spoken")
def speak_tone(duration: float = 0.2) -> Audio:
    """Play a tone that passes for speech nobody spoke.

    Use it to begin a plan with something synthetic.

    Args:
        duration: Length in seconds.
    """
    return Audio.from_waveform(tone(440.0, duration))


@tool()
def play_live(gate: str, duration: float = 0.4) -> Audio:
    """Play a tone whose second half waits for a gate.

    Use it to see whether the first half is heard before the step is done.

    Args:
        gate: Gate that must be opened for the second half.
        duration: Length in seconds.
    """
    half = tone(440.0, duration / 2)

    def blocks() -> Iterator[Waveform]:
        yield half
        Path(gate).read_text()
        yield half

    return Audio.from_blocks(blocks(), half.sample_rate, 1)


@tool()
def split_parts(audio: Audio, count: int = 2) -> Mapping[str, Audio]:
    """Split a recording into parts of equal length.

    Use it for a step whose results are named when they are made.

    Args:
        audio: Any recording.
        count: How many parts.
    """
    length = audio.duration / count
    return {f"part_{one + 1}": audio.part(one * length, (one + 1) * length) for one in range(count)}


@tool()
def split_halves(audio: Audio) -> Halves:
    """Split a recording in the middle.

    Use it for a step with two results.

    Args:
        audio: Any recording.
    """
    middle = audio.duration / 2
    return Halves(audio.part(0.0, middle), audio.part(middle))


@tool()
def meet(audio: Audio, mine: str, theirs: str) -> Audio:
    """Wait until another step runs at the same time.

    Use it in pairs, with the gates exchanged.

    Args:
        audio: Any recording.
        mine: Gate this step opens.
        theirs: Gate the other step opens.
    """
    for gate in sorted([mine, theirs]):
        with Path(gate).open("w" if gate == mine else "r"):
            pass
    return audio


@tool(suffix="met")
def meet_twin(audio: Audio, gate: str) -> Audio:
    """Wait until the same step runs a second time, at the same time.

    Use it on two recordings, to see that both are worked on at once.

    Args:
        audio: Any recording.
        gate: Gate that both come to.
    """
    try:
        Path(f"{gate}.first").mkdir()
    except FileExistsError:
        Path(gate).write_text("met")
    else:
        Path(gate).read_text()
    return audio


@tool(synthetic=True, suffix="imitated")
def imitate(audio: Audio, consent: str) -> Audio:
    """Play a recording as if somebody else had, with consent.

    Use it for what needs somebody's words.

    Args:
        audio: Any recording.
        consent: The words in which they agree.
    """
    return audio


@tool(suffix="sprinkled")
def sprinkle(audio: Audio, seed: int = 7) -> Audio:
    """Add noise.

    Use it for what is left to chance.

    Args:
        audio: Any recording.
        seed: Decides the noise.
    """
    chance = np.random.default_rng(seed)

    def noisy(block: Waveform) -> Waveform:
        noise = chance.normal(0.0, 0.01, block.samples.shape).astype(np.float32)
        return Waveform(block.samples + noise, block.sample_rate)

    return audio.map(noisy)


@tool()
def hang(audio: Audio, gate: str) -> Audio:
    """Begin and never end.

    Use it for what has to be stopped.

    Args:
        audio: Any recording.
        gate: Gate that is opened when the step has begun.
    """
    with Path(gate).open("w") as file:
        file.write(str(os.getpid()))
    signal.pause()
    return audio


@tool()
def fall(audio: Audio, mark: str) -> Audio:
    """Lose the worker, the first time only.

    Use it for a worker that dies.

    Args:
        audio: Any recording.
        mark: File that remembers the fall; "always" forgets it.
    """
    if mark == "always" or not Path(mark).exists():
        if mark != "always":
            Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return audio


@tool()
def break_down(audio: Audio, kind: str = "typed") -> Audio:
    """Fail.

    Use it for steps that fail.

    Args:
        audio: Any recording.
        kind: "typed", "untyped" or "memory".
    """
    if kind == "typed":
        raise ToolFailed("The string broke.", tool="break_down", hint="Put on a new one.")
    if kind == "memory":
        raise MemoryError
    raise ValueError("unexpected\nsecond line")


@tool()
def spoil(audio: Audio) -> Audio:
    """Make invalid samples.

    Use it for results that must not pass unseen.

    Args:
        audio: Any recording.
    """

    def bad(block: Waveform) -> Waveform:
        samples = block.samples.copy()
        samples[:, :3] = np.nan
        return Waveform(samples, block.sample_rate)

    return audio.map(bad)


@tool()
def who_works(audio: Audio) -> Measurement:
    """Tell which worker does this step.

    Use it to look at workers.

    Args:
        audio: Any recording.
    """
    return Measurement({"pid": os.getpid()})


@tool()
def chatter(audio: Audio) -> Audio:
    """Print while working.

    Use it to see where prints go.

    Args:
        audio: Any recording.
    """
    print("hello")
    os.write(1, b"bytes\n")
    return audio


@tool(needs_model=True, suffix="coloured", claims=("duration_kept",))
def colour(audio: Audio, language: str | None = None) -> Audio:
    """Colour a sound.

    Use it for steps that several models can do.

    Args:
        audio: Any recording.
        language: Not used.
    """
    raise NotImplementedError


@tool(suffix="polished")
def polish(audio: Audio) -> Audio:
    """Polish a sound.

    Use it for a tool whose own work stands in for its model.

    Args:
        audio: Any recording.
    """
    return audio


def _card(name: str, quality: int, **fields: object) -> Card:
    facts = {"licence": "CC0-1.0", "checkpoint": None, "memory_mb": 300, "speed": 0.1, **fields}
    return Card(name=name, quality=quality, **facts)  # type: ignore[arg-type]


class _Painter:
    def load(self, weights: Path | None, threads: int) -> None:
        """Need no weights."""


@model(colour, card=_card("bright", 90, speed=0.9))
class Bright(_Painter):
    def __call__(self, audio: Audio, language: str | None) -> Audio:
        raise ToolFailed("The lamp went out.", tool="colour")


@model(colour, card=_card("plain", 50))
class Plain(_Painter):
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, audio: Audio, language: str | None) -> Audio | Noted:
        self.calls += 1
        return Noted(audio, (f"It is a plain colour, number {self.calls}.",))


@model(polish, card=_card("buffer", 50))
class Buffer(_Painter):
    def __call__(self, audio: Audio) -> Audio:
        raise ToolFailed("The cloth tore.", tool="polish")


@model(polish, card=_card("wax", 10))
class Wax(_Painter):
    on_progress: Callable[[float], None]

    def __init__(self) -> None:
        self.on_progress = lambda _: None

    def __call__(self, audio: Audio) -> Audio:
        self.on_progress(0.625)
        return audio


@tool(suffix="sanded")
def sand(audio: Audio) -> Audio:
    """Sand a sound.

    Use it for a tool whose only model fails.

    Args:
        audio: Any recording.
    """
    return audio


@model(sand, card=_card("paper", 50))
class Paper(_Painter):
    def __call__(self, audio: Audio) -> Audio:
        raise ToolFailed("The paper wore off.", tool="sand")


@tool()
def crack(audio: Audio) -> Audio:
    """Crack a sound.

    Use it for a tool whose own work fails where its model does not.

    Args:
        audio: Any recording.
    """
    raise ToolFailed("The body cracked.", tool="crack")


@model(crack, card=_card("glue", 50))
class Glue(_Painter):
    def __call__(self, audio: Audio) -> Audio:
        return audio


@model(crack, card=_card("tape", 40))
class Tape(_Painter):
    def __call__(self, audio: Audio) -> Audio:
        return audio
