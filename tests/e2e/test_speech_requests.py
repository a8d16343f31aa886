"""Requests about speech on real models and recordings: who speaks, translation, voices, books."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from scripts.recordings import JFK, LIBRIVOX, pulled
from tonmeister.artifacts import Measurement, SpeakerTurns, Text, Transcript, from_json
from tonmeister.reply import Reply
from tonmeister.session import Tonmeister

pytestmark = pytest.mark.weights


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """Eleven seconds of John F. Kennedy."""
    path = tmp_path / "kennedy.mp3"
    path.symlink_to(pulled(JFK) / "jfk.mp3")
    return path


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """A few seconds of a reader of LibriVox."""
    path = tmp_path / "reader.wav"
    path.symlink_to(pulled(LIBRIVOX) / "0870.wav")
    return path


def content(owner: Tonmeister, reply: Reply, step: int, output: str = "result") -> Any:
    assert reply.outcome == "done", reply.text
    artifact = reply.steps[step].outputs[output]
    return from_json(artifact.kind, owner.studio.store.path(artifact).read_bytes())


def tools(reply: Reply) -> list[str]:
    return [record.step.tool for record in reply.steps]


def test_speakers_are_told_apart_and_get_their_names(
    owner: Tonmeister, speech: Path, reader: Path, tmp_path: Path
) -> None:
    session = owner.session("conversation")
    joined = session.ask("join kennedy.mp3 and reader.wav", [speech, reader], output=tmp_path)
    assert joined.outcome == "done", joined.text
    said = session.ask("transcribe it with speaker names, there are two speakers", output=tmp_path)
    assert tools(said) == ["transcribe", "diarize", "label_speakers"]
    turns = content(owner, said, 1)
    assert isinstance(turns, SpeakerTurns)
    assert turns.speakers == ("SPEAKER_00", "SPEAKER_01")
    named = session.ask("SPEAKER_00 is John Kennedy and SPEAKER_01 is the reader", output=tmp_path)
    transcript = content(owner, named, 0)
    assert isinstance(transcript, Transcript)
    country = [one.speaker for one in transcript.segments if "country" in one.text.lower()]
    assert set(country) == {"John Kennedy"}
    assert transcript.segments[-1].speaker == "reader"


def test_a_known_voice_is_recognised(owner: Tonmeister, speech: Path, reader: Path) -> None:
    reply = owner.ask("is kennedy.mp3 the same person as reader.wav?", [speech, reader])
    measured = content(owner, reply, 0)
    assert isinstance(measured, Measurement)
    assert "no" in str(measured.values).lower() or not measured.values.get("same_speaker")


def test_words_are_translated_both_ways(owner: Tonmeister) -> None:
    there = owner.ask('translate "Good morning, everyone" to Portuguese', deliver=False)
    text = content(owner, there, 0)
    assert isinstance(text, Text)
    assert "bom dia" in text.text.lower()
    back = owner.ask('traduz "A casa é grande" para inglês', deliver=False)
    assert "house" in content(owner, back, 0).text.lower()


def test_a_recording_gets_subtitles_in_another_language(
    owner: Tonmeister, speech: Path, tmp_path: Path
) -> None:
    reply = owner.ask("Portuguese subtitles for kennedy.mp3", [speech], output=tmp_path)
    assert reply.outcome == "done", reply.text
    assert tools(reply) == ["transcribe", "translate_transcript", "write_subtitles"]
    subtitles = next(path for path in reply.files if path.suffix == ".srt")
    assert "país" in subtitles.read_text(encoding="utf-8").lower()


def test_notes_become_an_audiobook_with_chapters(owner: Tonmeister, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# One\n\nIt begins.\n\n# Two\n\nIt ends.\n", encoding="utf-8")
    reply = owner.ask("make an audiobook of notes.md with the voice bf_emma", [notes])
    assert reply.outcome == "done", reply.text
    book = next(path for path in reply.files if path.suffix == ".m4b")
    with av.open(str(book)) as container:
        titles = [chapter["metadata"]["title"] for chapter in container.chapters()]
    assert titles == ["One", "Two"]


def test_a_voice_is_placed_around_the_listener(
    owner: Tonmeister, speech: Path, tmp_path: Path
) -> None:
    reply = owner.ask("put it on my left", [speech], output=tmp_path)
    assert reply.outcome == "done", reply.text
    samples, _ = soundfile.read(reply.files[0], always_2d=True)
    left, right = np.sqrt(np.mean(np.square(samples), axis=0))
    assert left > 1.5 * right


def test_a_voice_is_imitated_only_once_there_is_consent(
    owner: Tonmeister, speech: Path, reader: Path, tmp_path: Path
) -> None:
    samples, rate = soundfile.read(speech, dtype="float32")
    soundfile.write(tmp_path / "fellow.wav", samples[: 2 * rate], rate)
    session = owner.session("consent")
    files = [tmp_path / "fellow.wav", reader]
    refused = session.ask("make fellow.wav sound like reader.wav", files)
    assert refused.outcome == "failed"
    assert refused.files == ()
    assert "consent" in refused.text
    shown = session.ask("I have his permission", output=tmp_path)
    assert shown.outcome == "question" and "reader" in shown.text
    allowed = session.ask("yes")
    assert allowed.outcome == "done", allowed.text
    assert tools(allowed) == ["convert_voice"]
    assert allowed.steps[0].step.args["consent"] == "I have his permission"
