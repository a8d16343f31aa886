"""Which part of a recording is meant: "from 0:10 to 0:20", "the last 5 seconds"."""

import re
from collections.abc import Mapping

__all__ = ["TAKE_TIMES", "Limits", "cut_arguments", "limits_of", "piece_of"]

Limits = tuple[float, float | None]
"""Start and end in seconds; None for the end of the recording."""

TAKE_TIMES = ("trim", "remove_part", "extract_sound", "remove_sound")
"""Tools that are told which part is meant; all others are given only that part."""


def limits_of(span: Mapping[str, float], duration: float | None) -> Limits | None:
    """Return where a part starts and ends; None when that is not clear.

    Args:
        span: Times by the names the patterns give them.
        duration: Length of the recording in seconds, if known.
    """
    single = [
        (name.removeprefix("span_").removesuffix("_in"), value)
        for name, value in span.items()
        if re.sub(r"_\d+$", "", name) not in ("span_start", "span_end")
    ]
    if len(single) > 1:
        return None
    if not single:
        start, end = span["span_start"], span["span_end"]
        return (start, end) if end > start else None
    kind, value = single[0]
    if kind in ("first", "upto"):
        return 0.0, value
    if kind == "from":
        return value, None
    if duration is None or value >= duration:
        return None
    return round(duration - value, 3), None


def cut_arguments(tool: str, limits: Limits, duration: float | None) -> Mapping[str, float | None]:
    """Return the arguments of a tool that takes times.

    Args:
        tool: One of ``TAKE_TIMES``.
        limits: The part to keep or remove.
        duration: Length of the recording in seconds, if known.
    """
    start, end = limits
    if tool != "remove_part":
        kept = {"start": start} if start or end is None else {}
        return kept if end is None else {**kept, "end": end}
    return {"start": start, "end": duration if end is None else end}


def piece_of(ref: str, limits: Limits) -> str:
    """Return the reference of a part of a recording.

    Args:
        ref: The recording.
        limits: The part.
    """
    start, end = limits
    return f"{ref}[{start!r}:{'' if end is None else repr(end)}]"
