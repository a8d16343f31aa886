"""From bytes to characters: which encoding a text is in."""

import codecs
import re

from tonmeister.errors import DocumentError

__all__ = ["characters", "declared_encoding"]

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like the mark of UTF-16, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Only encodings of plain text are believed; Python also knows "zip", "unicode_escape" and others.
_BELIEVED = re.compile(
    r"utf-?(?:8|16|32)(?:[-_]?[lb]e)?|us-ascii|ascii|latin-?1|(?:iso-?)?8859-\d{1,2}|iso-8859-\d{1,2}"
    r"|windows-12\d\d|cp12\d\d|koi8-[ru]|macintosh|shift_jis|gb2312|gbk|gb18030|big5|euc-(?:jp|kr)"
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})["']"""
    rb"""|<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
LOST = "\ufffd"
MOST_CONTROL = 0.01  # share of control characters above which bytes are no text
MOST_LOST = 0.05  # share of the non-ASCII characters that may be broken in a UTF-8 text


def declared_encoding(content: bytes) -> str | None:
    """Return the encoding that an XML or HTML file states, if it is one of plain text.

    Args:
        content: The file.
    """
    match = _DECLARED.search(content[:2048])
    name = (match[1] or match[2]).decode("ascii", "replace").lower() if match else ""
    return name if _BELIEVED.fullmatch(name) else None


def characters(content: bytes, declared: str | None = None) -> tuple[str, int]:
    """Decode a text, and count the characters that are broken and left out.

    A byte order mark counts most, then what the file states, then whether it is valid UTF-8; what
    is none of these is taken for Windows-1252, of which Latin-1 is a part.

    Args:
        content: The bytes of the text.
        declared: From ``declared_encoding``; None when nothing is stated.

    Raises:
        DocumentError: The bytes are no text.
    """
    text, lost = _decoded(content, declared)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(_CONTROL.findall(text)) > MOST_CONTROL * len(text):
        raise DocumentError(
            "The file is not text: it holds control characters.",
            hint="Accepted as text are UTF-8, UTF-16 and Windows-1252 (Latin-1).",
        )
    return _CONTROL.sub("", text), lost


def _decoded(content: bytes, declared: str | None) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _lossy(content, encoding)
    unmarked = _unmarked_utf16(content)
    if unmarked:
        return _lossy(content, unmarked)
    if declared and not declared.startswith("utf-8"):
        try:
            return content.decode(declared), 0
        except (UnicodeDecodeError, LookupError):
            pass
    try:
        return content.decode("utf-8"), 0
    except UnicodeDecodeError:
        text, lost = _lossy(content, "utf-8")
    if lost <= MOST_LOST * sum(character > "\x7f" for character in text):
        return text, lost
    try:
        return content.decode("cp1252"), 0
    except UnicodeDecodeError:  # five bytes stand for nothing there
        return content.decode("latin-1"), 0


def _unmarked_utf16(content: bytes) -> str | None:
    """Tell UTF-16 without a mark by the zero bytes of its Latin letters."""
    head = content[:2048]
    half = len(head) // 2
    if half < 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * half and odd < 0.1 * half else None


def _lossy(content: bytes, encoding: str) -> tuple[str, int]:
    text = content.decode(encoding, errors="replace")
    return text.replace(LOST, ""), text.count(LOST)
