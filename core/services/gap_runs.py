"""Gaps measured in the background: what page and API start and watch. ``python -m core.services.gap_runs FOLDER``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.config import Settings
from core.services.errands import (
    RESULT_FILE,
    ErrandState,
    OnStep,
    begin_errand,
    errand_state,
    list_errands,
    run_errand,
    stop_errand,
)
from core.services.gap import GapOrder, claim_gap, gaps_dir, measure_gap, read_order


@dataclass(frozen=True, slots=True)
class GapRun:
    """A gap that was asked for, and how it stands."""

    name: str
    order: GapOrder
    state: ErrandState


def begin_gap(settings: Settings, order: GapOrder) -> GapRun:
    """Measure a gap in a process of its own; one that was measured before, or is being measured, is not begun again.

    Raises:
        ConfigError, NotFoundError, StoreError: see ``claim_gap``.
    """
    place = claim_gap(settings, order)
    if not (place / RESULT_FILE).is_file():
        begin_errand(settings, place, "core.services.gap_runs")
    return gap_run(settings, place.name)


def stop_gap(settings: Settings, name: str) -> GapRun:
    """Stop measuring; photos of a set that was read to its end are not read again.

    Raises:
        NotFoundError: none of that name.
    """
    stop_errand(gaps_dir(settings) / gap_run(settings, name).name)
    return gap_run(settings, name)


def gap_run(settings: Settings, name: str) -> GapRun:
    """A gap that was asked for.

    Raises:
        NotFoundError: none of that name.
    """
    place = gaps_dir(settings) / Path(name).name
    return GapRun(place.name, read_order(place), errand_state(place))


def list_gaps(settings: Settings) -> list[GapRun]:
    """All gaps that were asked for, the newest first."""
    return list_errands(gaps_dir(settings), partial(gap_run, settings))


def _measure(settings: Settings, place: Path, on_step: OnStep) -> None:
    measure_gap(settings, read_order(place), on_step)


if __name__ == "__main__":
    run_errand(_measure)
