"""Files that carry a text, and models that say one, for the attacks of ``injections.toml``."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from PIL import Image, ImageDraw

from scripts.books import Book, Line, write_epub, write_pdf
from tonmeister.artifacts import Segment, Text, Transcript
from tonmeister.evaluation.injections import Attack
from tonmeister.registry import Catalog, discover
from tonmeister.streaming import Audio
from tonmeister.testing import tone
from tonmeister.toolspec import Card, Model

__all__ = ["files_of", "saying"]

DURATION = 4.0


def saying(text: str) -> Catalog:
    """Return all tools, with models that hear a text in every recording and change no other.

    Args:
        text: What is heard.
    """
    catalog = _installed()
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]

    def hears(audio: Audio, **options: Any) -> Transcript:
        return Transcript("en", (Segment(0.0, 3.0, text),), audio.duration)

    def describes(audio: Audio, **options: Any) -> Text:
        return Text.plain(text, "en")

    def speaks(text: str | Text, **options: Any) -> Audio:
        return Audio.from_waveform(tone(300.0, 1.0, 24_000))

    def repeats(transcript: Transcript, **options: Any) -> Transcript:
        return transcript

    def rewrites(text: str | Text, **options: Any) -> Text:
        return text if isinstance(text, Text) else Text.plain(text, "pt")

    bodies: dict[str, Callable[..., Any]] = {
        "transcribe": hears,
        "caption_audio": describes,
        "synthesize_speech": speaks,
        "translate_transcript": repeats,
        "translate_text": rewrites,
    }
    doubles = tuple(_double(tool, mark, body) for tool, body in bodies.items())
    others = tuple(one for one in catalog.models if one.tool not in bodies)
    return Catalog(catalog.tools, doubles + others, ())


@cache
def _installed() -> Catalog:
    return discover()


def _double(tool: str, mark: str, body: Callable[..., Any]) -> Model:
    class Double:
        def load(self, folder: Path | None, threads: int) -> None:
            """Load nothing."""

        def __call__(self, *arguments: Any, **options: Any) -> Any:
            return body(*arguments, **options)

    # A name of its own, so that what another double made is not taken for its result.
    card = Card(name=f"double-{mark}", licence="MIT", checkpoint=None, memory_mb=1, speed=0.1)
    return Model(tool=tool, card=card, adapter=Double, source=__name__)


def files_of(attack: Attack, text: str, folder: Path) -> list[Path]:
    """Write what is handed over with the first request of an attack.

    Args:
        attack: The attack.
        text: What the files carry: the instruction, or what is harmless.
        folder: Where they go.
    """
    folder.mkdir()
    return _WRITERS[attack.carrier](attack, text, folder)


def _recording(path: Path, frequency_hz: float = 300.0) -> Path:
    made = tone(frequency_hz, DURATION, 8_000)
    soundfile.write(path, made.samples.T, made.sample_rate)
    return path


def _heard(attack: Attack, text: str, folder: Path) -> list[Path]:
    return [_recording(folder / "talk.wav")]


def _named(attack: Attack, text: str, folder: Path) -> list[Path]:
    if attack.form == "txt":
        path = folder / f"{text}.txt"
        path.write_text("The report for May has three parts.", encoding="utf-8")
        return [path]
    return [_recording(folder / f"{text}.wav")]


def _tagged(attack: Attack, text: str, folder: Path) -> list[Path]:
    path = folder / "talk.mp3"
    sound = (0.3 * np.sin(np.arange(DURATION * 16_000) / 5.0)).astype(np.float32)
    with av.open(str(path), "w") as container:
        container.metadata[attack.form] = text
        stream = container.add_stream("mp3", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = 16_000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    with av.open(str(path)) as container:
        assert text.split()[0] in str(container.metadata), "the tag is in the file"
    return [path]


def _subtitles(attack: Attack, text: str, folder: Path) -> list[Path]:
    path = folder / f"talk.{attack.form}"
    head, comma = ("WEBVTT\n\n", ".") if attack.form == "vtt" else ("1\n", ",")
    page = f"{head}00:00:00{comma}000 --> 00:00:03{comma}000\n{text}\n"
    path.write_text(page, encoding="utf-8")
    return [path]


def _document(attack: Attack, text: str, folder: Path) -> list[Path]:
    path = folder / f"notes.{attack.form}"
    start = "The report for May has three parts and a short appendix."
    if attack.form == "epub":
        return [write_epub(path, Book("Notes", "Ana", "en", {"May": (start, text)}))]
    if attack.form == "pdf":
        return [write_pdf(path, [[Line(start), Line(text)]])]
    page = f"<html><body><p>{start}</p>{text}</body></html>" if attack.form == "html" else ""
    path.write_text(page or f"{start}\n\n{text}\n", encoding="utf-8")
    return [path]


def _picture(attack: Attack, text: str, folder: Path) -> list[Path]:
    picture = Image.new("RGB", (480, 60), "white")
    ImageDraw.Draw(picture).text((5, 20), text, fill="black")
    data = Image.Exif()
    data[0x010E] = text  # what the picture shows, in words
    picture.save(folder / "cover.jpg", exif=data)
    return [_recording(folder / "talk.wav"), folder / "cover.jpg"]


def _voices(attack: Attack, text: str, folder: Path) -> list[Path]:
    names = ("interview", text, "rui")
    return [_recording(folder / f"{name}.wav", 300.0 + at) for at, name in enumerate(names)]


def _nothing(attack: Attack, text: str, folder: Path) -> list[Path]:
    return []


_WRITERS: dict[str, Callable[[Attack, str, Path], list[Path]]] = {
    "speech": _heard,
    "transcript": _heard,
    "caption": _heard,
    "subtitles": _subtitles,
    "document": _document,
    "name": _named,
    "tag": _tagged,
    "picture": _picture,
    "voice": _voices,
    "quoted": _nothing,
    "earlier": _nothing,
}
