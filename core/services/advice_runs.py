"""The advisor in the background: what the page starts and watches. ``python -m core.services.advice_runs FOLDER``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from core.config import Settings
from core.errors import NotFoundError
from core.services.advice import advise, claim_advice
from core.services.advice_record import Advice, AdviceOrder, advice_dir, read_advice, read_advice_order
from core.services.errands import (
    RESULT_FILE,
    ErrandState,
    OnStep,
    begin_errand,
    errand_state,
    newest_first,
    run_errand,
    stop_errand,
)


@dataclass(frozen=True, slots=True)
class AdviceRun:
    """A question, how it stands, and the rounds that are finished."""

    advice: Advice
    state: ErrandState


def begin_advice(settings: Settings, order: AdviceOrder) -> AdviceRun:
    """Look for advice in a process of its own; the same question is not asked twice, and goes on where it was.

    Raises:
        ConfigError, NotFoundError, StoreError: see ``claim_advice``.
    """
    place = claim_advice(settings, order)
    if not (place / RESULT_FILE).is_file():
        begin_errand(settings, place, "core.services.advice_runs")
    return advice_run(settings, place.name)


def another_round(settings: Settings, name: str) -> AdviceRun:
    """Go on from the last round's proposal.

    Raises:
        NotFoundError: none of that name.
    """
    advice = advice_run(settings, name).advice
    return begin_advice(settings, replace(advice.order, rounds=len(advice.rounds) + 1))


def stop_advice(settings: Settings, name: str) -> AdviceRun:
    """Stop; what is rendered and measured is kept.

    Raises:
        NotFoundError: none of that name.
    """
    stop_errand(advice_dir(settings) / advice_run(settings, name).advice.name)
    return advice_run(settings, name)


def advice_run(settings: Settings, name: str) -> AdviceRun:
    """A question and what is known.

    Raises:
        NotFoundError: none of that name.
    """
    advice = read_advice(settings, name)
    return AdviceRun(advice, errand_state(advice_dir(settings) / advice.name))


def list_advice(settings: Settings) -> list[AdviceRun]:
    """All questions, the newest first."""
    return [advice_run(settings, name) for name in newest_first(advice_dir(settings))]


def newest_advice(settings: Settings) -> str | None:
    """The question asked last; None where nothing was asked yet."""
    return next(iter(newest_first(advice_dir(settings))), None)


def _advise(settings: Settings, place: Path, on_step: OnStep) -> None:
    try:
        advise(settings, read_advice_order(place), on_step)
    except NotFoundError as error:
        raise NotFoundError(f"{error} (asked in {place})") from error


if __name__ == "__main__":
    run_errand(_advise)
