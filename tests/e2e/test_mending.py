"""Mending through the product: from words to a mended file, in English and Portuguese."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonmeister.audio import Samples, Waveform
from tonmeister.session import Session

pytestmark = pytest.mark.weights
RATE = 16_000


@pytest.fixture
def reading(two_cities: Path) -> Samples:
    samples, rate = soundfile.read(two_cities, dtype="float32")
    assert rate % RATE == 0
    whole = Waveform(np.asarray(samples[np.newaxis, : 12 * rate], np.float32), rate)
    clean = whole.resampled(RATE).samples[0]
    return (0.9 * clean / np.max(np.abs(clean))).astype(np.float32)


def written(folder: Path, samples: Samples) -> Path:
    path = folder / "talk.wav"
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    return path


def result_of(session: Session, said: str, file: Path, folder: Path) -> tuple[str, Samples]:
    target = folder / "result.wav"
    reply = session.ask(said, (file,), output=target)
    assert reply.outcome == "done", reply.text
    made, rate = soundfile.read(target, dtype="float32")
    assert rate == RATE
    return reply.text, np.asarray(made, np.float32)


def snr(reference: Samples, estimate: Samples) -> float:
    error = np.sum((reference - estimate) ** 2) + 1e-20
    return float(10 * np.log10(np.sum(reference**2) / error))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("the recording clips, fix it", "drawn anew"),
        ("a gravação está saturada, corrige", "foram refeitos"),
    ],
)
def test_a_recording_that_clips_is_fixed(
    session: Session, reading: Samples, tmp_path: Path, said: str, words: str
):
    clipped = np.clip(reading, -0.3, 0.3).astype(np.float32)
    text, made = result_of(session, said, written(tmp_path, clipped), tmp_path)
    assert words in text
    scale = np.sum(made * reading) / np.sum(made**2)
    assert snr(reading, made * scale) > snr(reading, clipped) + 6.0


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("remove the 50 Hz hum", "A hum of 50.0 Hz was removed"),
        ("tira o zumbido", "Foi retirado um zumbido de 50.0 Hz"),
    ],
)
def test_a_hum_is_removed(
    session: Session, reading: Samples, tmp_path: Path, said: str, words: str
):
    times = np.arange(len(reading)) / RATE
    hum = sum(0.03 / k * np.sin(2 * np.pi * 50 * k * times) for k in (1, 2, 3))
    humming = (0.8 * reading + hum).astype(np.float32)
    text, made = result_of(session, said, written(tmp_path, humming), tmp_path)
    assert words in text
    assert snr(0.8 * reading, made) > snr(0.8 * reading, humming) + 10.0


@pytest.mark.parametrize(
    ("said", "words"),
    [("remove the clicks", "clicks were filled in"), ("tira os estalos", "Foram preenchidos")],
)
def test_clicks_are_filled_in(
    session: Session, reading: Samples, tmp_path: Path, said: str, words: str
):
    clicked = reading.copy()
    places = np.arange(4_000, len(reading) - 4_000, 9_000)
    for place in places:
        clicked[place : place + 6] += np.float32(0.8) * np.array([1, -1, 1, -1, 1, -1], np.float32)
    text, made = result_of(session, said, written(tmp_path, clicked), tmp_path)
    assert words in text
    assert snr(reading, made) > snr(reading, clicked) + 6.0


@pytest.mark.parametrize("said", ["repair the dropout at 0:05", "repara a falha aos 5 segundos"])
def test_a_dropout_is_filled_and_nothing_else_is_changed(
    session: Session, reading: Samples, tmp_path: Path, said: str
):
    # The loudest place near 5 s: a dropout in a pause is none.
    near = reading[round(4.8 * RATE) : round(5.2 * RATE)]
    first = round(4.8 * RATE) + int(np.argmax(np.abs(near)))
    gap = slice(first, first + 160)
    damaged = reading.copy()
    damaged[gap] = 0.0
    _, made = result_of(session, said, written(tmp_path, damaged), tmp_path)
    changed = np.flatnonzero(np.abs(made - damaged) > 1e-6)
    assert first - 2 <= changed[0] <= changed[-1] <= gap.stop + 2
    assert np.std(made[gap]) > 0.0
