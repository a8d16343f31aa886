"""A conversation whose planner says what the test tells it to, and recordings to speak of."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tonmeister.config import Settings
from tonmeister.plan import Plan, Step
from tonmeister.planner.answers import Answer
from tonmeister.reply import Reply
from tonmeister.session import Session, Tonmeister
from tonmeister.testing import InlineExecutor, ScriptedPlanner, tone


class Talk:
    """A session, and the shop it is open in."""

    def __init__(self, owner: Tonmeister, planner: ScriptedPlanner) -> None:
        self.owner = owner
        self.session: Session = owner.session()
        self._planner = planner

    def ask(self, answer: Answer | list[Step], *files: Path, text: str, **options: Any) -> Reply:
        """Have something done."""
        plan = Plan(steps=tuple(answer)) if isinstance(answer, list) else answer
        self._planner.answers[:] = [plan]
        return self.session.ask(text, files, **options)


def step(number: int, tool: str, **args: Any) -> Step:
    return Step(id=f"s{number}", tool=tool, args=args)


@pytest.fixture(scope="module")
def shop(
    stage_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Tonmeister, ScriptedPlanner]]:
    folder = tmp_path_factory.mktemp("recipes")
    planner = ScriptedPlanner([])
    settings = Settings(
        home=folder / "home", weights=folder / "weights", pull="never", llm="off", threads=1
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(stage_folder)
        executor = InlineExecutor(settings)
        with Tonmeister(settings, planners=[planner], executor=executor) as owner:
            yield owner, planner


@pytest.fixture
def talk(shop: tuple[Tonmeister, ScriptedPlanner]) -> Talk:
    return Talk(*shop)


@pytest.fixture
def record(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, frequency_hz: float = 440.0, duration: float = 1.0) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        made = tone(frequency_hz, duration)
        soundfile.write(path, made.samples.T, made.sample_rate)
        return path

    return write
