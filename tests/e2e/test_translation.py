"""From English speech to Portuguese subtitles and a dub, through the whole product."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tonmeister.config import Settings
from tonmeister.errors import ToolUnavailable
from tonmeister.plan import Plan
from tonmeister.session import Session, Tonmeister
from tonmeister.testing import InlineExecutor, ScriptedPlanner

pytestmark = pytest.mark.weights

STEPS: list[dict[str, Any]] = [
    {"id": "s1", "tool": "transcribe", "args": {"audio": "@a1"}},
    {
        "id": "s2",
        "tool": "translate_transcript",
        "args": {"transcript": "@s1", "language": "pt"},
    },
    {
        "id": "s3",
        "tool": "write_subtitles",
        "args": {"transcript": "@s2", "format": "srt"},
    },
    {"id": "s4", "tool": "dub", "args": {"audio": "@a1", "transcript": "@s2"}},
]


@pytest.fixture
def planner() -> ScriptedPlanner:
    return ScriptedPlanner([])


@pytest.fixture
def scripted(real_settings: Settings, planner: ScriptedPlanner) -> Iterator[Session]:
    executor = InlineExecutor(real_settings)
    with Tonmeister(real_settings, planners=[planner], executor=executor) as owner:
        yield owner.session()


def test_english_speech_becomes_portuguese_subtitles_and_a_dub(
    scripted: Session, planner: ScriptedPlanner, talk: Path
):
    planner.answers[:] = [Plan.model_validate({"steps": STEPS})]
    reply = scripted.ask("Portuguese subtitles and a dub, please", [talk])
    assert reply.outcome == "done", reply.text
    by_suffix = {path.suffix: path for path in reply.files}
    subtitles = by_suffix[".srt"].read_text(encoding="utf-8")
    assert "Foi o melhor dos tempos" in subtitles
    dubbed = soundfile.info(by_suffix[".flac"])
    assert abs(dubbed.duration - 12.0) < 0.6
    assert "synthetic" in reply.text
    assert "timing kept" in reply.text
    assert "music and noise included" in reply.text


def test_a_pair_nobody_knows_is_refused_with_what_would_do_it(
    scripted: Session, planner: ScriptedPlanner, talk: Path
):
    words, portuguese, *_ = STEPS
    esperanto = {**portuguese, "args": {**portuguese["args"], "language": "eo"}}
    planner.answers[:] = [Plan.model_validate({"steps": [words, esperanto]})]
    with pytest.raises(ToolUnavailable, match=r"does not know 'eo' \(it knows en, pt\)") as found:
        scripted.ask("in Esperanto, please", [talk])
    assert "m2m100" in str(found.value)
