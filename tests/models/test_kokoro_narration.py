import pytest

from scripts.books import DOM_CASMURRO
from scripts.recordings import pulled
from tonmeister.artifacts import Chapter, Chapters, Later, Noted, Text
from tonmeister.errors import ToolInputError
from tonmeister.models.kokoro import KOKORO
from tonmeister.models.kokoro_narration import CHAPTER_PAUSE, KokoroNarrator
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights

PORTUGUESE = " ".join(DOM_CASMURRO.chapters["Capítulo dois. Do livro"])


@pytest.fixture(scope="module")
def narrator() -> KokoroNarrator:
    loaded = KokoroNarrator()
    loaded.load(pulled(KOKORO), 2)
    return loaded


def begun(result: object) -> tuple[Audio, Later, tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    if isinstance(result, Noted):
        result, notes = result.value, result.notes
    assert isinstance(result, tuple)
    return result[0], result[1], notes


def test_chapters_are_where_their_titles_begin(narrator: KokoroNarrator):
    chapters = (Chapter("One", "Yes."), Chapter("***", "…"), Chapter("", "No."), Chapter("Two", ""))
    book = Text(chapters, "en", "Answers", "Nobody")
    audio, later, notes = begun(narrator(book, None, None, 1.0))
    blocks = list(audio.blocks())
    found = later.make()
    assert isinstance(found, Chapters)
    assert [mark.title for mark in found.marks] == ["One", "Chapter 2", "Two"]
    assert (found.title, found.author, found.language) == ("Answers", "Nobody", "en")
    assert found.duration == pytest.approx(sum(block.duration for block in blocks))
    assert [mark.end for mark in found.marks[:-1]] == [mark.start for mark in found.marks[1:]]
    silences = [block for block in blocks if not block.samples.any()]
    assert [block.duration for block in silences] == [CHAPTER_PAUSE] * 2
    assert notes == ()
    assert audio.share_made is not None
    assert audio.share_made() == 1.0


def test_the_first_chapter_is_heard_before_the_others_are_made(narrator: KokoroNarrator):
    endless = "We went along.\n\n" * 4000
    book = Text(tuple(Chapter(f"Part {number}", endless) for number in range(50)), "en")
    audio, _, _ = begun(narrator(book, None, None, 1.0))
    assert audio.share_made is not None
    blocks = audio.blocks()
    assert next(blocks).duration < 5.0
    next(blocks)
    assert 0.0 < audio.share_made() < 0.01


@pytest.mark.parametrize(
    ("stated", "note"),
    [
        (None, "The text was taken for Portuguese."),
        ("en", "The document says that its language is 'en', but it is Portuguese"),
        ("pt", None),
    ],
)
def test_a_book_is_read_in_the_language_it_is_in(
    narrator: KokoroNarrator, stated: str | None, note: str | None
):
    book = Text((Chapter("Um", PORTUGUESE * 4),), stated)
    audio, later, notes = begun(narrator(book, None, None, 1.0))
    assert [one.startswith(note or "-") for one in notes] == [True] * (note is not None)
    next(audio.blocks())
    found = later.make()
    assert isinstance(found, Chapters)
    assert found.language == "pt"


@pytest.mark.parametrize(
    ("text", "language", "voice", "found"),
    [
        ("", None, None, "no words"),
        (Text(()), None, None, "no words"),
        ("Привет, мир. Как дела?", None, None, "Cyrillic"),
        ("Das Wetter ist schön und wir gehen nicht aus.", None, None, "'de' is not spoken"),
        ("Bom dia.", "pt", "af_heart", "speaks English"),
    ],
)
def test_what_cannot_be_read_is_refused_before_anything_is_spoken(
    narrator: KokoroNarrator,
    text: Text | str,
    language: str | None,
    voice: str | None,
    found: str,
):
    with pytest.raises(ToolInputError, match=found):
        narrator(text, language, voice, 1.0)
