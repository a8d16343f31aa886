"""Documents that attack, lie or are broken: one DocumentError, soon, and the parent unharmed."""

import re
import socket
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pypdf
import pytest

from scripts.books import DOM_CASMURRO, Line, epub_members, write_epub, write_pdf, write_zip
from tonmeister import documents
from tonmeister.config import Settings
from tonmeister.decoder import epub
from tonmeister.documents import DocumentFacts, read_document
from tonmeister.errors import AudioError, DocumentError
from tonmeister.ingestion import ingest
from tonmeister.store import Store

SECONDS_ALLOWED = 30.0
MEMORY_ALLOWED_MB = 512.0
BOMB_BYTES = 600 * 1024**2


@dataclass(frozen=True)
class Outcome:
    facts: DocumentFacts | None
    error: DocumentError | None
    seconds: float


def attempt(path: Path) -> Outcome:
    result = path.parent / "result.json"
    started = time.monotonic()
    facts, error = None, None
    try:
        facts = read_document(path, result)
    except DocumentError as caught:
        error = caught
    outcome = Outcome(facts, error, time.monotonic() - started)
    assert result.exists() == (facts is not None)
    assert not list(path.parent.glob(".decoding-*"))
    return outcome


def assert_refused(path: Path, found: str) -> None:
    outcome = attempt(path)
    assert outcome.seconds < SECONDS_ALLOWED
    assert outcome.error is not None, f"{outcome.facts}"
    assert "\n" not in str(outcome.error)
    assert outcome.error.hint
    assert found in outcome.error.message


def altered(path: Path, **members: str | bytes) -> Path:
    """Write the usual book with some files of it replaced; "__" stands for "/", "_" for "."."""
    replaced = {name.replace("__", "/").replace("_", "."): text for name, text in members.items()}
    return write_zip(path, {**epub_members(DOM_CASMURRO), **replaced})


def zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, content in epub_members(DOM_CASMURRO).items():
            if name != "OEBPS/c1.xhtml":
                file.writestr(name, content)
        with file.open("OEBPS/c1.xhtml", "w") as member:
            for _ in range(BOMB_BYTES // 1024**2):
                member.write(b"<p>x" * 2**18)
    assert path.stat().st_size < BOMB_BYTES / 50


def many_pages(path: Path) -> None:
    """A bomb of many pages, each of them below the limit."""
    page = "<p>" + "a" * (epub.MAX_FILE_BYTES - 100)
    write_zip(path, members_of(9, page))


def members_of(num_chapters: int, page: str) -> dict[str, str]:
    chapters = {f"Parte {number}": ["x"] for number in range(num_chapters)}
    members = epub_members(replace(DOM_CASMURRO, chapters=chapters))
    return {name: page if re.search(r"/c\d", name) else text for name, text in members.items()}


def lying_sizes(path: Path) -> None:
    """The directory promises ten bytes for a page of a megabyte."""
    altered(path, OEBPS__c1_xhtml=b"x" * 1024**2)
    content = bytearray(path.read_bytes())
    place = content.rfind(b"OEBPS/c1.xhtml") - 46
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")
    path.write_bytes(content)


def billion_laughs(path: Path) -> None:
    laughs = '<!ENTITY l0 "ha">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
    )
    altered(path, OEBPS__c1_xhtml=f"<!DOCTYPE html [{laughs}]><html><body>&l9;</body></html>")


def laughing_package(path: Path) -> None:
    package = epub_members(DOM_CASMURRO)["OEBPS/book.opf"]
    altered(path, OEBPS__book_opf=f'<!DOCTYPE p [<!ENTITY t "x">]>{package}')


def outside_file(path: Path) -> None:
    package = epub_members(DOM_CASMURRO)["OEBPS/book.opf"]
    altered(path, OEBPS__book_opf=package.replace("c1.xhtml", "../../../../etc/passwd"))


def outside_address(path: Path) -> None:
    package = epub_members(DOM_CASMURRO)["OEBPS/book.opf"]
    altered(path, OEBPS__book_opf=package.replace("c1.xhtml", "http://127.0.0.1/c1.xhtml"))


def protected_epub(path: Path) -> None:
    altered(
        path,
        **{
            "META-INF__encryption_xml": "<encryption><EncryptedData><EncryptionMethod Algorithm="
            "'http://www.w3.org/2001/04/xmlenc#aes128-cbc'/></EncryptedData></encryption>"
        },
    )


def locked_zip(path: Path) -> None:
    write_epub(path)
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1  # the flag of an encrypted member
        place = content.find(b"PK\x01\x02", place + 4)
    path.write_bytes(content)


def truncated(path: Path) -> None:
    write_epub(path)
    path.write_bytes(path.read_bytes()[:1500])


def missing_page(path: Path) -> None:
    members = epub_members(DOM_CASMURRO)
    del members["OEBPS/c2.xhtml"]
    write_zip(path, members)


def office_document(path: Path) -> None:
    write_zip(path, {"word/document.xml": "<w:document/>"})


def no_words(path: Path) -> None:
    write_zip(path, members_of(2, "<html><body><img src='1.jpg'/></body></html>"))


@pytest.mark.parametrize(
    ("write", "found"),
    [
        (zip_bomb, "unpacks to more than"),
        (many_pages, "more than"),
        (lying_sizes, "damaged"),
        (billion_laughs, "declares XML entities"),
        (laughing_package, "declares XML entities"),
        (outside_file, "refers to a file outside itself"),
        (outside_address, "refers to a file outside itself"),
        (protected_epub, "protected against copying (DRM)"),
        (locked_zip, "protected against copying (DRM)"),
        (truncated, "damaged"),
        (missing_page, "c2.xhtml is missing"),
        (office_document, "no EPUB book"),
        (no_words, "has no text"),
    ],
)
def test_a_hostile_epub_is_refused(tmp_path: Path, write: Callable[[Path], object], found: str):
    path = tmp_path / "book.epub"
    write(path)
    assert_refused(path, found)


def test_disguised_fonts_are_no_protection(tmp_path: Path):
    encryption = "<encryption><EncryptionMethod Algorithm='http://www.idpf.org/2008/embedding'/>"
    path = altered(tmp_path / "a.epub", **{"META-INF__encryption_xml": encryption})
    assert attempt(path).facts


def test_deep_nesting_costs_no_stack(tmp_path: Path):
    deep = "<div>" * 60_000 + "<p>Fundo.</p>" + "</div>" * 60_000
    outcome = attempt(altered(tmp_path / "a.epub", OEBPS__c1_xhtml=f"<html>{deep}</html>"))
    assert outcome.facts
    assert outcome.seconds < SECONDS_ALLOWED
    markdown = tmp_path / "a.md"
    markdown.write_text("> " * 20_000 + "Fundo.\n\n" + "[" * 20_000 + "\n\n" + "*a " * 20_000)
    assert attempt(markdown).seconds < SECONDS_ALLOWED


def test_scripts_and_pictures_of_a_page_ask_for_nothing(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        page = f'<!DOCTYPE html PUBLIC "x" "{address}"><html><script src="{address}"></script>'
        page += f'<img src="{address}"><iframe src="{address}"></iframe><p>Texto.</p></html>'
        (tmp_path / "a.html").write_text(page)
        assert attempt(tmp_path / "a.html").facts
        with pytest.raises(BlockingIOError):
            server.accept()


def test_members_outside_the_folder_are_never_written(tmp_path: Path):
    inner = tmp_path / "inner"
    inner.mkdir()
    members = {**epub_members(DOM_CASMURRO), "../escaped.txt": "x", "/tmp/escaped.txt": "x"}
    assert attempt(write_zip(inner / "a.epub", members)).facts
    assert not (tmp_path / "escaped.txt").exists()
    assert not Path("/tmp/escaped.txt").exists()


def encrypted_pdf(path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=write_pdf(path, [[Line("Segredo.")]]))
    writer.encrypt("palavra", algorithm="RC4-128")
    writer.write(path)


def encrypted_with_aes(path: Path) -> None:
    """The dictionary of an AES-256 encryption; nothing can be opened without its key."""
    write_pdf(path, [[Line("Segredo.")]])
    security = b"/Encrypt<</Filter/Standard/V 5/R 6/Length 256/P -44/O<%s>/U<%s>" % (
        b"00" * 48,
        b"00" * 48,
    )
    security += b"/OE<%s>/UE<%s>/Perms<%s>" % (b"00" * 32, b"00" * 32, b"00" * 16)
    security += b"/CF<</StdCF<</CFM/AESV3/Length 32>>>>/StmF/StdCF/StrF/StdCF>>/ID[<00><00>]"
    path.write_bytes(path.read_bytes().replace(b"/Info 4 0 R", b"/Info 4 0 R" + security))


def scanned(path: Path) -> None:
    write_pdf(path, [[], [], []])


def huge_stream(path: Path) -> None:
    """A page whose drawing unpacks to 120 MiB."""
    packed = zlib.compress(b"0 0 m\n" * (BOMB_BYTES // 30), 6)
    write_pdf(path, [[Line("x")]])
    content = path.read_bytes()
    begin = content.index(b"<</Length", content.index(b"/Author"))
    end = content.index(b"endstream", begin) + len(b"endstream")
    stream = b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
    path.write_bytes(content[:begin] + stream + content[end:])


def cut_pdf(path: Path) -> None:
    write_pdf(path, [[Line("Uma linha")] * 30] * 5)
    path.write_bytes(path.read_bytes()[:400])


def endless_pages(path: Path) -> None:
    """The tree of pages contains itself."""
    write_pdf(path, [[Line("x")]])
    path.write_bytes(path.read_bytes().replace(b"/Kids[6 0 R]", b"/Kids[2 0 R]"))


@pytest.mark.parametrize(
    ("write", "found"),
    [
        (encrypted_pdf, "needs a password"),
        (encrypted_with_aes, "encrypted with AES"),
        (scanned, "probably scanned pictures"),
        (huge_stream, "unpacks to far more"),
        (cut_pdf, ""),
        (endless_pages, ""),
    ],
)
def test_a_hostile_pdf_is_refused(tmp_path: Path, write: Callable[[Path], object], found: str):
    path = tmp_path / "book.pdf"
    write(path)
    assert_refused(path, found)


def test_a_pdf_that_only_forbids_printing_is_read(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [[Line("Aberto.")]])
    writer = pypdf.PdfWriter(clone_from=path)
    writer.encrypt("", "dono", algorithm="RC4-128")
    writer.write(path)
    assert attempt(path).facts


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("empty.txt", b"", "0 bytes"),
        ("empty.epub", b"", "0 bytes"),
        ("blank.txt", b" \n\n\t", "no text"),
        ("zeros.txt", bytes(1000), "zero bytes"),
        ("noise.txt", np.random.default_rng(0).bytes(20_000), "not"),
        ("sound.md", b"RIFF\x24\x00\x00\x00WAVEfmt ", "a recording"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG picture"),
        ("program.html", b"\x7fELF" + bytes(100), "a program"),
        ("words.srt", b"No times here.", "no subtitles"),
        ("short.pdf", b"%PDF-1.7\n", ""),
    ],
)
def test_what_is_no_document_is_named(tmp_path: Path, name: str, content: bytes, found: str):
    (tmp_path / name).write_bytes(content)
    assert_refused(tmp_path / name, found)


def test_half_a_gigabyte_is_refused_at_once(tmp_path: Path):
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(500 * 1024**2)
    outcome = attempt(path)
    assert outcome.error
    assert "500 MiB; 256 are accepted" in outcome.error.message
    assert outcome.seconds < 1.0


def test_more_characters_than_a_library_are_refused(tmp_path: Path):
    path = tmp_path / "long.txt"
    path.write_text("palavra " * (documents.MAX_CHARACTERS // 8 + 10))
    assert_refused(path, "more than 20,000,000 characters")


def test_a_long_book_is_read_within_the_limits(tmp_path: Path):
    path = tmp_path / "long.txt"
    path.write_text(
        "\n\n".join(f"Capítulo {n}\n\n" + "Uma frase longa. " * 3000 for n in range(90))
    )
    outcome = attempt(path)
    assert outcome.facts
    assert outcome.facts.num_chapters == 90
    assert outcome.facts.peak_memory_mb < 256


def test_an_ingested_document_is_words_and_a_refused_one_leaves_nothing(
    settings: Settings, tmp_path: Path
):
    never = threading.Event()
    with Store(settings.home) as store:
        artifact = ingest(write_epub(tmp_path / "Dom.epub"), store, settings, never)
        assert (artifact.kind, artifact.name) == ("document", "Dom")
        assert artifact.facts["num_chapters"] == 3
        assert artifact.facts["language"] == "pt"
        assert "Casmurro" not in str(dict(artifact.facts)), "facts never hold contents"
        scanned(tmp_path / "scan.pdf")
        with pytest.raises(DocumentError, match=r"^scan\.pdf: .*scanned"):
            ingest(tmp_path / "scan.pdf", store, settings, never)
        subtitles = tmp_path / "film.srt"
        subtitles.write_text("1\n00:00:01,000 --> 00:00:02,000\nBom dia.\n")
        assert ingest(subtitles, store, settings, never).kind == "transcript"
        (tmp_path / "letter.doc.xyz").write_text("Dear reader, this is a letter.")
        with pytest.raises(AudioError, match=r"text, not a recording.*EPUB"):
            ingest(tmp_path / "letter.doc.xyz", store, settings, never)
