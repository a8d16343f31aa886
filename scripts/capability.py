"""Measure what the tools can do and write docs/capability.md: ``python -m scripts.capability``."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "capability.md"
HEAD = """# What the tools can do, in numbers

<!-- Written by `make capability`; the tests in tests/capability measure and hold the bounds. -->

Measured on {date} on two cores without a GPU, on named data with known truth. Small sets: read them
as an order of magnitude. Synthesized test material is said to be so. Every run of `make test` holds
the same bounds on a part of the data.
"""


def main() -> int:
    """Run the capability tests and write the page; the exit code is pytest's."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.json"
        code = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", str(ROOT / "tests" / "capability")],
            env={**os.environ, "TONMEISTER_CAPABILITY": str(rows)},
            check=False,
        ).returncode
        if code == 0:
            PAGE.write_text(page(json.loads(rows.read_text(encoding="utf-8"))), encoding="utf-8")
            print(f"Written: {PAGE.relative_to(ROOT)}")
        return code


def page(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the text of the page.

    Args:
        rows: What the tests recorded.
    """
    lines = [HEAD.format(date=datetime.now(UTC).strftime("%Y-%m-%d"))]
    ordered = sorted(rows, key=lambda row: row["tool"])
    for tool, group in groupby(ordered, key=lambda row: row["tool"]):
        lines += [f"\n## {tool}\n", "| model | data | measure | value | goal | reference |"]
        lines += ["| --- | --- | --- | --- | --- | --- |"]
        for row in group:
            value = f"{row['value']:.3g}" if isinstance(row["value"], float) else str(row["value"])
            cells = [row["model"], row["data"], row["measure"]]
            cells += [f"{value} {row.get('unit', '')}".strip(), row.get("goal", "")]
            cells += [row.get("reference", "")]
            lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
