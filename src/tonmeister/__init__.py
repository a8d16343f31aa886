"""Tonmeister: an AI sound engineer on your own machine.

    import tonmeister

    reply = tonmeister.ask("clean up this recording and transcribe it", files=["interview.m4a"])
    print(reply)

The public names are loaded when they are first used, so that importing the package is light.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tonmeister.artifacts import (
        Artifact,
        Measurement,
        Segment,
        SoundEvents,
        SpeechRegions,
        Transcript,
        Word,
    )
    from tonmeister.audio import Waveform
    from tonmeister.config import Settings
    from tonmeister.errors import TonmeisterError
    from tonmeister.interfaces.api import ask, ask_async
    from tonmeister.plan import Plan, Step
    from tonmeister.recipes.recipe import Recipe
    from tonmeister.reply import Reply
    from tonmeister.session import Session, Tonmeister
    from tonmeister.streaming import Audio
    from tonmeister.toolspec import Card, Language, Range, model, tool

__version__ = "0.1.0"
__all__ = [
    "Artifact",
    "Audio",
    "Card",
    "Language",
    "Measurement",
    "Plan",
    "Range",
    "Recipe",
    "Reply",
    "Segment",
    "Session",
    "Settings",
    "SoundEvents",
    "SpeechRegions",
    "Step",
    "Tonmeister",
    "TonmeisterError",
    "Transcript",
    "Waveform",
    "Word",
    "ask",
    "ask_async",
    "model",
    "tool",
]
_HOMES = {
    "Artifact": "artifacts",
    "Audio": "streaming",
    "Card": "toolspec",
    "Language": "toolspec",
    "Measurement": "artifacts",
    "Plan": "plan",
    "Range": "toolspec",
    "Recipe": "recipes.recipe",
    "Reply": "reply",
    "Segment": "artifacts",
    "Session": "session",
    "Settings": "config",
    "SoundEvents": "artifacts",
    "SpeechRegions": "artifacts",
    "Step": "plan",
    "Tonmeister": "session",
    "TonmeisterError": "errors",
    "Transcript": "artifacts",
    "Waveform": "audio",
    "Word": "artifacts",
    "ask": "interfaces.api",
    "ask_async": "interfaces.api",
    "model": "toolspec",
    "tool": "toolspec",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'tonmeister' has no attribute '{name}'")
    return getattr(importlib.import_module(f"tonmeister.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
