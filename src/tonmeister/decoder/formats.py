"""What a foreign file is, told from its first and last bytes alone; no library is involved."""

from pathlib import Path

__all__ = [
    "ACCEPTED",
    "ACCEPTED_DOCUMENTS",
    "AV_OPTIONS",
    "damage_of_the_end",
    "foreign_content",
    "picture_format",
]

ACCEPTED = (
    "Accepted are recordings (WAV, FLAC, MP3, Ogg, Opus, M4A, AAC, AIFF, CAF, WMA, AMR, AC-3, "
    "WavPack, APE, TTA, Musepack, DSF), videos (MP4, MOV, MKV, WebM, WMV), pictures (PNG, JPEG, "
    "WebP, GIF) and, by their extension, documents (TXT, MD, HTML, EPUB, PDF, SRT, VTT)."
)
ACCEPTED_DOCUMENTS = (
    "Accepted are plain text (TXT), Markdown (MD), HTML, EPUB, PDF, and subtitles (SRT, VTT)."
)

# Playlist formats open other files and addresses, so the formats are named one by one.
AV_OPTIONS = {
    "format_whitelist": (
        "wav,w64,mp3,flac,ogg,mov,matroska,aac,aiff,caf,au,asf,amr,ac3,eac3,wv,ape,tta,mpc,mpc8,dsf"
    ),
    "protocol_whitelist": "file",
}

_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a database"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"MThd", "a MIDI file"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"BM", "a BMP picture"),
    (b"\x00\x00\x01\xba", "an MPEG programme stream"),
)
_TEXTS = (
    ("#EXTM3U", "a playlist"),
    ("[playlist]", "a playlist"),
    ("ffconcat", "a list of other files"),
    ("<?xml", "XML text"),
    ("<svg", "an SVG drawing"),
    ("<!doctype html", "a web page"),
    ("<html", "a web page"),
    ("{", "text, probably JSON"),
)
_STREAMED = 0x7FFF_0000  # sizes from here up are placeholders of writers that could not seek
_OGG_SEARCH_BYTES = 128 * 1024  # an Ogg page has at most 65,307 bytes


def picture_format(head: bytes) -> str | None:
    """Name the picture format, or None if the file is no picture that is accepted.

    Args:
        head: The first bytes of the file, at least 12.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return "GIF" if head[:6] in (b"GIF87a", b"GIF89a") else None


def foreign_content(head: bytes) -> str | None:
    """Name content that surely is no recording, video or picture; None if it may be one.

    Args:
        head: The first bytes of the file, 4096 of them if it has so many.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "an AVI video"
    if head[:1] == b"\x47" and head[188:189] == b"\x47" and head[376:377] == b"\x47":
        return "an MPEG transport stream"
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    if not head.strip(b"\x00"):
        return "nothing but zero bytes"
    return _text(head)


def _text(head: bytes) -> str | None:
    # Two bytes of the mark alone could start an MP3 frame, so an ASCII character must follow it.
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") and head[2:64].count(b"\x00") >= len(head[2:64]) // 3:
        return "text"
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # more than a character cut in two at the end
            return None
        text = head[: error.start].decode("utf-8-sig")
    if any(ord(character) < 32 and character not in "\t\n\r\f\x1b" for character in text):
        return None
    start = text.lstrip().lower()
    names = (name for prefix, name in _TEXTS if start.startswith(prefix.lower()))
    return next(names, "text")


def damage_of_the_end(path: Path) -> str:
    """Say that the end of a WAV, AIFF, Ogg or MP3 file is missing; empty if present or unknown.

    Their decoders stop at the end of the file without an error, so its marks are read here.

    Args:
        path: A regular file.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"OggS":
            file.seek(max(0, size - _OGG_SEARCH_BYTES))
            return _ogg_damage(file.read(_OGG_SEARCH_BYTES))
        promised = 0
        if head[:4] in (b"RIFF", b"FORM"):
            order = "little" if head[:4] == b"RIFF" else "big"
            promised = int.from_bytes(head[4:8], order) + 8
        elif head[:3] == b"ID3" or head[:1] == b"\xff":
            # An ID3 tag stores its size in four bytes of seven bits (ID3v2.4, section 3.1).
            tag = sum(byte << 7 * (3 - place) for place, byte in enumerate(head[6:10])) + 10
            start = tag if head[:3] == b"ID3" else 0
            file.seek(start)
            promised = start + _mp3_bytes(file.read(256))
    if size < promised < _STREAMED:
        return f"Its header promises {promised} bytes and the file has {size}."
    return ""


def _ogg_damage(tail: bytes) -> str:
    page = tail.rfind(b"OggS\x00")
    # Bit 2 of a page's flags marks the last page of a stream (RFC 3533, section 6).
    if page >= 0 and page + 5 < len(tail) and not tail[page + 5] & 4:
        return "It has no end mark, so its end is probably missing."
    return ""


def _mp3_bytes(frame: bytes) -> int:
    # The first frame of most MP3 files is a "Xing" or "Info" table: flags, then frames, then bytes.
    table = max(frame.find(b"Xing"), frame.find(b"Info"))
    if table < 0 or len(frame) < table + 16 or frame[table + 7] & 3 != 3:
        return 0
    return int.from_bytes(frame[table + 12 : table + 16], "big")
