"""What is written in documents: chapters in order, without what is no text."""

import json
import textwrap
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from scripts.books import DOM_CASMURRO, Line, epub_members, write_epub, write_pdf, write_zip
from tonmeister.artifacts import Kind, Text, Transcript, from_json
from tonmeister.decoder.encodings import characters
from tonmeister.decoder.prose import joined, plain_chapters
from tonmeister.documents import DocumentFacts, read_document
from tonmeister.errors import DocumentError, RunCancelled

TITLES = list(DOM_CASMURRO.chapters)
FIRST, SECOND = DOM_CASMURRO.chapters[TITLES[0]]


def read(path: Path) -> tuple[Text, DocumentFacts]:
    facts = read_document(path, path.parent / "read.json")
    text = from_json(Kind.DOCUMENT, (path.parent / "read.json").read_bytes())
    assert isinstance(text, Text)
    return text, facts


def written(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_text(content, encoding=encoding)
    return path


def assert_is_dom_casmurro(text: Text) -> None:
    assert (text.title, text.author, text.language) == ("Dom Casmurro", "Machado de Assis", "pt")
    assert [chapter.title for chapter in text.chapters] == TITLES
    assert [chapter.text.split("\n\n") for chapter in text.chapters] == [
        list(paragraphs) for paragraphs in DOM_CASMURRO.chapters.values()
    ]


@pytest.mark.parametrize("version", [2, 3])
def test_an_epub_is_read_in_its_order_without_cover_and_contents(tmp_path: Path, version: int):
    text, facts = read(write_epub(tmp_path / "Dom Casmurro.epub", version=version))
    assert_is_dom_casmurro(text)
    assert (facts.kind, facts.container, facts.num_chapters) == ("document", "epub", 3)


def test_the_spine_decides_the_order_and_not_the_names(tmp_path: Path):
    members = epub_members(DOM_CASMURRO)
    package = members["OEBPS/book.opf"]
    members["OEBPS/book.opf"] = package.replace(
        "<itemref idref='c1'/><itemref idref='c2'/>", "<itemref idref='c2'/><itemref idref='c1'/>"
    )
    text, _ = read(write_zip(tmp_path / "book.epub", members))
    assert [chapter.title for chapter in text.chapters] == [TITLES[1], TITLES[0], TITLES[2]]


def test_chapters_of_an_epub_can_share_a_page_and_span_several(tmp_path: Path):
    members = epub_members(DOM_CASMURRO)
    second = members["OEBPS/c2.xhtml"]
    body = second[second.index("<h1") : second.index("</body>")]
    members["OEBPS/c1.xhtml"] = members["OEBPS/c1.xhtml"].replace("</body>", f"{body}</body>")
    members["OEBPS/c2.xhtml"] = "<html><body><p>E isto continua.</p></body></html>"
    members["OEBPS/nav.xhtml"] = members["OEBPS/nav.xhtml"].replace("c2.xhtml#", "c1.xhtml#")
    text, _ = read(write_zip(tmp_path / "book.epub", members))
    assert [chapter.title for chapter in text.chapters] == TITLES
    assert text.chapters[0].text == f"{FIRST}\n\n{SECOND}"
    assert text.chapters[1].text.endswith("\n\nE isto continua.")


def test_an_epub_without_a_table_of_contents_has_its_headings(tmp_path: Path):
    members = epub_members(DOM_CASMURRO)
    members["OEBPS/nav.xhtml"] = "<html><body></body></html>"
    text, _ = read(write_zip(tmp_path / "book.epub", members))
    assert [chapter.title for chapter in text.chapters] == TITLES


def test_notes_and_page_breaks_of_an_epub_are_not_read(tmp_path: Path):
    members = epub_members(DOM_CASMURRO)
    members["OEBPS/c1.xhtml"] = (
        "<html><body><h1>Um</h1><p>Veio<a epub:type='noteref' href='#n1'>1</a> de "
        "trem<sup><a href='#n2'>2</a></sup>,<span epub:type='pagebreak'>37</span> com 30 "
        "m<sup>2</sup> de bagagem<sup>3</sup>.</p><aside epub:type='footnote' id='n1'><p>1. Nota."
        "</p></aside><script>alert(1)</script><style>p {}</style></body></html>"
    )
    text, _ = read(write_zip(tmp_path / "book.epub", members))
    assert text.chapters[0].text == "Veio de trem, com 30 m2 de bagagem."


def test_a_longer_heading_than_in_the_contents_is_the_title_and_read_once(tmp_path: Path):
    members = epub_members(DOM_CASMURRO)
    nav = members["OEBPS/nav.xhtml"]
    members["OEBPS/nav.xhtml"] = nav.replace(TITLES[0], "Do título")
    text, _ = read(write_zip(tmp_path / "book.epub", members))
    assert text.chapters[0].title == TITLES[0]
    assert TITLES[0] not in text.chapters[0].text


def test_markdown_is_split_at_its_headings_and_its_marks_are_gone(tmp_path: Path):
    lines = ["---", "title: Dom Casmurro", 'author: "Machado de Assis"', "lang: pt-BR", "---"]
    lines += ["# Dom Casmurro", ""]
    for title, paragraphs in DOM_CASMURRO.chapters.items():
        lines += [f"## {title}", ""]
        for paragraph in paragraphs:
            lines += [textwrap.fill(paragraph, 60).replace("bairro", "**bairro**[^1]"), ""]
    lines += ["[^1]: Do Engenho Novo,", "    já se vê."]
    text, facts = read(written(tmp_path / "livro.md", "\n".join(lines)))
    assert_is_dom_casmurro(text)
    assert facts.container == "markdown"


def test_html_is_read_without_menus_scripts_and_styles(tmp_path: Path):
    page = (
        "<!DOCTYPE html><html lang='pt-BR'><head><title>Dom Casmurro</title>"
        "<meta name='author' content='Machado de Assis'><style>p{}</style></head><body>"
        "<nav><a href='/'>Home</a></nav><script>document.write('x')</script>"
    )
    for title, paragraphs in DOM_CASMURRO.chapters.items():
        page += f"<h2>{title}</h2>" + "".join(f"<p>{one}" for one in paragraphs)
    text, facts = read(written(tmp_path / "página.html", page))
    assert_is_dom_casmurro(text)
    assert facts.container == "html"


def pages_of(titles: Sequence[str]) -> list[list[Line]]:
    """Two pages for each chapter: running head, wrapped lines, page number."""
    pages: list[list[Line]] = []
    for title in titles:
        lines = [Line(title, 18.0)]
        for paragraph in DOM_CASMURRO.chapters[title] * 3:
            wrapped = textwrap.wrap(paragraph, 58)
            lines += [Line(line) for line in wrapped]
        half = len(lines) // 2
        for part in (lines[:half], lines[half:]):
            number = len(pages) + 1
            head = "Machado de Assis" if number % 2 else "DOM CASMURRO"
            pages.append([Line(head, 8.0), *part, Line(str(number), 8.0)])
    return pages


@pytest.mark.parametrize("outlined", [True, False])
def test_a_pdf_is_read_without_running_heads_and_page_numbers(tmp_path: Path, outlined: bool):
    outline = {title: 2 * place for place, title in enumerate(TITLES)} if outlined else None
    facts = {"title": "Dom Casmurro", "author": "Machado de Assis", "language": "pt-BR"}
    path = write_pdf(tmp_path / "livro.pdf", pages_of(TITLES), outline=outline, **facts)
    text, found = read(path)
    assert (text.title, text.author, text.language) == ("Dom Casmurro", "Machado de Assis", "pt")
    assert [chapter.title for chapter in text.chapters] == TITLES
    for chapter, paragraphs in zip(text.chapters, DOM_CASMURRO.chapters.values(), strict=True):
        assert " ".join(chapter.text.split()) == " ".join(paragraphs * 3)
    assert (found.container, found.num_chapters) == ("pdf", 3)


def test_running_heads_of_chapters_and_section_numbers_are_known_by_their_counting(tmp_path: Path):
    pages = [
        [Line(f"Capítulo 1: Do título {number}"), Line(f"1.{number} Do trem"), Line(said)]
        for number, said in ((7, "Vim da cidade."), (8, "Encontrei um rapaz."), (9, "Fim."))
    ]
    path = write_pdf(tmp_path / "livro.pdf", pages, outline={"Do trem": 1})
    text, _ = read(path)
    assert text.chapters[1].title == "Do trem"
    assert text.chapters[1].text.startswith("Encontrei um rapaz.")
    assert "Do título" not in text.text


def test_marks_of_footnotes_in_a_pdf_are_not_read_and_numbers_are(tmp_path: Path):
    lines = [Line("Em 1899 saiu o livro", mark="12"), Line("que tem 148 capítulos.")]
    text, _ = read(write_pdf(tmp_path / "nota.pdf", [lines]))
    assert text.text == "Em 1899 saiu o livro que tem 148 capítulos."


def test_a_pdf_with_some_pictures_is_read_and_the_pictures_are_told(tmp_path: Path):
    _, facts = read(write_pdf(tmp_path / "meio.pdf", [[Line("Uma só página.")], [], []]))
    assert facts.note == "2 of 3 pages have no text, only pictures."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_plain_text_is_read_in_any_usual_encoding(tmp_path: Path, encoding: str):
    blocks = [part for title, rest in DOM_CASMURRO.chapters.items() for part in (title, *rest)]
    content = "\r\n\r\n".join(textwrap.fill(block, 60) for block in blocks)
    (tmp_path / "livro.txt").write_bytes(content.encode(encoding))
    text, _ = read(tmp_path / "livro.txt")
    assert [chapter.title for chapter in text.chapters] == TITLES
    assert text.chapters[0].text == f"{FIRST}\n\n{SECOND}"


def test_a_broken_character_costs_one_character_and_is_told(tmp_path: Path):
    (tmp_path / "carta.txt").write_bytes(("é" * 60).encode() + b"\xff fim")
    text, facts = read(tmp_path / "carta.txt")
    assert text.text == "é" * 60 + " fim"
    assert facts.note == "1 characters were unreadable and left out."


def test_a_stated_encoding_is_believed_only_if_it_is_one_of_text():
    assert characters("fé".encode("latin-1"), "iso-8859-1") == ("fé", 0)
    page = b"<?xml version='1.0' encoding='unicode_escape'?>\\u0041"
    from tonmeister.decoder.encodings import declared_encoding

    assert declared_encoding(page) is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["uma pa-", "lavra"], "uma palavra"),
        (["disse-", "lhe que sim"], "disse-lhe que sim"),
        (["o Engenho-", "Novo"], "o Engenho- Novo"),
        (["um guarda-", "chuva"], "um guarda-chuva"),
        (["soft\u00ad", "ware"], "software"),
    ],
)
def test_hyphens_at_line_ends_are_mended_where_they_only_broke_a_word(
    lines: list[str], expected: str
):
    assert joined(lines, frozenset({"guarda-chuva"})) == expected


def test_numbers_standing_alone_are_chapters_when_they_count_up():
    text = "I\n\nDo título\n\nUma noite destas, vim.\n\nII\n\nAgora escrevo.\n\nIII\n\nFim."
    assert [piece.title for piece in plain_chapters(text)] == ["", "I. Do título", "II", "III"]
    alone = "Havia\n\n7\n\nanões.\n\nE mais\n\n1\n\nbruxa."
    assert [piece.title for piece in plain_chapters(alone)] == [""]


def test_what_a_distributor_adds_to_a_book_is_not_read(tmp_path: Path):
    head = "The Project Gutenberg eBook\n\nTitle: Dom Casmurro\n\nAuthor: Machado de Assis\n\n"
    head += "Language: Portuguese\n\n*** START OF THE PROJECT GUTENBERG EBOOK DOM CASMURRO ***\n\n"
    tail = "\n\n*** END OF THE PROJECT GUTENBERG EBOOK DOM CASMURRO ***\n\nLicence and more."
    blocks = [part for title, rest in DOM_CASMURRO.chapters.items() for part in (title, *rest)]
    text, _ = read(written(tmp_path / "pg.txt", head + "\n\n".join(blocks) + tail))
    assert_is_dom_casmurro(text)


def test_a_dialogue_keeps_its_lines():
    (piece,) = plain_chapters("HOST: Good morning.\nGUEST: Hello.")
    assert piece.paragraphs == ["HOST: Good morning.", "GUEST: Hello."]


@pytest.mark.parametrize("suffix", [".srt", ".vtt"])
def test_subtitles_are_a_transcript(tmp_path: Path, suffix: str):
    point = "," if suffix == ".srt" else "."
    content = "WEBVTT\n\n" if suffix == ".vtt" else ""
    content += f"1\n00:00:01{point}000 --> 00:00:02{point}500\n<i>Bom</i> dia,\ntudo bem?\n\n"
    content += f"2\n01:00:03{point}000 --> 01:00:04{point}000\n<v Ana>Tudo &amp; mais.\n"
    path = written(tmp_path / f"filme{suffix}", content)
    facts = read_document(path, tmp_path / "read.json")
    transcript = from_json(Kind.TRANSCRIPT, (tmp_path / "read.json").read_bytes())
    assert isinstance(transcript, Transcript)
    assert [segment.text for segment in transcript.segments] == [
        "Bom dia, tudo bem?",
        "Tudo & mais.",
    ]
    assert [segment.start for segment in transcript.segments] == [1.0, 3603.0]
    assert transcript.segments[1].speaker == "Ana"
    assert (facts.kind, facts.num_segments, facts.duration) == ("transcript", 2, 3604.0)


def test_what_is_read_is_told_by_its_contents_and_not_its_name(tmp_path: Path):
    path = write_epub(tmp_path / "livro.epub").rename(tmp_path / "livro.txt")
    assert_is_dom_casmurro(read(path)[0])


def test_cancelling_stops_the_reading(tmp_path: Path):
    stop = threading.Event()
    stop.set()
    with pytest.raises(RunCancelled):
        read_document(write_epub(tmp_path / "a.epub"), tmp_path / "read.json", cancelled=stop)
    assert not (tmp_path / "read.json").exists()


@pytest.mark.parametrize("name", ["a.docx", "a.mobi", "a.rtf"])
def test_other_documents_are_refused_with_what_to_do(tmp_path: Path, name: str):
    with pytest.raises(DocumentError, match=r"are not read.*EPUB"):
        read_document(written(tmp_path / name, "x"), tmp_path / "read.json")


def test_the_json_is_nothing_but_text(tmp_path: Path):
    read(write_epub(tmp_path / "a.epub"))
    fields: Mapping[str, Any] = json.loads((tmp_path / "read.json").read_text(encoding="utf-8"))
    assert set(fields) == {"chapters", "language", "title", "author"}


def test_what_speakers_say_on_lines_that_follow_one_another_stays_apart():
    script = "HOST: Good morning, dear listeners.\nGUEST: Thank you\nfor having me.\nHOST: Indeed."
    (piece,) = plain_chapters(script)
    assert piece.paragraphs == [
        "HOST: Good morning, dear listeners.",
        "GUEST: Thank you for having me.",
        "HOST: Indeed.",
    ]
