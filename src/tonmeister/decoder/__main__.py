"""The child process that touches foreign bytes: ``python -m tonmeister.decoder``.

It reads one JSON request from stdin, limits itself, works in its current folder on the file
``input``, and answers on stdout in JSON lines: any number of ``{"samples", "fraction"}`` while it
works, then one ``{"result"}`` or one error (see ``TonmeisterError.to_dict``).
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from tonmeister.decoder.formats import (
    ACCEPTED,
    ACCEPTED_DOCUMENTS,
    foreign_content,
    picture_format,
)
from tonmeister.decoder.limits import INPUT, MEMORY_BYTES, OUTPUT, Limits, Meter, Reply
from tonmeister.errors import AudioError, DocumentError, TonmeisterError

if sys.platform != "win32":
    import resource

__all__ = ["main"]

MAX_PIXELS = 100_000_000
PICTURES = ["PNG", "JPEG", "WEBP", "GIF"]
BEHIND = 230  # grey behind what is transparent


def _picture_or_sound(path: Path) -> str | None:
    """Return the picture format of a file, None for anything that may hold sound.

    Raises:
        AudioError: The file is text, a document, an archive or otherwise no recording.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    picture = picture_format(head)
    found = None if picture else foreign_content(head)
    if found:
        raise AudioError(f"The file is {found}, not a recording.", hint=ACCEPTED)
    return picture


def main() -> None:
    """Answer one request."""
    # Libraries that print must not write into the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    def reply(fields: dict[str, Any]) -> None:
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    request = json.loads(sys.stdin.buffer.readline())
    refused: type[AudioError | DocumentError] = AudioError
    try:
        limits = Limits(**request["limits"])
        limits.apply()
        action = str(request["action"])
        refused = DocumentError if action == "read" else AudioError

        def progress(fields: dict[str, Any]) -> None:
            limits.allow_cpu(int(fields["samples"]))
            reply(fields)

        if action == "read":
            result = _read(str(request["suffix"]), limits, progress)
        elif action == "picture":
            result = _picture(int(request["most_pixels_wide"]))
        else:
            result = _probe() if action == "probe" else _decode(Meter(limits, progress, Path.cwd()))
    except TonmeisterError as error:
        reply(error.to_dict())
    except MemoryError:
        reason = f"it needs more than {MEMORY_BYTES // 1024**2} MiB of memory"
        reply(_unreadable(reason, refused).to_dict())
    except Exception as error:  # noqa: BLE001 - top of the process: any failure is an answer
        reply(_unreadable(f"{type(error).__name__}: {error}", refused).to_dict())
    else:
        reply({"result": {**result, "peak_memory_mb": _peak_memory_mb()}})


def _unreadable(
    reason: str, refused: type[AudioError | DocumentError] = AudioError
) -> TonmeisterError:
    reason = " ".join(reason.split())[:200]
    if refused is DocumentError:
        return refused(f"The file cannot be read: {reason}.", hint=ACCEPTED_DOCUMENTS)
    return refused(f"The file cannot be decoded: {reason}.", hint=ACCEPTED)


def _peak_memory_mb() -> float:
    if sys.platform == "win32":
        return 0.0
    status = Path("/proc/self/status")
    if status.is_file():  # on Linux ru_maxrss begins at what the parent had when it forked
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def _probe() -> dict[str, Any]:
    path = Path(INPUT)
    if _picture_or_sound(path):
        return _probe_picture(path)
    from tonmeister.decoder import readers

    return readers.probe(path)


def _decode(meter: Meter) -> dict[str, Any]:
    path = Path(INPUT)
    picture = _picture_or_sound(path)
    if picture:
        raise AudioError(f"The file is a {picture} picture and has no sound.", hint=ACCEPTED)
    from tonmeister.decoder import readers

    return readers.decode(path, Path(OUTPUT), meter)


def _read(suffix: str, limits: Limits, reply: Reply) -> dict[str, Any]:
    from tonmeister.decoder import documents

    return documents.read(Path(INPUT), Path(OUTPUT), suffix, limits, reply)


def _picture(most: int) -> dict[str, Any]:
    """Write a picture as a binary PPM, upright, on grey, and no larger than asked."""
    from PIL import Image, ImageOps

    path = Path(INPUT)
    if _picture_or_sound(path) is None:
        raise AudioError("The file is no picture.", hint="Hand over a PNG, JPEG, WebP or GIF.")
    _probe_picture(path)
    try:
        with Image.open(path, formats=PICTURES) as image:
            image.draft("RGB", (most, most))  # a large JPEG is decoded small at once
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((most, most))
            clear = upright.convert("RGBA")
            behind = Image.new("RGBA", clear.size, (*[BEHIND] * 3, 255))
            flat = Image.alpha_composite(behind, clear).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _unreadable(f"damaged picture ({type(error).__name__})") from error
    header = f"P6 {flat.width} {flat.height} 255\n".encode("ascii")
    Path(OUTPUT).write_bytes(header + flat.tobytes())
    return {"width": flat.width, "height": flat.height}


def _probe_picture(path: Path) -> dict[str, Any]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=PICTURES) as image:
            container, (width, height) = str(image.format).lower(), image.size
            if width * height > MAX_PIXELS:
                raise AudioError(
                    f"The picture has {width} × {height} pixels; {MAX_PIXELS:,} are accepted.",
                    hint="Make it smaller.",
                )
            image.verify()
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
    ) as error:
        raise _unreadable(f"damaged picture ({type(error).__name__})") from error
    return {
        "kind": "image",
        "container": container,
        "codec": container,
        "width": width,
        "height": height,
    }


if __name__ == "__main__":
    main()
