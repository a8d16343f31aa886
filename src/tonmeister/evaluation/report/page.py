"""The report as one HTML page that needs nothing else: no script, no font, no picture from afar."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from tonmeister.evaluation.report.measurements import measurements, measurements_told
from tonmeister.evaluation.report.plots import reliability_plot, seconds_plot, share_bars

__all__ = ["page", "summary"]

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem }
table { border-collapse: collapse; margin: .6rem 0 }
td, th { padding: .15rem .6rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid #8884 }
svg { max-width: 100%; height: auto }
svg text { font-size: 11px; fill: currentColor }
line.grid { stroke: #8883 }
line.axis { stroke: #888 }
line.goal { stroke: #c33; stroke-dasharray: 4 3 }
code, pre { overflow-wrap: anywhere; white-space: pre-wrap }
.wrong { color: #c33 }
.right { color: #2a7a2a }
.note { color: #777 }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd } }
"""
SHARES = frozenset(
    {
        *("right", "exact", "tool_f1", "edge_f1", "argument_accuracy", "refusal_recall"),
        *("refusal_precision", "false_refusals", "recognised", "recognised_precision", "sure"),
        *("sure_precision", "node_f1", "argument_f1", "passed"),
    }
)
BY_LANGUAGE = "category and language"


def page(report: Mapping[str, Any], different: Mapping[str, Any] | None = None) -> str:
    """Return the page.

    Args:
        report: From ``document``.
        different: From ``changes``, when there is an earlier report.
    """
    parts = [_head(report)]
    for name, suite in report["suites"].items():
        parts.append(f"<h2>{escape(name)}</h2>")
        if not suite.get("complete", True):
            parts.append('<p class="wrong">Stopped before its end; these are the first ones.</p>')
        old = (different or {}).get("suites", {}).get(name)
        parts += [_scores(suite, old), _notes(suite)]
        if old is not None:
            parts.append(_differences(old, different or {}))
        elif different is not None:
            told = f"The report of {different['date']} has no such suite to compare with."
            parts.append(f'<p class="note">{escape(told)}</p>')
        if "failed" in suite:
            parts.append(measurements(suite, old))
        else:
            parts += [_plots(suite), _groups(suite), _results(suite)]
    body = "\n".join(parts)
    head = f'<meta charset="utf-8"><title>Tonmeister evaluation</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def summary(report: Mapping[str, Any], different: Mapping[str, Any] | None = None) -> str:
    """Return the scores as lines for a terminal.

    Args:
        report: From ``document``.
        different: From ``changes``, when there is an earlier report.
    """
    lines: list[str] = []
    for title, suite in report["suites"].items():
        old = (different or {}).get("suites", {}).get(title)
        lines.append(title if suite["complete"] else f"{title}, stopped before its end")
        for name, value in suite["scores"].items():
            before = f"  (before: {_shown(name, old['scores'][name][0])})" if old else ""
            lines.append(f"  {name:26}{_shown(name, value)}{before}")
        if "failed" in suite:
            lines += ["", *measurements_told(suite, old)]
        lines.append("")
    return "\n".join(lines)


def _shown(name: str, value: float | int | None) -> str:
    if value is None:
        return "–"
    if name in SHARES or name.startswith("passed_"):
        return f"{100 * value:.1f} %"
    return f"{value:.3g}" if isinstance(value, float) and abs(value) < 100 else f"{value:.0f}"


def _head(report: Mapping[str, Any]) -> str:
    machine, planner = report["machine"], report["planner"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    told = ", ".join(f"{name}: {value}" for name, value in planner.items() if value is not None)
    lines = [
        f"Made {report['date']}. Planner: {told}.",
        f"Machine: {machine['cores']} cores ({machine['processor']}), {machine['memory_gb']} GB, "
        f"{machine['system']}. Python {machine['python']}, {packages}.",
    ]
    return "<h1>Tonmeister evaluation</h1>" + "".join(f"<p>{escape(line)}</p>" for line in lines)


def _scores(suite: Mapping[str, Any], old: Mapping[str, Any] | None) -> str:
    meaning = suite["meaning"]
    names = ["score", "value", *(["before"] if old else []), "what it counts"]
    rows: list[list[str]] = []
    for name, value in suite["scores"].items():
        before = [_shown(name, old["scores"].get(name, [None])[0])] if old else []
        rows.append([name, _shown(name, value), *before, meaning[name]])
    return _table(names, rows)


def _notes(suite: Mapping[str, Any]) -> str:
    return "".join(f'<p class="note">{escape(note)}</p>' for note in suite.get("notes", ()))


def _differences(old: Mapping[str, Any], different: Mapping[str, Any]) -> str:
    before, after = old["shared_right"]
    told = (
        f"Against the report of {different['date']}: {old['shared']} cases are in both, "
        f"{before} were right and {after} are; {old['added']} are new, {old['gone']} are gone."
    )
    parts = [f"<h3>Differences</h3><p>{escape(told)}</p>"]
    for name, title in (("lost", "Right before, wrong now"), ("gained", "Wrong before, right now")):
        rows = [[one["key"], one["before"], one["after"]] for one in old[name]]
        if rows:
            listed = _table(["case", "before", "now"], rows)
            parts.append(f"<details><summary>{title}: {len(rows)}</summary>{listed}</details>")
    return "".join(parts)


def _plots(suite: Mapping[str, Any]) -> str:
    parts: list[str] = []
    groups: Mapping[str, Any] = suite.get("groups", {})
    if BY_LANGUAGE in groups:
        rows: dict[str, dict[str, float | None]] = {}
        for name, scores in groups[BY_LANGUAGE].items():
            category, _, language = name.partition(", ")
            rows.setdefault(category, {})[language] = scores["right"]
        bars = share_bars(rows, title="Right answers by category and language")
        parts.append(f"<h3>Right answers by category and language</h3>{bars}")
    if suite.get("reliability"):
        drawn = reliability_plot(suite["reliability"])
        parts.append(f"<h3>Reliability</h3>{drawn}")
    seconds: dict[str, list[float]] = {}
    for one in suite["results"]:
        if "seconds" in one:
            seconds.setdefault(one.get("planner") or "error", []).append(one["seconds"])
    if seconds:
        parts.append(f"<h3>Seconds</h3>{seconds_plot(seconds)}")
    return "".join(parts)


def _groups(suite: Mapping[str, Any]) -> str:
    parts: list[str] = []
    for title, members in suite.get("groups", {}).items():
        names = list(next(iter(members.values()), {}))
        rows = [[part, *(_shown(n, scores[n]) for n in names)] for part, scores in members.items()]
        listed = _table([title, *(name.replace("_", " ") for name in names)], rows)
        parts.append(f"<details><summary>By {escape(title)}</summary>{listed}</details>")
    return "".join(parts)


def _results(suite: Mapping[str, Any]) -> str:
    results: Sequence[Mapping[str, Any]] = suite["results"]
    wrong = [one for one in results if not one["right"]]
    parts: list[str] = []
    for title, chosen in ((f"Wrong: {len(wrong)}", wrong), (f"All: {len(results)}", results)):
        listed = "".join(map(_result, chosen))
        parts.append(f"<details><summary>{title}</summary>{listed}</details>")
    return "".join(parts)


def _result(one: Mapping[str, Any]) -> str:
    mark, word = ("right", "right") if one["right"] else ("wrong", "wrong")
    head = f'<span class="{mark}">{word}</span> <b>{escape(one["request"])}</b>'
    about = " · ".join(
        str(one[name])
        for name in ("family", "language", "situation", "planner")
        if one.get(name) is not None
    )
    if "transcript" in one:
        body = f"<pre>{escape(one['transcript'])}</pre>"
    else:
        wanted = "<br>".join(f"<code>{escape(one)}</code>" for one in one["wanted"])
        body = f"wanted {wanted}<br>got <i>{escape(one['kind'])}</i> "
        body += f"<code>{escape(one['said'])}</code>"
    return f'<p>{head} <span class="note">{escape(about)}</span><br>{body}</p>'


def _table(names: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    lines = [f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows]
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"
