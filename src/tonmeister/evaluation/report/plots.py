"""Plots as SVG inside the page: bars of shares, reliability, how long requests took."""

import math
from collections.abc import Mapping, Sequence
from html import escape

__all__ = ["COLOURS", "gauge", "reliability_plot", "seconds_plot", "share_bars"]

COLOURS = ("#3b6fb6", "#d08a2e", "#5a9a5a", "#9a5a9a")
WIDTH = 720
LEFT = 190
RIGHT = 70
BAR = 13
GAUGE = 140
GAP = 10


def share_bars(
    rows: Mapping[str, Mapping[str, float | None]], goal: float | None = None, title: str = ""
) -> str:
    """Draw shares as horizontal bars, the series of a row under each other.

    Args:
        rows: By label of the row and name of the series, 0.0 to 1.0; None where nothing counts.
        goal: Share that is wanted, drawn as a line.
        title: What is drawn, for those who listen to the page.
    """
    series = list(dict.fromkeys(name for row in rows.values() for name in row))
    height = sum(len(row) * BAR + GAP for row in rows.values()) + 40
    parts = [_legend(series)]
    top = 28.0
    for label, row in rows.items():
        middle = top + len(row) * BAR / 2
        parts.append(_text(LEFT - 8, middle + 4, label, "end"))
        for name, share in row.items():
            parts.append(_bar(top, share, COLOURS[series.index(name) % len(COLOURS)]))
            top += BAR
        top += GAP
    parts += [_scale(share, top) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    if goal is not None:
        parts.append(_line(_across(goal), 22, _across(goal), top, "goal"))
    return _svg(height + 10, parts, title)


def reliability_plot(rows: Sequence[Mapping[str, float | int | str | None]]) -> str:
    """Draw how often answers are right by how sure the planner called itself.

    Args:
        rows: From ``planning.scores.reliability``.
    """
    shown = {
        f"{row['level']} ({row['answers']} answers)": {"right": _number(row["right"])}
        for row in rows
    }
    for row in rows:
        shown[f"{row['level']} ({row['answers']} answers)"][f"exact, of {'plans'}"] = _number(
            row["exact"]
        )
    return share_bars(shown, 0.97, "Share of right answers by how sure the planner was")


def seconds_plot(series: Mapping[str, Sequence[float]]) -> str:
    """Draw how many requests took how long, on a logarithmic scale.

    Args:
        series: Seconds by name of the series.
    """
    values = [max(1e-3, one) for numbers in series.values() for one in numbers]
    if not values:
        return ""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)) + 1e-9)
    count = max(1, (high - low) * 5)
    edges = [10 ** (low + (high - low) * step / count) for step in range(count + 1)]
    bins = {name: _histogram(numbers, edges) for name, numbers in series.items() if numbers}
    most = max(max(numbers) for numbers in bins.values())
    parts = [_legend(list(bins))]
    span = (WIDTH - LEFT - RIGHT) / count
    for number, (name, heights) in enumerate(bins.items()):
        wide = span / len(bins) - 1
        for place, counted in enumerate(heights):
            tall = 120 * counted / most
            left = LEFT + place * span + number * (wide + 1)
            said = f"{name}: {counted} requests, {edges[place]:.3g} to {edges[place + 1]:.3g} s"
            parts.append(_rectangle(left, 150 - tall, wide, tall, COLOURS[number % 4], said))
    for exponent in range(low, high + 1):
        left = LEFT + (exponent - low) * (WIDTH - LEFT - RIGHT) / max(1, high - low)
        parts += [_line(left, 150, left, 155, "axis"), _text(left, 168, f"{10**exponent:g} s")]
    parts.append(_text(LEFT - 8, 34, f"{most} requests", "end"))
    return _svg(180, parts, "How many requests took how long")


def gauge(value: float, goal: float, before: float | None = None, title: str = "") -> str:
    """Draw a measured value beside its goal, and what it was before as a thinner bar below.

    Args:
        value: What was measured, 0 or more.
        goal: Its bound, above 0.
        before: What was measured in an earlier run.
        title: What is drawn, for those who listen to the page.
    """
    full = 1.15 * max(value, goal, before or 0.0)
    parts = [_rectangle(0, 2, GAUGE * value / full, 8, COLOURS[0], f"{value:.3g}")]
    if before is not None and before >= 0:
        said = f"before: {before:.3g}"
        parts.append(_rectangle(0, 11, GAUGE * before / full, 3, COLOURS[1], said))
    parts.append(_line(GAUGE * goal / full, 0, GAUGE * goal / full, 16, "goal"))
    return _svg(16, parts, title, GAUGE)


def _histogram(numbers: Sequence[float], edges: Sequence[float]) -> list[int]:
    counts = [0] * (len(edges) - 1)
    for number in numbers:
        place = next((at for at, edge in enumerate(edges[1:]) if number < edge), len(counts) - 1)
        counts[place] += 1
    return counts


def _number(value: float | int | str | None) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _across(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _bar(top: float, share: float | None, colour: str) -> str:
    if share is None:
        return _text(LEFT + 4, top + BAR - 2, "–", "start")
    said = f"{100 * share:.1f} %"
    bar = _rectangle(LEFT, top, _across(share) - LEFT, BAR - 2, colour, said)
    return bar + _text(_across(share) + 5, top + BAR - 3, said, "start")


def _scale(share: float, bottom: float) -> str:
    left = _across(share)
    return _line(left, 22, left, bottom, "grid") + _text(left, bottom + 12, f"{100 * share:.0f} %")


def _legend(series: Sequence[str]) -> str:
    parts: list[str] = []
    left = float(LEFT)
    for number, name in enumerate(series):
        parts.append(_rectangle(left, 4, 10, 10, COLOURS[number % len(COLOURS)], name))
        parts.append(_text(left + 14, 13, name, "start"))
        left += 30 + 7 * len(name)
    return "".join(parts)


def _rectangle(left: float, top: float, width: float, height: float, colour: str, said: str) -> str:
    size = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {size} fill="{colour}"><title>{escape(said)}</title></rect>'


def _line(left: float, top: float, right: float, bottom: float, kind: str) -> str:
    ends = f'x1="{left:.1f}" y1="{top:.1f}" x2="{right:.1f}" y2="{bottom:.1f}"'
    return f'<line {ends} class="{kind}"/>'


def _text(left: float, top: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{left:.1f}" y="{top:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(height: float, parts: Sequence[str], title: str, width: int = WIDTH) -> str:
    head = f'<svg viewBox="0 0 {width} {height:.0f}" width="{width}" role="img"'
    return f'{head} aria-label="{escape(title, quote=True)}">{"".join(parts)}</svg>'
