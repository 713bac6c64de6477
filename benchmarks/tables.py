"""Measured figures as Markdown, put between markers in ``benchmarks/README.md``."""

from __future__ import annotations

import dataclasses
import os
import platform
from collections.abc import Sequence

from core.config import REPOSITORY

README = REPOSITORY / "benchmarks" / "README.md"
TITLE = "# How fast, how small\n\nEach table says which command measured it; run it on an idle machine.\n"


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what was measured, what came out, and what was wanted (may be empty)."""

    what: str
    value: str
    target: str
    is_met: bool


def as_table(rows: Sequence[Row], how: str) -> str:
    """Markdown, with what it was measured on; ``how`` names photos and command."""
    machine = f"{os.cpu_count()} CPUs ({platform.machine()}), Python {platform.python_version()}"
    lines = [f"{how}; {machine}.", "", "| measured | result | wanted | |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.value} | {row.target} | {_mark(row)} |" for row in rows]
    return "\n".join(lines)


def write_table(heading: str, table: str) -> None:
    """Put a table under its heading, in place of an earlier one; the rest of the file stays."""
    begin, end = f"<!-- {heading}: begin -->", f"<!-- {heading}: end -->"
    text = README.read_text() if README.exists() else TITLE
    if begin not in text:
        text = f"{text.rstrip()}\n\n## {heading}\n\n{begin}\n{end}\n"
    head, rest = text.split(begin, 1)
    README.write_text(f"{head}{begin}\n{table}\n{end}{rest.split(end, 1)[1]}")


def _mark(row: Row) -> str:
    if not row.target:
        return ""
    return "✓" if row.is_met else "✗"
