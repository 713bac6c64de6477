"""What a manager asks of the whole store: how much, how urgent, how good, and where; every count with its photos."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal, TypeVar

import numpy as np

from core.errors import ConfigError
from core.metrics.intervals import Interval, wilson
from core.services.context import Context
from core.services.curves import without_nan
from core.services.poles import POLE_KEY, count_poles, is_placed
from core.services.review import VERDICT_KEY
from core.services.urgency import Urgency
from core.store import ModelUse, PhotoPoint

K = TypeVar("K")

LINE_KEY = "line"
NO_LINE = "no line told"
Step = Literal["day", "week", "month"]
Count = Literal[
    "photos",
    "look_now",
    "look_soon",
    "unsure",
    "in_order",
    "waiting",
    "not_inspected",
    "placed",
    "reviewed",
    "rejected",
]
_MOST_BARS = 40  # of a figure over time; longer ranges are counted by week, then by month

_IS: dict[Count, Callable[[PhotoPoint], bool]] = {
    "photos": lambda p: True,
    "look_now": lambda p: p.is_inspected and p.urgency_step == Urgency.LOOK_NOW,
    "look_soon": lambda p: p.is_inspected and p.urgency_step == Urgency.LOOK_SOON,
    "unsure": lambda p: p.is_inspected and p.urgency_step == Urgency.UNSURE,
    "in_order": lambda p: p.is_inspected and p.urgency_step == Urgency.IN_ORDER,
    "waiting": lambda p: p.is_inspected and not p.reviewed and p.urgency_step > Urgency.IN_ORDER,
    "not_inspected": lambda p: not p.is_inspected,
    "placed": is_placed,
    "reviewed": lambda p: p.values.get(VERDICT_KEY) is not None,
    "rejected": lambda p: p.values.get(VERDICT_KEY) == "rejected",
}
COUNTS: tuple[Count, ...] = tuple(_IS)


@dataclass(frozen=True, slots=True)
class Period:
    """Which photos count.

    Attributes:
        since, until: first and last day of capture (of arrival, where a file tells no time), UTC; None for no limit.
        line: only photos of this line; None for all.
    """

    since: date | None = None
    until: date | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """Counts over the photos of a period.

    Attributes:
        points: the photos, in order of capture.
        counts: name → how many, see ``COUNTS``; ``waiting`` are not reviewed and worth a look, ``placed`` are those
            that poles are counted from, ``reviewed`` have a person's verdict.
        poles: estimate, see ``core.services.poles.count_poles``; None where no photo tells pole or position.
        agreement: share of reviewed photos whose findings a person accepted, with Wilson's interval.
        step: what a bar over time stands for.
        over_time: first day of the bar → photos by severity, 0 to 3.
        by_line: line → photos by severity; most urgent lines first.
        agreement_over_time: first day of the bar → share accepted.
        models: versions whose answers are current, over the whole store.
    """

    points: tuple[PhotoPoint, ...]
    counts: Mapping[Count, int]
    poles: int | None
    agreement: Interval
    step: Step
    over_time: Mapping[date, tuple[int, int, int, int]]
    by_line: Mapping[str, tuple[int, int, int, int]]
    agreement_over_time: Mapping[date, Interval]
    models: tuple[ModelUse, ...] = field(default=())


@dataclass(frozen=True, slots=True, eq=False)
class StorePoints:
    """Every photo of the store and every line, read once for any number of periods."""

    points: tuple[PhotoPoint, ...]
    lines: tuple[str, ...]
    models: tuple[ModelUse, ...]


def read_points(context: Context) -> StorePoints:
    """Read what overviews are counted from; a second for 100,000 photos. Holds until ``store.stamp()`` changes."""
    points = tuple(context.store.photo_points((LINE_KEY, POLE_KEY, VERDICT_KEY)))
    lines = tuple(sorted({line_of(point) for point in points} - {NO_LINE}))
    return StorePoints(points, lines, tuple(context.store.model_use()))


def line_of(point: PhotoPoint) -> str:
    """A photo's line: its metadata ``line``, else the batch that it came in."""
    told = point.values.get(LINE_KEY)
    return str(told) if told not in (None, "") else point.batch or NO_LINE


def overview(read: StorePoints, period: Period | None = None) -> Overview:
    """Count the photos of a period.

    Raises:
        ConfigError: the period ends before it begins.
    """
    period = period or Period()
    if period.since and period.until and period.since > period.until:
        raise ConfigError(f"period: expected an end on or after {period.since}, received {period.until}")
    points = tuple(point for point in read.points if _is_in(point, period))
    counts = {name: sum(is_one(point) for point in points) for name, is_one in _IS.items()}
    verdicts = [point for point in points if _IS["reviewed"](point)]
    step = _step(points)
    times = _grouped(points, lambda point: _bar(point.moment.date(), step))
    said = _grouped(verdicts, lambda point: _bar(point.moment.date(), step))
    lines = {name: _severities(mine) for name, mine in _grouped(points, line_of).items()}
    worst_first = sorted(lines, key=lambda name: (*(-n for n in lines[name][::-1]), name))
    return Overview(
        points=points,
        counts=counts,
        poles=count_poles(points),
        agreement=_agreement(verdicts),
        step=step,
        over_time={bar: _severities(times[bar]) for bar in sorted(times)},
        by_line={name: lines[name] for name in worst_first},
        agreement_over_time={bar: _agreement(said[bar]) for bar in sorted(said)},
        models=read.models,
    )


def photos_of(
    found: Overview, count: Count, *, bar: date | None = None, line: str | None = None
) -> tuple[PhotoPoint, ...]:
    """The photos behind a count, the most urgent first; of one bar over time, or one line, alone where asked for."""
    wanted = [p for p in found.points if _IS[count](p)]
    if bar is not None:
        wanted = [p for p in wanted if _bar(p.moment.date(), found.step) == bar]
    if line is not None:
        wanted = [p for p in wanted if line_of(p) == line]
    return tuple(sorted(wanted, key=lambda p: (-p.urgency_step, p.moment)))


def photos_among(found: Overview, shas: Collection[str]) -> tuple[PhotoPoint, ...]:
    """Those of some photos that are in the period, the most urgent first."""
    wanted = frozenset(shas)
    return tuple(p for p in photos_of(found, "photos") if p.sha256 in wanted)


def overview_document(found: Overview) -> dict[str, Any]:
    """JSON-ready; photos behind the counts come by ``photos_of``."""

    def share(interval: Interval) -> dict[str, Any]:
        return {"value": interval.value, "low": interval.low, "high": interval.high, "count": interval.count}

    document: dict[str, Any] = without_nan(
        {
            "counts": dict(found.counts),
            "poles": found.poles,
            "agreement": share(found.agreement),
            "step": found.step,
            "over_time": {day.isoformat(): _named(counts) for day, counts in found.over_time.items()},
            "by_line": {line: _named(counts) for line, counts in found.by_line.items()},
            "agreement_over_time": {d.isoformat(): share(one) for d, one in found.agreement_over_time.items()},
            "models": [
                {
                    "model": use.model,
                    "version": use.version,
                    "photos": use.photos,
                    "first_at": use.first_at.isoformat(),
                    "last_at": use.last_at.isoformat(),
                }
                for use in found.models
            ],
        }
    )
    return document


def _named(counts: Sequence[int]) -> dict[str, int]:
    return {step.name.lower(): counts[step] for step in Urgency}


def _is_in(point: PhotoPoint, period: Period) -> bool:
    day = point.moment.date()
    return (
        (period.since is None or day >= period.since)
        and (period.until is None or day <= period.until)
        and (period.line is None or line_of(point) == period.line)
    )


def _severities(points: Sequence[PhotoPoint]) -> tuple[int, int, int, int]:
    steps = np.array([point.urgency_step for point in points if point.is_inspected], dtype=np.int64)
    in_order, unsure, soon, now = np.bincount(steps, minlength=len(Urgency)).tolist()
    return in_order, unsure, soon, now


def _agreement(points: Sequence[PhotoPoint]) -> Interval:
    return wilson(sum(point.values[VERDICT_KEY] == "accepted" for point in points), len(points))


def _grouped(points: Sequence[PhotoPoint], key: Callable[[PhotoPoint], K]) -> dict[K, list[PhotoPoint]]:
    groups: dict[K, list[PhotoPoint]] = {}
    for point in points:
        groups.setdefault(key(point), []).append(point)
    return groups


def _step(points: Sequence[PhotoPoint]) -> Step:
    if not points:
        return "day"
    days = (points[-1].moment.date() - points[0].moment.date()).days + 1
    return "day" if days <= _MOST_BARS else "week" if days <= 7 * _MOST_BARS else "month"


def _bar(day: date, step: Step) -> date:
    """First day of the bar that a day belongs to."""
    if step == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if step == "week" else day
