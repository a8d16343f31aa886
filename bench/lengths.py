"""Length: whether the tools for sounds, effects and mending need more memory for more sound."""

from collections.abc import Iterator, Mapping
from typing import Any

from bench.figures import Figure, Goal, measured
from bench.sounds import field_recording
from bench.studio import Bench
from tonmeister.models.kemar import KEMAR
from tonmeister.models.sound_recordings import SOUND_LIBRARY
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.models.spleeter import SPLEETER
from tonmeister.models.yamnet import YAMNET

__all__ = ["measure"]

GOAL = Goal("<", 1.15)
_A = {"audio": "@a1"}
_BARKS = "How many times does the dog bark?"
_LOUDER = "Is the music louder than the voice?"
_SCENE = {"recordings": ["@a1", "@a1"], "positions": "on my left; circles around me in 10 s"}
STEPS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("inpaint", {**_A, "start": 40.0, "end": 40.5}),
    ("repair_clicks", _A),
    ("repair_clipping", _A),
    ("remove_hum", _A),
    ("caption_audio", _A),
    ("answer_about_audio", {**_A, "question": _BARKS}),
    ("extract_sound", {**_A, "description": "a rooster"}),
    ("remove_sound", {**_A, "start": 10.0, "end": 20.0}),
    ("answer_about_audio", {**_A, "question": _LOUDER}),
    ("separate_stems", _A),
    ("equalize", {**_A, "low_cut_hz": 80.0, "bell_db": 3.0, "bell_hz": 1000.0}),
    ("compress", _A),
    ("limit", _A),
    ("gate", _A),
    ("de_ess", _A),
    ("stereo_width", {**_A, "width": 1.5}),
    ("reverb", {**_A, "room": "church"}),
    ("apply_preset", {**_A, "preset": "radio-voice"}),
    ("compare_audio", {**_A, "other": "@a1"}),
    ("spatialize", {**_A, "position": "circles around me in 10 s"}),
    ("spatialize_scene", _SCENE),
)


def measure(bench: Bench) -> Iterator[Figure]:
    """Run every tool on a short and a ten times longer recording, in fresh processes."""
    bench.weights(YAMNET, SOUND_WORDS, SPLEETER, KEMAR, SOUND_LIBRARY)
    minutes = (1, 8) if bench.quick else (2, 20)
    files = [field_recording(bench, 60.0 * each, num_channels=2) for each in minutes]
    for tool, args in STEPS:
        runs = [{"tool": tool, "args": args, "file": str(file)} for file in files]
        yield from _compared(bench, _name(tool, args), runs, minutes)
    runs = [
        {
            "tool": "generate_sound",
            "args": {"description": "a busy street with a distant siren", "duration": 60.0 * each},
            "file": str(files[0]),
        }
        for each in minutes
    ]
    yield from _compared(bench, "generate_sound", runs, minutes)


def _name(tool: str, args: Mapping[str, Any]) -> str:
    return f"{tool}, {args['question']}" if "question" in args else tool


def _compared(
    bench: Bench, name: str, runs: list[dict[str, Any]], minutes: tuple[int, int]
) -> Iterator[Figure]:
    short, long = minutes
    few, many = (bench.child("step", **run) for run in runs)
    note = f"{short} min: {few['worker']:.0f} MiB, {long} min: {many['worker']:.0f} MiB"
    note += f"; {many['cpu'] / (60.0 * long):.3f} s of processor time per second of audio"
    title = f"{name}: peak of the worker, {long} : {short} min"
    yield measured(title, [many["worker"] / few["worker"]], "", GOAL, note)
