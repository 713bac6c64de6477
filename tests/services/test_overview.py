"""Counts over the store, by hand: severity over time and by line, agreement, poles; and the photos behind them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from core.errors import ConfigError
from core.services.overview import NO_LINE, Period, StorePoints, overview, overview_document, photos_among, photos_of
from core.services.poles import count_places, count_poles
from core.store import PhotoPoint

START = datetime(2026, 6, 1, 9, tzinfo=UTC)
A_METRE = 1 / 111_320

MakePoint = Callable[..., PhotoPoint]


def point(number: int, day: int = 0, step: int = 0, **changes: object) -> PhotoPoint:
    made = PhotoPoint(
        sha256=f"{number:064x}",
        name=f"{number}.jpg",
        moment=START + timedelta(days=day),
        urgency_step=step,
        is_inspected=True,
        reviewed=False,
        gps=None,
        batch="Line 12",
        values={},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def read(*points: PhotoPoint) -> StorePoints:
    return StorePoints(points, (), ())


def test_counts_by_hand() -> None:
    found = overview(
        read(
            point(1, 0, 3),
            point(2, 0, 3, reviewed=True, values={"review.verdict": "accepted"}),
            point(3, 1, 2, values={"line": "L7"}),
            point(4, 1, 0, reviewed=True, values={"review.verdict": "rejected"}),
            point(5, 2, 0, is_inspected=False),
        )
    )
    assert found.counts == {
        "photos": 5, "look_now": 2, "look_soon": 1, "unsure": 0, "in_order": 1, "waiting": 2, "not_inspected": 1,
        "placed": 0, "reviewed": 2, "rejected": 1,
    }  # fmt: skip
    assert (found.agreement.value, found.agreement.count) == (0.5, 2)
    assert found.over_time == {
        date(2026, 6, 1): (0, 0, 0, 2),
        date(2026, 6, 2): (1, 0, 1, 0),
        date(2026, 6, 3): (0, 0, 0, 0),
    }
    assert found.by_line == {"Line 12": (1, 0, 0, 2), "L7": (0, 0, 1, 0)}
    assert list(found.by_line) == ["Line 12", "L7"]
    for name, count in found.counts.items():
        assert len(photos_of(found, name)) == count
    assert [p.name for p in photos_of(found, "look_now", bar=date(2026, 6, 1), line="Line 12")] == ["1.jpg", "2.jpg"]
    assert photos_of(found, "look_now", bar=date(2026, 6, 2)) == ()
    assert overview_document(found)["by_line"]["L7"] == {"in_order": 0, "unsure": 0, "look_soon": 1, "look_now": 0}


def test_a_period_leaves_others_out() -> None:
    everything = read(point(1, 0), point(2, 5, batch=None), point(3, 9, values={"line": "L7"}))
    assert overview(everything, Period(since=date(2026, 6, 6))).counts["photos"] == 2
    assert overview(everything, Period(until=date(2026, 6, 6))).counts["photos"] == 2
    assert overview(everything, Period(line="L7")).counts["photos"] == 1
    assert overview(everything, Period(line=NO_LINE)).counts["photos"] == 1
    nothing = overview(everything, Period(since=date(2027, 1, 1)))
    assert nothing.counts["photos"] == 0
    assert np.isnan(nothing.agreement.value)
    assert overview_document(nothing)["agreement"]["value"] is None
    with pytest.raises(ConfigError, match="expected an end on or after 2026-06-02, received 2026-06-01"):
        overview(everything, Period(date(2026, 6, 2), date(2026, 6, 1)))


def test_long_times_are_counted_by_week_and_by_month() -> None:
    weeks = overview(read(point(1, 0), point(2, 3), point(3, 100)))
    assert (weeks.step, list(weeks.over_time)) == ("week", [date(2026, 6, 1), date(2026, 9, 7)])
    months = overview(read(point(1, 0), point(2, 40), point(3, 900)))
    assert (months.step, list(months.over_time)[:2]) == ("month", [date(2026, 6, 1), date(2026, 7, 1)])


def test_poles_are_named_or_places_apart() -> None:
    line = np.array([[60 + 90 * k * A_METRE, 8.0] for k in range(5) for _ in range(3)])
    line[::3, 0] += 10 * A_METRE  # the helicopter moves while it looks
    assert count_places(line) == 5
    dense = np.array([[60 + 20 * k * A_METRE, 8.0] for k in range(11)])  # 200 m in steps under the reach
    assert count_places(dense) == 6  # at 0, 40, 80 … m: they do not run together into one
    assert count_poles([point(1), point(2)]) is None
    here = (60.0, 8.0)
    points = [point(1, gps=here), point(2, gps=here), point(3, gps=here, values={"pole": "P1"}), point(4)]
    assert count_poles(points) == 2
    placed = overview(read(*points))
    assert [p.name for p in photos_of(placed, "placed")] == ["1.jpg", "2.jpg", "3.jpg"]
    assert [p.name for p in photos_among(placed, {points[3].sha256, "elsewhere"})] == ["4.jpg"]
