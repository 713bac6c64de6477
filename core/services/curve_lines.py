"""Which lines a figure of curves has: labels, overlaps, sets of answers over each other, or their mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from core.charts.rate_curves import RateLine
from core.metrics.curves import ALL, Point
from core.metrics.folds import FoldBand, fold_bands
from core.metrics.macro import macro_curve
from core.services.measured import Measured, View

Lines = Literal["labels", "overlaps", "sets", "spread"]
LINES: tuple[Lines, ...] = ("labels", "overlaps", "sets", "spread")
MEAN = "Mean of labels"
_EVERY_OVERLAP = 2  # of nineteen, so that lines can be told apart


def label_lines(measured: Measured, seen: View, words: Callable[[str], str]) -> list[RateLine]:
    """``ALL`` (every finding counts the same), one line a label, and their mean (every label counts the same).

    Where labels have thresholds of their own, the points of ``ALL`` and of the mean lie beside their curves, which
    have one threshold for all.
    """
    t = seen.overlap_index
    lines = [
        RateLine(words(name), measured.glance.drawn[name][t], point, is_strong=name == ALL)
        for name, point in seen.points.items()
    ]
    if len(measured.labels) > 1:
        mean = macro_curve([measured.glance.drawn[label][t] for label in measured.labels])
        lines.insert(1, RateLine(MEAN, mean, seen.macro, is_strong=True))
    return lines


def overlap_lines(measured: Measured, label: str, seen: View) -> list[RateLine]:
    """One line an overlap, for every second one; the chosen overlap is among them, strong and with its point."""
    lines = []
    for t, overlap in enumerate(measured.glance.table.overlaps):
        is_chosen = t == seen.overlap_index
        if is_chosen or t % _EVERY_OVERLAP == 1:
            point = seen.points[label] if is_chosen else None
            lines.append(RateLine(f"IoU {overlap:.2f}", measured.glance.drawn[label][t], point, is_strong=is_chosen))
    return lines


def set_lines(every: Sequence[Measured], label: str, seen: View, names: Mapping[str, str]) -> list[RateLine]:
    """One line a set of answers, each with the point that the same thresholds and overlap have there.

    Sets without the label are left out; labels that only another set knows count from 0.5.
    """
    lines = []
    for k, one in enumerate(every):
        if label != ALL and label not in one.labels:
            continue
        t = seen.overlap_index if one.crossing is not None else 0
        thresholds = {name: seen.thresholds.get(name, 0.5) for name in one.labels}
        point: Point = one.glance.points(thresholds, t)[label]
        lines.append(RateLine(names[one.saved.name], one.glance.drawn[label][t], point, is_strong=k == 0))
    return lines


def set_bands(every: Sequence[Measured], label: str, seen: View, rate: str) -> FoldBand:
    """Mean and spread of a rate over sets of answers that have the label: folds, seeds or versions.

    Args:
        every: at least one has the label.
        label: ``ALL`` or a label.
        seen: at whose overlap.
        rate: ``precision``, ``recall`` or ``f1``.
    """
    curves = [
        one.glance.drawn[label][seen.overlap_index if one.crossing is not None else 0]
        for one in every
        if label in one.glance.drawn
    ]
    return fold_bands(curves)[rate]
