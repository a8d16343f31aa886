"""Voices through the product: consent is kept, made speech is marked, a decline helps."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
import soundfile

from scripts.recordings import JFK, TWO_CITIES, pulled
from tonmeister.config import Settings, load_settings
from tonmeister.plan import Plan
from tonmeister.reply import Reply
from tonmeister.session import Session, Tonmeister
from tonmeister.testing import InlineExecutor, ScriptedPlanner

pytestmark = pytest.mark.weights


class Talk:
    """A session whose planner says what the test tells it to, with real models."""

    def __init__(self, planner: ScriptedPlanner, session: Session) -> None:
        self._planner, self._session = planner, session

    def run(self, tool: str, arguments: dict[str, Any], *files: Path) -> Reply:
        step = {"id": "s1", "tool": tool, "args": arguments}
        self._planner.answers[:] = [Plan.model_validate({"steps": [step]})]
        return self._session.ask("please", files, confirm=lambda proposal: True)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    settings = Settings(
        home=tmp_path / "home", weights=load_settings().weights, pull="always", llm="off", threads=2
    )
    planner = ScriptedPlanner([])
    with Tonmeister(settings, planners=[planner], executor=InlineExecutor(settings)) as owner:
        yield Talk(planner, owner.session())


@pytest.fixture
def reading(tmp_path: Path) -> Path:
    samples, sample_rate = soundfile.read(pulled(TWO_CITIES) / "two_cities.wav", dtype="float32")
    soundfile.write(tmp_path / "reading.wav", samples[: 5 * sample_rate], sample_rate)
    return tmp_path / "reading.wav"


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    return Path(shutil.copy(pulled(JFK) / "jfk.mp3", tmp_path / "speech.mp3"))


def test_cloning_is_declined_with_the_closest_built_in_voice(talk: Talk, speech: Path):
    arguments = {"reference_audio": "@a1", "text": "Hello.", "consent": ""}
    reply = talk.run("clone_voice", arguments, speech)
    assert reply.outcome == "failed" and reply.exit_code == 1
    assert "nothing was imitated" in reply.text
    assert "closest built-in voice is" in reply.text and "speaker similarity of 0." in reply.text
    assert "models pull openvoice-v2 --allow-pickle" in reply.text
    assert not reply.files


def test_conversion_without_consent_is_refused_and_says_how_to_give_it(
    talk: Talk, reading: Path, speech: Path
):
    arguments = {"audio": "@a1", "reference_audio": "@a2", "consent": ""}
    reply = talk.run("convert_voice", arguments, reading, speech)
    assert reply.outcome == "failed"
    assert "consent" in reply.text and "it is my own voice" in reply.text


def test_consent_is_kept_with_the_result_and_the_result_is_marked(
    talk: Talk, reading: Path, speech: Path
):
    consent = "John agreed on 3 May 2026"
    arguments = {"audio": "@a1", "reference_audio": "@a2", "consent": consent}
    reply = talk.run("convert_voice", arguments, reading, speech)
    assert reply.outcome == "done" and reply.exit_code == 0, reply.text
    (artifact,) = reply.artifacts.values()
    assert artifact.recipe is not None and artifact.recipe.arguments["consent"] == consent
    assert artifact.facts["synthetic"]
    assert "Low fidelity" in reply.text
    with av.open(str(reply.files[0])) as file:
        assert any("synthetic" in str(value).lower() for value in file.metadata.values())


def test_a_recording_is_placed_and_checked(talk: Talk, reading: Path):
    position = "passa da esquerda para a direita atrás de mim"
    reply = talk.run("spatialize", {"audio": "@a1", "position": position}, reading)
    assert reply.outcome == "done" and reply.exit_code == 0, reply.text
    assert soundfile.info(reply.files[0]).channels == 2
    refused = talk.run("spatialize", {"audio": "@a1", "position": "on the ceiling"})
    assert refused.outcome == "failed"
    assert "walks from left to right behind me" in refused.text
