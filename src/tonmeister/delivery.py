"""Finished files: where they go, what they are called, never over another file unasked."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tonmeister.artifacts import Artifact, Kind
from tonmeister.errors import PlanError, StoreError
from tonmeister.plan import Plan, Step, deliverables
from tonmeister.toolspec import OPEN, Tool

__all__ = [
    "FILE_KINDS",
    "Destination",
    "Leaving",
    "Written",
    "check_output",
    "destination",
    "export_plan",
    "write_files",
]

AUDIO_FORMATS = ("wav", "flac", "mp3", "ogg", "opus", "m4a", "aiff")
TEXT_FORMATS = ("srt", "vtt", "txt", "json")
FILE_KINDS = (Kind.AUDIO, Kind.IMAGE, Kind.VIDEO, Kind.FILE)
Leaving = tuple[str, Artifact, Path]  # name for people, artifact, stored file
LONGEST_NAME = 200  # bytes of a result's name; file systems take 255 with what is added to it


@dataclass(frozen=True, slots=True)
class Destination:
    """Where finished files go.

    Attributes:
        folder: The folder; it is made when it does not exist.
        file: File name the user asked for; None lets results name themselves.
        force: Whether an existing file may be replaced.
    """

    folder: Path
    file: str | None = None
    force: bool = False

    @property
    def audio_format(self) -> str:
        """Format recordings leave in, from the file name asked for; FLAC by default."""
        return self._format(AUDIO_FORMATS, "flac")

    @property
    def text_format(self) -> str:
        """Format transcripts leave in, from the file name asked for; plain text by default."""
        return self._format(TEXT_FORMATS, "txt")

    def _format(self, known: tuple[str, ...], default: str) -> str:
        suffix = Path(self.file or "").suffix.lower().lstrip(".")
        return suffix if suffix in known else default


@dataclass(frozen=True, slots=True)
class Written:
    """Files that were written.

    Attributes:
        files: The artifact each holds, by path.
        renamed: By wanted path, the path used because the wanted one existed.
    """

    files: Mapping[Path, Artifact]
    renamed: Mapping[Path, Path]


def destination(output: Path | None, beside: Path, *, force: bool) -> Destination:
    """Decide where files go.

    Args:
        output: What the user asked for: a folder, or a file name with an extension.
        beside: Folder of the recording that was handed over.
        force: Whether an existing file may be replaced.
    """
    if output is None:
        return Destination(beside, force=force)
    if output.is_dir() or not output.suffix:
        return Destination(output, force=force)
    return Destination(output.parent, output.name, force=force)


def check_output(plan: Plan, tools: Mapping[str, Tool], target: Destination) -> None:
    """Refuse an output name that no result will fit, before anything is run for it.

    Args:
        plan: A checked plan.
        tools: The catalog's tools by name.
        target: Where results go.

    Raises:
        PlanError: The output name asks for a format that no result has.
    """
    if target.file is None:
        return
    steps = {step.id: step for step in plan.steps}
    found: list[str | None] = []
    for ref in deliverables(plan, tools):
        step = steps[ref.name]
        tool = tools[step.tool]
        found.append(_coming_suffix(step, tool, tool.outputs[ref.output or ""], target))
        if ref.output == OPEN:  # there may well be several
            found.append(found[-1])
    asked = Path(target.file).suffix.lower().lstrip(".")
    if found.count(asked) > 1:
        raise PlanError(
            [f"{target.file} was asked for, but there will be {found.count(asked)} such results."],
            hint="Name a folder instead.",
        )
    if None in found or asked in found:
        return
    suffixes = " and ".join(f".{suffix}" for suffix in dict.fromkeys(found))
    raise PlanError(
        [f"{target.file} was asked for, but the result is {suffixes}."],
        hint=f"Choose an output name that ends in .{found[0]}, or ask for another format.",
    )


def _coming_suffix(step: Step, tool: Tool, kind: Kind, target: Destination) -> str | None:
    """Return the suffix a result will have; None when only the tool knows."""
    chosen = tool.parameters.get("format")
    if chosen is not None:
        return str(step.args.get("format") or chosen.default)
    if kind is Kind.AUDIO:
        return target.audio_format
    if kind is Kind.TRANSCRIPT:
        return target.text_format
    return None if kind in FILE_KINDS else "json"


def export_plan(handle: str, artifact: Artifact, suffix: str) -> Plan | None:
    """Return the plan that brings an artifact into a file format; None if it is in its own.

    Args:
        handle: Its handle, such as "@a3".
        artifact: The artifact.
        suffix: File name extension without the dot.
    """
    if artifact.kind is Kind.AUDIO:
        args = {"audio": handle, "format": suffix}
        return Plan(steps=(Step(id="s1", tool="convert_format", args=args),))
    if artifact.kind is Kind.TRANSCRIPT:
        args = {"transcript": handle, "format": suffix}
        return Plan(steps=(Step(id="s1", tool="write_subtitles", args=args),))
    return None


def write_files(results: Mapping[str, Leaving], target: Destination) -> Written:
    """Copy results to where the user finds them.

    A file appears whole or not at all. The file name asked for is used when exactly one result
    is of its format; the others are named by themselves.

    Args:
        results: By "step.output": name for people, artifact, stored file.
        target: Where they go.

    Raises:
        StoreError: The folder cannot be written.
    """
    files: dict[Path, Artifact] = {}
    renamed: dict[Path, Path] = {}
    leaving = list(results.values())
    asked = Path(target.file or "").suffix.lower().lstrip(".")
    fitting = [one for one in leaving if _suffix(one[1]) == asked]
    if target.file and len(leaving) == 1 and not fitting:
        found = _suffix(leaving[0][1])
        raise StoreError(
            f"The result is a .{found} file, but {target.file} was asked for.",
            hint=f"Choose an output name that ends in .{found}, or ask for another format.",
        )
    try:
        target.folder.mkdir(parents=True, exist_ok=True)
        for name, artifact, stored in leaving:
            wanted = target.folder / f"{_safe(name)}.{_suffix(artifact)}"
            if target.file and len(fitting) == 1 and fitting[0][1] is artifact:
                wanted = target.folder / target.file
            path = _copy(stored, wanted, replace=target.force and wanted not in files)
            if path != wanted:
                renamed[wanted] = path
            files[path] = artifact
    except OSError as error:
        raise StoreError(
            f"{target.folder} cannot be written: {error.strerror or error}.",
            hint="The results are kept; choose another folder with -o, or free disk space.",
        ) from error
    return Written(files, renamed)


def _suffix(artifact: Artifact) -> str:
    return str(artifact.facts.get("suffix") or artifact.media_type.rpartition("/")[2])


def _copy(stored: Path, wanted: Path, *, replace: bool) -> Path:
    """Copy under the wanted name, or under the next free one; whole or not at all."""
    with tempfile.NamedTemporaryFile(
        dir=wanted.parent, prefix=".tonmeister-", delete=False
    ) as file:
        part = Path(file.name)
    try:
        shutil.copyfile(stored, part)
        part.chmod(0o644)
        if replace:
            part.replace(wanted)
            return wanted
        return _place(part, wanted)
    finally:
        part.unlink(missing_ok=True)


def _place(part: Path, wanted: Path) -> Path:
    number = 1
    path = wanted
    while True:
        try:
            _appear(part, path)
        except FileExistsError:
            if path.is_file() and _same(part, path):
                return path
            number += 1
            path = wanted.with_name(f"{wanted.stem}.{number}{wanted.suffix}")
            continue
        return path


def _appear(part: Path, path: Path) -> None:
    """Give a finished file its name, whole at once and never over another file."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as a memory card's: reserve the name
        path.open("x").close()
        part.replace(path)


def _same(first: Path, second: Path) -> bool:
    if first.stat().st_size != second.stat().st_size:
        return False
    with first.open("rb") as one, second.open("rb") as other:
        return all(
            a == b
            for a, b in zip(
                iter(lambda: one.read(1 << 20), b""),
                iter(lambda: other.read(1 << 20), b""),
                strict=True,
            )
        )


def _safe(name: str) -> str:
    """Keep letters of any script; drop what file systems or terminals trip over."""
    kept = "".join(
        letter if letter.isprintable() and letter not in '/\\:*?"<>|' else "_" for letter in name
    )
    short = kept.encode()[:LONGEST_NAME].decode(errors="ignore")
    return short.strip(". ") or "result"
