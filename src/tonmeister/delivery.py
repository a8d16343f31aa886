"""Finished files: where they go, what they are called, never over another file unasked."""

import glob
import itertools
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

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
    "replaced_files",
    "write_files",
]

AUDIO_FORMATS = ("wav", "flac", "mp3", "ogg", "opus", "m4a", "aiff")
TEXT_FORMATS = ("srt", "vtt", "txt", "json")
FILE_KINDS = (Kind.AUDIO, Kind.IMAGE, Kind.VIDEO, Kind.FILE)
Leaving = tuple[str, Artifact, Path]  # name for people, artifact, stored file
_T = TypeVar("_T")
_Named = tuple[str, str | None]  # name for people, format; None when only the tool knows
LONGEST_NAME = 200  # bytes of a result's name; file systems take 255 with what is added to it


@dataclass(frozen=True, slots=True)
class Destination:
    """Where finished files go.

    Attributes:
        folder: The folder; it is made when it does not exist.
        file: File name the user asked for; None lets results name themselves.
        force: Whether an existing file may be replaced.
        shown: Absolute paths of the only files that may be replaced, which a person was shown; None
            for any.
    """

    folder: Path
    file: str | None = None
    force: bool = False
    shown: frozenset[Path] | None = None

    def may_replace(self, path: Path) -> bool:
        """Tell whether an existing file may be replaced.

        Args:
            path: The file.
        """
        return self.force and (self.shown is None or path.absolute() in self.shown)

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
        renamed: By wanted path, the path used because the wanted one existed; of results that
            keep one stem, only the first.
        kept: Those of the files that were there already with the same contents.
    """

    files: dict[Path, Artifact] = field(default_factory=dict[Path, Artifact])
    renamed: dict[Path, Path] = field(default_factory=dict[Path, Path])
    kept: set[Path] = field(default_factory=set[Path])


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


def replaced_files(
    plan: Plan, tools: Mapping[str, Tool], target: Destination, names: Mapping[str, str]
) -> list[Path]:
    """Return the existing files that results of a plan would replace, as absolute paths.

    Where only the tool knows the format, every file of the result's name counts.

    Args:
        plan: A checked plan.
        tools: The catalog's tools by name.
        target: Where results go.
        names: Names the results will have, by "step.output".
    """
    steps = {step.id: step for step in plan.steps}
    as_json = (target.file or "").lower().endswith(".json")
    asked = Path(target.file or "").suffix.lower().lstrip(".")
    coming: dict[str, tuple[str, str | None]] = {}
    for ref in deliverables(plan, tools):
        step = steps[ref.name]
        kind = tools[step.tool].outputs[ref.output or ""]
        if kind in (*FILE_KINDS, Kind.TRANSCRIPT) or as_json:
            suffix = _coming_suffix(step, tools[step.tool], kind, target)
            place = f"{ref.name}.{ref.output}"
            coming[place] = (names[place], suffix)
    fitting = [one for one in coming.values() if one[1] in (asked, None)]
    chosen = fitting[0] if target.file and len(fitting) == 1 else None
    found: list[Path] = []
    for group in _together(coming, plan):
        for name in _wanted(group, target.file if chosen in group else None, chosen):
            whole = target.folder.absolute() / name.numbered(1)
            if name.rest.endswith(".None"):
                pattern = glob.escape(whole.name.removesuffix(".None")) + ".*"
                found += sorted(whole.parent.glob(pattern))
            elif whole.exists():
                found.append(whole)
    return found


def write_files(
    results: Mapping[str, Leaving], target: Destination, plan: Plan | None = None
) -> Written:
    """Copy results to where the user finds them.

    A file appears whole or not at all. The file name asked for is used when exactly one result
    is of its format. What one step made keeps one stem, also when a name is taken:
    ``rain.2.flac`` and ``rain.2.credits.txt``; all else is named by itself.

    Args:
        results: By "step.output": name for people, artifact, stored file.
        target: Where they go.
        plan: Tells what was made of what: the MP3 of a sound belongs to its credits as well.

    Raises:
        StoreError: The folder cannot be written.
    """
    written = Written()
    leaving = list(results.values())
    asked = Path(target.file or "").suffix.lower().lstrip(".")
    fitting = [one for one in leaving if _suffix(one[1]) == asked]
    if target.file and len(leaving) == 1 and not fitting:
        found = _suffix(leaving[0][1])
        raise StoreError(
            f"The result is a .{found} file, but {target.file} was asked for.",
            hint=f"Choose an output name that ends in .{found}, or ask for another format.",
        )
    chosen = fitting[0] if target.file and len(fitting) == 1 else None
    try:
        target.folder.mkdir(parents=True, exist_ok=True)
        for group in _together(results, plan):
            named = [(name, _suffix(artifact)) for name, artifact, _ in group]
            first = named[group.index(chosen)] if chosen in group else None
            wanted = _wanted(named, target.file if first else None, first)
            _write_group(group, wanted, target, written)
    except OSError as error:
        raise StoreError(
            f"{target.folder} cannot be written: {error.strerror or error}.",
            hint="The results are kept; choose another folder with -o, or free disk space.",
        ) from error
    return written


def _together(results: Mapping[str, _T], plan: Plan | None) -> list[list[_T]]:
    """Return results in groups: each with what the same step made beside it."""
    steps = {step.id: step for step in plan.steps} if plan else {}
    groups: dict[str, list[_T]] = {}
    for place, one in results.items():
        step_id = place.partition(".")[0]
        while step_id in steps:
            _, first = next(iter(steps[step_id].refs()), ("", None))
            # What was made of a result that does not leave itself stands in its place.
            if first is None or first.name not in steps:
                break
            if f"{first.name}.{first.output or 'result'}" in results:
                break
            step_id = first.name
        groups.setdefault(step_id, []).append(one)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class _FileName:
    """A file name with the place where a number goes when it is taken."""

    stem: str
    rest: str

    def numbered(self, number: int) -> str:
        return f"{self.stem}{'' if number == 1 else f'.{number}'}{self.rest}"


def _wanted(group: Sequence[_Named], asked: str | None, chosen: _Named | None) -> list[_FileName]:
    """Return the names of a group, which share a stem; with a name asked for, its stem."""
    names = [_safe(name) for name, _ in group]
    parts = [name.split(".") for name in names]
    shared = 0
    if len({*names}) == 1:
        shared = len(parts[0])
    else:
        while all(len(one) > shared and one[shared] == parts[0][shared] for one in parts):
            shared += 1
    stem = ".".join(parts[0][:shared])
    found: list[_FileName] = []
    for one, name in zip(group, names, strict=True):
        suffix = f".{one[1]}"
        if asked is not None and one is chosen:
            path = Path(asked)
            found.append(_FileName(path.stem, path.suffix))
        elif stem:
            start = Path(asked).stem if asked is not None else stem
            found.append(_FileName(start, f"{name[len(stem) :]}{suffix}"))
        else:
            found.append(_FileName(name, suffix))
    return found


def _write_group(
    group: Sequence[Leaving],
    names: Sequence[_FileName],
    target: Destination,
    written: Written,
) -> None:
    if len({name.numbered(1) for name in names}) < len(names):  # alike: each for itself
        for one, name in zip(group, names, strict=True):
            _write_group([one], [name], target, written)
        return
    wanted = [target.folder / name.numbered(1) for name in names]
    taken = [path for path in wanted if path.exists()]
    replace = bool(taken) and all(map(target.may_replace, taken))
    replace = replace and not any(path in written.files for path in wanted)
    if replace and len(taken) == len(wanted) and _all_same(group, wanted):
        replace = False  # nothing would change
    parts: list[Path] = []
    try:
        for _, _, stored in group:
            parts.append(_part(stored, target.folder))
        if replace:
            for part, path in zip(parts, wanted, strict=True):
                part.replace(path)
            paths = wanted
        else:
            paths = _place(parts, names, target.folder, written.kept)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    for (_, artifact, _), path in zip(group, paths, strict=True):
        written.files[path] = artifact
    # One name that was taken is why all got another.
    changed = [pair for pair in zip(wanted, paths, strict=True) if pair[0] != pair[1]]
    told = [pair for pair in changed if pair[0] in taken] or changed
    written.renamed.update(told[:1])


def _suffix(artifact: Artifact) -> str:
    return str(artifact.facts.get("suffix") or artifact.media_type.rpartition("/")[2])


def _part(stored: Path, folder: Path) -> Path:
    """Copy a stored file into a folder, under a name that nobody looks at."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".tonmeister-", delete=False) as file:
        part = Path(file.name)
    try:
        shutil.copyfile(stored, part)
        part.chmod(0o644)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _place(
    parts: Sequence[Path], names: Sequence[_FileName], folder: Path, kept: set[Path]
) -> list[Path]:
    """Give finished files their names, all with the first number that is free for each."""
    for number in itertools.count(1):
        paths = [folder / name.numbered(number) for name in names]
        there = _all_appear(parts, paths)
        if there is not None:
            kept |= there
            return paths
    raise AssertionError  # there is always a higher number


def _all_appear(parts: Sequence[Path], paths: Sequence[Path]) -> set[Path] | None:
    """Give files their names, where each is free or holds the same already; all or none.

    Returns:
        The names that held the same already; None when one is taken by something else.
    """
    placed: list[tuple[Path, Path]] = []
    there: set[Path] = set()
    for part, path in zip(parts, paths, strict=True):
        try:
            _appear(part, path)
        except FileExistsError:
            if path.is_file() and _same(part, path):
                there.add(path)
                continue
            for one, new in placed:
                # Where files cannot be linked the part itself was moved there.
                new.unlink() if one.exists() else new.replace(one)
            return None
        placed.append((part, path))
    return there


def _all_same(group: Sequence[Leaving], paths: Sequence[Path]) -> bool:
    pairs = zip(group, paths, strict=True)
    return all(path.is_file() and _same(stored, path) for (_, _, stored), path in pairs)


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
