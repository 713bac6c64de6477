"""Rows of text as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

NOTHING = "–"


def as_table(columns: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> str:
    """A table of some columns.

    Args:
        columns: key in the rows → heading.
        rows: a missing or empty value is shown as a dash.
    """
    lines = [f"| {' | '.join(columns.values())} |", "|" + "---|" * len(columns)]
    lines += [f"| {' | '.join(row.get(key) or NOTHING for key in columns)} |" for row in rows]
    return "\n".join(lines)


def as_matrix(
    corner: str, across: Sequence[str], down: Sequence[str], values: Mapping[tuple[str, str], str], best: str = ""
) -> str:
    """A table of values by (row, column).

    Args:
        corner: heading of the first column.
        across, down: names of columns and rows, in order.
        values: (row, column) → text; what is missing is shown as a dash.
        best: ``low`` or ``high`` sets each column's lowest or highest number in bold.
    """
    rows = []
    for name in down:
        cells = {column: values.get((name, column), "") for column in across}
        rows.append({corner: name, **cells})
    for column in across if best else ():
        numbers = {r[corner]: float(r[column]) for r in rows if is_number(r[column])}
        if numbers:
            extreme = (min if best == "low" else max)(numbers.values())
            for row in rows:
                if numbers.get(row[corner]) == extreme:
                    row[column] = f"**{row[column]}**"
    return as_table({corner: corner, **{c: c for c in across}}, rows)


def fixed(text: str, digits: int) -> str:
    """A number with so many digits after the point; other text, and what is not a number, as a dash."""
    return f"{float(text):.{digits}f}" if is_number(text) else NOTHING


def is_number(text: str) -> bool:
    """Whether a text is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def provenance(rows: Sequence[Mapping[str, str]]) -> str:
    """One line: on what machine, at which commits and sizes the rows were measured, and hours in all."""
    if not rows:
        return ""
    hours = {(row["run"], row["config_hash"]): float(row["hours"]) for row in rows if is_number(row["hours"])}
    values = {key: ", ".join(sorted({row[key] for row in rows})) for key in ("machine", "commit", "sizes")}
    return (
        f"{len(hours)} runs, {sum(hours.values()):.2f} hours in all; {values['machine']}; "
        f"commit {values['commit']}; sizes `{values['sizes']}`."
    )
