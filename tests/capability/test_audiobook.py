"""A book handed over becomes an audiobook: what is heard, and where its chapters begin."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import jiwer
import numpy as np
import pytest
import soundfile

from scripts.books import DOM_CASMURRO, write_epub
from scripts.recordings import pulled
from tonmeister.audio import Waveform
from tonmeister.config import load_settings
from tonmeister.decoding import decode
from tonmeister.models.kokoro_narration import CHAPTER_PAUSE
from tonmeister.models.whisper import WHISPER_BASE, WhisperBase
from tonmeister.plan import Plan, Step
from tonmeister.session import Tonmeister
from tonmeister.streaming import Audio
from tonmeister.testing import ScriptedPlanner

pytestmark = pytest.mark.weights

MOST_SHIFT = 0.05
MOST_ERRORS = 0.10
AUDIOBOOK = Plan(
    steps=(
        Step(id="s1", tool="narrate", args={"text": "@a1"}),
        Step(
            id="s2",
            tool="write_audiobook",
            args={"audio": "@s1.speech", "chapters": "@s1.chapters"},
        ),
    )
)
NUMBERS = {"1": "um", "2": "dois", "3": "três"}


def plain(text: str) -> str:
    """Words in lower case, numbers written out: whether "1" or "um" cannot be heard."""
    words = re.sub(r"[^\w\s]", " ", text.lower()).split()
    return " ".join(NUMBERS.get(word, word) for word in words)


WORDS = sum(
    len(plain(part).split())
    for title, paragraphs in DOM_CASMURRO.chapters.items()
    for part in (title, *paragraphs)
)
BOOK = f"beginning of Dom Casmurro, Portuguese, EPUB, 3 chapters, {WORDS} words"


@pytest.fixture(scope="module")
def audiobook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("audiobook")
    source = write_epub(folder / "Dom Casmurro.epub")
    settings = load_settings({"home": folder / "home", "pull": "never", "llm": "off"})
    with Tonmeister(settings, planners=[ScriptedPlanner([AUDIOBOOK])]) as owner:
        reply = owner.session().ask("make an audiobook", [source])
        assert reply.outcome == "done", reply.text
        (path,) = reply.files
        assert path.name == "Dom Casmurro.audiobook.m4b"
        yield path


@pytest.fixture(scope="module")
def chapters(audiobook: Path) -> list[tuple[float, float, str]]:
    with av.open(str(audiobook)) as container:
        return [
            (one["start"] / 1000, one["end"] / 1000, one["metadata"]["title"])
            for one in container.chapters()
        ]


@pytest.fixture(scope="module")
def sound(audiobook: Path, tmp_path_factory: pytest.TempPathFactory) -> Waveform:
    path = tmp_path_factory.mktemp("decoded") / "sound.wav"
    decode(audiobook, path, max_duration=600.0, cancelled=threading.Event())
    samples, sample_rate = soundfile.read(path, dtype="float32")
    return Waveform(samples, sample_rate)


def test_chapters_begin_where_their_titles_are_spoken(
    capability: Callable[..., None], chapters: list[tuple[float, float, str]], sound: Waveform
):
    loud = np.flatnonzero(np.abs(sound.samples[0]) > 0.01)
    # Nothing but the pause between chapters is so long.
    begins = loud[np.r_[True, np.diff(loud) > 0.95 * CHAPTER_PAUSE * sound.sample_rate]]
    assert [title for _, _, title in chapters] == list(DOM_CASMURRO.chapters)
    assert len(begins) == len(chapters)
    marks = np.array([start for start, _, _ in chapters])
    shift = float(np.max(np.abs(begins / sound.sample_rate - marks)))
    assert shift < MOST_SHIFT
    capability(
        tool="write_audiobook",
        model="AAC in MP4",
        data=BOOK,
        measure="largest distance of a chapter mark to the first sound of its title",
        value=1000 * shift,
        unit="ms",
        goal="≤ 50 ms",
    )


def test_what_an_audiobook_says_is_what_the_book_says(
    capability: Callable[..., None], chapters: list[tuple[float, float, str]], sound: Waveform
):
    whisper = WhisperBase()
    whisper.load(pulled(WHISPER_BASE), 2)
    said: list[str] = []
    heard: list[str] = []
    for start, end, title in chapters:
        part = sound.part(start, end).resampled(16_000)
        said.append(plain(f"{title} {' '.join(DOM_CASMURRO.chapters[title])}"))
        heard.append(plain(whisper(Audio.from_waveform(part), "pt").text))
        assert heard[-1].split()[0] == said[-1].split()[0]
    errors = jiwer.wer(said, heard)
    assert errors < MOST_ERRORS, heard
    capability(
        tool="narrate",
        model="kokoro-82m",
        data=BOOK,
        measure="WER, transcribed back by Whisper base",
        value=errors,
        goal="≤ 0.10",
    )
