import struct
from pathlib import Path

import numpy as np
import pytest

from tonmeister.artifacts import Chapter, Noted, Segment, Text, Transcript
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.bergamot import BergamotTexts, BergamotTranscripts
from tonmeister.models.marian import _positions, _read


def marian_file(path: Path, version: int = 1) -> None:
    """Two tensors as Marian writes them: floats, and a matrix of integers with its scale."""
    floats = np.array([[1.5, -2.0, 3.0]], "<f4")
    integers = np.array([[1, 2], [3, 4], [5, 6]], np.int8)
    packed = np.ascontiguousarray(integers.T).tobytes() + struct.pack("<f", 2.0)
    tensors = [("bias", 0x404, (1, 3), floats.tobytes()), ("l_W", 0x4101, (3, 2), packed)]
    headers = b"".join(
        struct.pack("<4Q", len(name) + 1, kind, len(shape), len(content))
        for name, kind, shape, content in tensors
    )
    names = b"".join(name.encode() + b"\0" for name, *_ in tensors)
    shapes = b"".join(struct.pack("<2i", *shape) for _, _, shape, _ in tensors)
    padding = struct.pack("<Q", 5) + b"\0" * 5
    body = b"".join(content for *_, content in tensors)
    path.write_bytes(struct.pack("<2Q", version, 2) + headers + names + shapes + padding + body)


def test_a_marian_file_is_read(tmp_path: Path):
    marian_file(tmp_path / "model.bin")
    found = _read(tmp_path / "model.bin")
    assert found["bias"].tolist() == [[1.5, -2.0, 3.0]]
    assert found["l_W"].tolist() == [[0.5, 1.0], [1.5, 2.0], [2.5, 3.0]]


def test_another_version_of_the_format_is_refused(tmp_path: Path):
    marian_file(tmp_path / "model.bin", version=2)
    with pytest.raises(ToolUnavailable, match="version 2"):
        _read(tmp_path / "model.bin")


def test_positions_are_sines_then_cosines_from_fast_to_slow():
    found = _positions(3, 8)
    assert found[0].tolist() == [0.0] * 4 + [1.0] * 4
    assert found[1, 0] == pytest.approx(np.sin(1.0))
    assert found[2, 3] == pytest.approx(np.sin(2.0 / 10_000.0))


def text(result: Text | Noted) -> str:
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, Text)
    return value.text


@pytest.mark.weights
@pytest.mark.parametrize(
    ("written", "language", "expected"),
    [
        ("What is the capital of Brazil?", "pt", "Qual é a capital do Brasil?"),
        ("Qual é a capital do Brasil?", "en", "What is the capital of Brazil?"),
        ("Hello", "pt", "Olá"),
        ("Bom dia.", "en", "Good morning."),
    ],
)
def test_plain_sentences_come_out_right(
    bergamot: BergamotTexts, written: str, language: str, expected: str
):
    source = "pt" if language == "en" else "en"
    assert text(bergamot(written, language, source)) == expected


@pytest.mark.weights
def test_a_sentence_is_translated_alike_alone_and_among_others(bergamot: BergamotTexts):
    sentences = [
        "The recording starts with two seconds of silence.",
        "Nobody knows why the lights went out.",
        "If you had called me, I would have picked you up at the airport in the evening.",
    ]
    together = text(bergamot("\n".join(sentences), "pt", "en")).split("\n")
    assert together == [text(bergamot(sentence, "pt", "en")) for sentence in sentences]


@pytest.mark.weights
def test_a_document_keeps_chapters_names_numbers_links_and_marks(bergamot: BergamotTexts):
    body = (
        "On 24 December 2026 at 10:30 we met João Gonçalves in room 204.\n\n"
        "- Visit https://www.example.org/audio?id=42&x=1 for the files.\n"
        "- Write to maria.silva@example.com today. [pause 0.5] Then open interview.wav 🎵.\n\n"
        "It costs $1,234.56 in all. THE END OF THE STORY"
    )
    book = Text((Chapter("The meeting", body), Chapter("The letter", "It rained.")), "en", "A book")
    result = bergamot(book, "pt", None)
    assert isinstance(result, Text), "the language is stated, so there is nothing to tell"
    assert (result.language, len(result.chapters)) == ("pt", 2)
    made = result.chapters[0].text
    for kept in (
        *("24", "2026", "10:30", "204", "João Gonçalves", "🎵", "interview.wav", "[pause 0.5]"),
        *("https://www.example.org/audio?id=42&x=1", "maria.silva@example.com", "1.234,56"),
    ):
        assert kept in made
    assert [line[:2] for line in made.split("\n")[2:4]] == ["- ", "- "]
    assert made.count("\n\n") == 2
    assert made.split()[-1].isupper()
    assert "dezembro" in made


@pytest.mark.weights
def test_a_transcript_is_translated_with_its_times(bergamot_transcripts: BergamotTranscripts):
    segments = (
        Segment(0.0, 2.0, "It was the best of times, it was", "A"),
        Segment(2.0, 4.0, "the worst of times.", "A"),
        Segment(4.5, 5.0, "Good morning.", "B"),
    )
    made = bergamot_transcripts(Transcript("en", segments, 6.0), "pt", None)
    assert isinstance(made, Transcript)
    assert [(one.start, one.end, one.speaker) for one in made.segments] == [
        (one.start, one.end, one.speaker) for one in segments
    ]
    assert made.segments[0].text.startswith("Foi o melhor dos tempos,")
    assert made.segments[1].text.endswith("o pior dos tempos.")
    assert made.segments[2].text == "Bom dia."


@pytest.mark.weights
def test_other_pairs_are_refused_with_those_that_work(bergamot: BergamotTexts):
    with pytest.raises(ToolInputError, match=r"from English into Spanish.*en → pt and pt → en"):
        bergamot("Good morning to all of you.", "es", "en")


@pytest.mark.weights
def test_a_long_text_is_translated_to_its_end(bergamot: BergamotTexts):
    written = "\n\n".join(
        f"In the year {year} nothing happened here." for year in range(1700, 1800)
    )
    made = text(bergamot(written, "pt", "en")).split("\n\n")
    assert len(made) == 100
    assert all(str(year) in line for year, line in zip(range(1700, 1800), made, strict=True))
