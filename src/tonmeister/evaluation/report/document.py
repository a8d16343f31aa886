"""The report as JSON: when, where and with what it was measured, and every single result."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tonmeister.errors import ConfigError, writing
from tonmeister.evaluation.machine import description

__all__ = ["document", "load_document", "save_report"]

FORMAT = 1


def document(suites: Mapping[str, Any], planner: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report as JSON-able values.

    Args:
        suites: Results by name of the suite.
        planner: Which planner was asked for, and what it runs on.
    """
    return {
        "format": FORMAT,
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "planner": dict(planner),
        "machine": description(),
        "suites": dict(suites),
    }


def load_document(path: Path) -> dict[str, Any]:
    """Read the JSON of an earlier report.

    Args:
        path: The file.

    Raises:
        ConfigError: It is missing, or no report of this format.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The report {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigError(
            f"{path} is no JSON; a report.json of `tonmeister eval` was expected."
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or "suites" not in content:
        raise ConfigError(
            f"{path} is no report of `tonmeister eval` that this version reads.",
            hint="Make the old report anew with this version.",
        )
    return content


def save_report(folder: Path, report: Mapping[str, Any], page: str) -> tuple[Path, Path]:
    """Write both forms of a report and return where they are.

    Args:
        folder: Made when it is not there.
        report: From ``document``.
        page: The HTML page.
    """
    html, values = folder / "report.html", folder / "report.json"
    with writing("The report"):
        folder.mkdir(parents=True, exist_ok=True)
        values.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        html.write_text(page, encoding="utf-8")
    return html, values
