"""Real models on real recordings, from the request in words to the finished files."""

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import jiwer
import numpy as np
import pyloudnorm
import pytest
import soundfile

from scripts.recordings import JFK, LIBRIVOX, TWO_CITIES, pulled
from tonmeister.artifacts import SoundEvents, Transcript, from_json
from tonmeister.audio import Waveform
from tonmeister.checks import word_error_rate
from tonmeister.reply import Reply
from tonmeister.session import Tonmeister

pytestmark = pytest.mark.weights


def plain(text: str) -> str:
    """Spell as the reference does: lower case, no punctuation, "ill disposed", "mister"."""
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower()).split()).replace("mr ", "mister ")


def content(owner: Tonmeister, reply: Reply, step: int, output: str = "result") -> Any:
    artifact = reply.steps[step].outputs[output]
    return from_json(artifact.kind, owner.studio.store.path(artifact).read_bytes())


def write_m4a(path: Path, sound: Waveform) -> Path:
    """Write AAC in MP4, as a telephone records."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=sound.sample_rate)
        stream.layout = "mono"
        for first in range(0, sound.num_frames, 1024):
            part = np.ascontiguousarray(sound.samples[:1, first : first + 1024])
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = sound.sample_rate, first
            frame.time_base = Fraction(1, sound.sample_rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def interview(tmp_path: Path) -> Path:
    samples, rate = soundfile.read(pulled(JFK) / "jfk.mp3", dtype="float32", always_2d=True)
    mono = Waveform(np.ascontiguousarray(samples.T), rate).to_mono()
    return write_m4a(tmp_path / "interview.m4a", mono)


def test_the_word_error_rate_on_librivox_is_below_eight_percent(owner: Tonmeister):
    folder = pulled(LIBRIVOX)
    said: list[str] = []
    heard: list[str] = []
    for line in (folder / "transcription.txt").read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"<s> (.*) </s> \(.*-(\d+)\)", line.strip())
        assert match is not None
        reply = owner.ask("transcribe this", [folder / f"{match[2]}.wav"], deliver=False)
        transcript = content(owner, reply, 0)
        assert isinstance(transcript, Transcript)
        said.append(plain(match[1]))
        heard.append(plain(transcript.text))
    assert len(said) == 5
    assert jiwer.wer(said, heard) < 0.08


# Sentences without homophones: "sails" and "sales" sound the same to anyone.
@pytest.mark.parametrize(
    ("request_text", "text", "language"),
    [
        (
            "read this aloud: Good morning everyone, welcome to the concert.",
            "Good morning everyone, welcome to the concert.",
            "en",
        ),
        ("read this in Portuguese: Bom dia a todos", "Bom dia a todos", "pt"),
        (
            "leia isto em português: A música começa depois do almoço",
            "A música começa depois do almoço",
            "pt",
        ),
    ],
)
def test_what_is_read_aloud_is_understood_word_for_word(
    owner: Tonmeister, tmp_path: Path, request_text: str, text: str, language: str
):
    reply = owner.ask(request_text, output=tmp_path / "spoken.wav")
    assert reply.outcome == "done", reply.text
    assert reply.files == (tmp_path / "spoken.wav",)
    assert soundfile.info(reply.files[0]).duration > 0.8
    spoken = next(one for one in reply.steps[0].findings if one.claim == "says_the_text")
    assert spoken.passed, spoken
    again = owner.ask("transcribe this", [reply.files[0]], deliver=False)
    transcript = content(owner, again, 0)
    assert transcript.language == language
    assert word_error_rate(text, transcript.text) == 0.0


@pytest.mark.parametrize(
    "request_text",
    [
        "clean up this recording, then transcribe it and give me subtitles",
        "limpa esta gravação, depois transcreve e dá-me legendas",
    ],
)
def test_a_recording_is_cleaned_transcribed_and_subtitled(
    owner: Tonmeister, interview: Path, request_text: str
):
    reply = owner.ask(request_text, [interview])
    assert reply.outcome == "done", reply.text
    assert [record.step.tool for record in reply.steps] == [
        "enhance_speech",
        "transcribe",
        "write_subtitles",
    ]
    names = {path.name for path in reply.files}
    assert names == {"interview.enhanced.flac", "interview.srt"}
    subtitles = (interview.parent / "interview.srt").read_text(encoding="utf-8")
    assert "country" in subtitles.lower()
    assert re.search(r"^1\n\d\d:\d\d:\d\d,\d\d\d --> ", subtitles)
    cleaned = soundfile.info(interview.parent / "interview.enhanced.flac")
    assert cleaned.duration == pytest.approx(11.0, abs=0.2)
    for name in ("gtcrn", "whisper-base", "@a2"):
        assert name in reply.text


@pytest.mark.parametrize(
    "request_text",
    ["what sounds are in here, and when?", "que sons há aqui, e quando?"],
)
def test_the_sounds_of_a_recording_are_named_with_their_times(
    owner: Tonmeister, interview: Path, request_text: str
):
    reply = owner.ask(request_text, [interview])
    assert reply.outcome == "done", reply.text
    events = content(owner, reply, 0)
    assert isinstance(events, SoundEvents)
    assert "Speech" in [event.label for event in events.events]
    assert "Speech" in reply.text
    assert re.search(r"\d:\d\d\.\d-\d", reply.text)
    assert reply.files == ()


@pytest.mark.parametrize(
    "request_text",
    [
        "cut from 0:12 to 0:31, normalise to -16 LUFS and save as flac",
        "corta de 0:12 a 0:31, normaliza para -16 LUFS e guarda em flac",
    ],
)
def test_a_piece_is_cut_and_brought_to_a_loudness(
    owner: Tonmeister, tmp_path: Path, request_text: str
):
    talk = tmp_path / "talk.wav"
    talk.symlink_to(pulled(TWO_CITIES) / "two_cities.wav")
    reply = owner.ask(request_text, [talk])
    assert reply.outcome == "done", reply.text
    (file,) = reply.files
    assert file.name == "talk.edited.flac"
    samples, rate = soundfile.read(file)
    assert len(samples) / rate == pytest.approx(19.0, abs=0.01)
    assert pyloudnorm.Meter(rate).integrated_loudness(samples) == pytest.approx(-16.0, abs=0.5)
    assert np.max(np.abs(samples)) < 1.0


def test_a_dialogue_goes_on_from_what_was_done(owner: Tonmeister, tmp_path: Path):
    clips = pulled(LIBRIVOX)
    files = [tmp_path / "first.wav", tmp_path / "second.wav"]
    for file, name in zip(files, ("0870", "0880"), strict=True):
        file.symlink_to(clips / f"{name}.wav")
    session = owner.session("dialogue")
    first = session.ask("transcribe the first file", files, output=tmp_path)
    assert first.outcome == "done", first.text
    second = session.ask("now do the same to the second file", output=tmp_path)
    assert second.outcome == "done", second.text
    assert [path.name for path in second.files] == ["second.txt"]
    told = session.ask("which model did that?")
    assert told.outcome == "command"
    assert "whisper-base" in told.text
    assert "MIT" in told.text
    before = set(session.artifacts)
    assert "second file" in session.ask("undo").text
    assert set(session.artifacts) < before
    slower = session.ask("make first.wav slower", output=tmp_path)
    assert slower.outcome == "done", slower.text
    assert slower.steps[0].step.tool == "change_speed"
    assert slower.steps[0].step.args["factor"] < 1.0
    longer = soundfile.info(slower.files[0]).duration
    assert longer > soundfile.info(files[0]).duration
