"""Requests about tone, rooms, comparisons and scenes, as they are typed, on a real voice."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from scripts.recordings import JFK, TWO_CITIES, pulled
from tonmeister.artifacts import Measurement, from_json
from tonmeister.reply import Reply
from tonmeister.session import Tonmeister

pytestmark = pytest.mark.weights


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    samples, rate = soundfile.read(pulled(TWO_CITIES) / "two_cities.wav", dtype="float32")
    soundfile.write(tmp_path / "a.wav", samples[: 6 * rate], rate)
    return tmp_path / "a.wav"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    samples, rate = soundfile.read(pulled(JFK) / "jfk.mp3", dtype="float32")
    soundfile.write(tmp_path / "b.wav", samples[: 4 * rate], rate)
    return tmp_path / "b.wav"


def sound(reply: Reply) -> tuple[np.ndarray, int]:
    assert reply.outcome == "done", reply.text
    wanted = [path for path in reply.files if Path(path).suffix in (".wav", ".flac")]
    samples, rate = soundfile.read(wanted[-1], dtype="float32", always_2d=True)
    return samples, rate


@pytest.mark.parametrize(
    "said", ["make it sound like in a big church", "põe isto a soar como numa igreja grande"]
)
def test_a_voice_in_a_big_church_rings_on(owner: Tonmeister, voice: Path, said: str) -> None:
    samples, rate = sound(owner.ask(said, [voice], output=voice.parent))
    assert samples.shape[1] == 2
    assert len(samples) / rate > 12.0
    assert np.abs(samples[7 * rate : 8 * rate]).max() > 1e-3


@pytest.mark.parametrize("said", ["make it sound like a telephone", "põe isto a soar a telefone"])
def test_a_voice_on_the_telephone_has_no_lows_and_no_highs(
    owner: Tonmeister, voice: Path, said: str
) -> None:
    samples, rate = sound(owner.ask(said, [voice], output=voice.parent))
    power = np.square(np.abs(np.fft.rfft(samples[:, 0])))
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate)
    inside = power[(frequencies > 300) & (frequencies < 3_400)].sum()
    assert power[frequencies > 5_500].sum() < 1e-4 * inside
    assert power[frequencies < 120].sum() < 1e-4 * inside


def test_what_was_changed_is_compared_with_the_original(owner: Tonmeister, voice: Path) -> None:
    session = owner.session()
    warmed = session.ask("make it warmer", [voice], output=voice.parent)
    assert warmed.outcome == "done", warmed.text
    reply = session.ask("compare it with the original", output=voice.parent)
    assert reply.outcome == "done", reply.text
    outputs = reply.steps[-1].outputs
    assert set(outputs) == {"report", "difference", "picture"}
    report = outputs["report"]
    values = from_json(report.kind, owner.studio.store.path(report).read_bytes())
    assert isinstance(values, Measurement)
    assert values.values["lines_up"] == "yes"
    # "It" is the warm one: the original has less of the lows.
    lows = values.values["octave_125_hz_difference_db"]
    assert isinstance(lows, float) and lows < -1.0
    assert any(str(path).endswith(".png") for path in reply.files)


@pytest.mark.parametrize(
    "said",
    ["put a.wav on my left and b.wav behind me", "põe a.wav à esquerda e b.wav atrás de mim"],
)
def test_two_voices_stand_around_the_listener(
    owner: Tonmeister, voice: Path, other: Path, said: str
) -> None:
    samples, rate = sound(owner.ask(said, [voice, other], output=voice.parent))
    assert samples.shape[1] == 2
    assert len(samples) / rate == pytest.approx(6.0, abs=0.02)
    last = samples[round(4.3 * rate) :]
    assert np.sum(last[:, 0] ** 2) > 2.0 * np.sum(last[:, 1] ** 2)


def test_three_effects_in_one_sentence(owner: Tonmeister, voice: Path) -> None:
    reply = owner.ask(
        "cut everything below 80 Hz, compress it and limit it to -3 dB", [voice], deliver=False
    )
    assert reply.outcome == "done", reply.text
    assert [record.step.tool for record in reply.steps] == ["equalize", "compress", "limit"]
