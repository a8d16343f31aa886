"""Measure what the tools can do and write docs/capability.md: ``python -m scripts.capability``."""

import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from tonmeister.evaluation.capability import measured, value_of

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "capability.md"
HEAD = """# What the tools can do, in numbers

<!-- Written by `make capability`; the tests in tests/capability measure and hold the bounds. -->

Measured on {date} on two cores without a GPU, on named data with known truth. Small sets: read them
as an order of magnitude. Synthesized test material is said to be so. Every run of `make test` holds
the same bounds on a part of the data.
"""


def main() -> int:
    """Run the capability tests and write the page; 1 when a bound does not hold."""
    found = measured(ROOT)
    if found.fault or found.failed:
        print(f"Not written: {found.fault or f'{len(found.failed)} tests failed'}.")
        return 1
    PAGE.write_text(page(found.rows), encoding="utf-8")
    print(f"Written: {PAGE.relative_to(ROOT)}")
    return 0


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
            cells = [row["model"], row["data"], row["measure"], value_of(row)]
            cells += [row.get("goal", ""), row.get("reference", "")]
            lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
