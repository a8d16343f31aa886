"""Sounds from requests in words to files with credits beside them."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from scripts.recordings import PHOTOS, pulled
from tonmeister.config import load_settings
from tonmeister.models.picture_sound import PICTURE_SOUND
from tonmeister.session import Session, Tonmeister

pytestmark = pytest.mark.weights


@pytest.mark.parametrize(
    ("said", "words", "duration"),
    [
        ("A motorcycle passing in the rain", "Before you share it", None),
        ("a busy street with a distant siren, 30 s", "Recordings used", 30.0),
        ("a cat in a large hall", "Recordings used", None),
        ("uma mota a passar à chuva", "Antes de partilhar", None),
        ("uma rua movimentada com uma sirene ao longe, 30 s", "Gravações usadas", 30.0),
        ("um gato num salão grande", "Gravações usadas", None),
    ],
)
def test_words_become_a_sound_with_credits_beside_it(
    session: Session, tmp_path: Path, said: str, words: str, duration: float | None
):
    reply = session.ask(said, output=tmp_path)
    assert reply.outcome == "done", reply.text
    assert reply.exit_code == 0, reply.text
    assert words in reply.text
    by_suffix = {path.suffix: path for path in reply.files}
    assert set(by_suffix) == {".flac", ".txt"}
    found = soundfile.info(by_suffix[".flac"])
    assert found.channels == 2
    assert duration is None or found.duration == pytest.approx(duration, abs=0.01)
    assert "licence" in by_suffix[".txt"].read_text(encoding="utf-8")


def test_what_is_not_in_the_library_is_declined_and_names_the_nearest(session: Session):
    reply = session.ask("create the sound of sea waves", deliver=False)
    assert reply.outcome == "failed"
    assert "Nothing in the library of sounds fits 'sea waves'." in reply.text
    assert "seagulls" in reply.text


def test_another_take_is_another_sound(session: Session):
    first = session.ask("a dog barking", deliver=False)
    second = session.ask("another take", deliver=False)
    made = [reply.steps[0].outputs["sound"].sha256 for reply in (first, second)]
    assert made[0] != made[1]


def test_ones_own_recordings_are_found_by_their_names(tmp_path: Path):
    own = tmp_path / "own"
    own.mkdir()
    times = np.arange(48_000) / 16_000
    soundfile.write(own / "zorblax engine loop.wav", 0.2 * np.sin(2 * np.pi * 330 * times), 16_000)
    weights = tmp_path / "weights"
    weights.mkdir()
    known = load_settings().weights / "sound-library"
    (weights / "sound-library").symlink_to(known)
    settings = load_settings(
        {"home": tmp_path / "home", "weights": weights, "sound_library": own, "pull": "never",
         "llm": "off"}
    )  # fmt: skip
    with Tonmeister(settings) as owner:
        reply = owner.ask("create the sound of a zorblax engine loop", output=tmp_path / "out")
        assert reply.outcome == "done", reply.text
        assert "zorblax engine loop (your own folder)" in reply.text
        # Another file of that name is another sound, so the answer is not remembered.
        first = reply.steps[0].outputs["sound"].sha256
        soundfile.write(own / "zorblax engine loop.wav", 0.2 * np.sin(1_300 * times), 16_000)
        again = owner.ask("create the sound of a zorblax engine loop", output=tmp_path / "out")
        assert again.steps[0].outputs["sound"].sha256 != first


@pytest.mark.parametrize(
    ("said", "words", "sound"),
    [
        ("sonify this picture", "Seen in the picture: ", "fire truck siren"),
        ("como soa esta foto?", "Vê-se na imagem: ", "sirene dos bombeiros"),
    ],
)
def test_a_photo_is_heard(session: Session, tmp_path: Path, said: str, words: str, sound: str):
    pulled(PICTURE_SOUND)
    reply = session.ask(said, [pulled(PHOTOS) / "firetruck.png"], output=tmp_path)
    assert reply.outcome == "done", reply.text
    assert words in reply.text
    assert sound in reply.text
    assert {path.suffix for path in reply.files} == {".flac", ".txt"}
