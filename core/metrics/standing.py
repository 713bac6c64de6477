"""What stays in place while scenes change: dead pixels and dirt, new since the reference period.

A mark counts when it stands at one place in photo after photo of a camera, and did not in the reference period:
overlays, vignettes and the habit of putting a pole into the middle are in both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.imaging.lens_marks import FrameMarks
from core.metrics.control import ControlChart, student_quantile

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Place = tuple[float, float]

DEAD_PIXELS, DIRT = "new dead pixels", "share of the frame with new dirt"
MIN_PHOTOS = 5  # of a camera in a batch, for dead pixels
MIN_FOR_DIRT = 6  # for dirt, which is fainter than scenes are
_SHARE = 0.7  # of a camera's photos, that a dead pixel shows in
_LEAST_RELIEF = 0.05  # logarithm of brightness: what nobody sees is no dirt
_ONE_SCENE = 0.5  # correlation of photos that show one scene, where all stays in place
_SHOWN_PHOTOS, _SHOWN_PLACES = 12, 5


@dataclass(slots=True)
class StandingChart:
    """A chart, and by batch the photos that show the marks most and where in the frame they are.

    Attributes:
        chart: its limit is the most that a reference batch has against the others.
        photos: batch → indices.
        places: batch → (x, y), 0 to 1 from the upper left.
    """

    chart: ControlChart
    photos: dict[int, Ints] = field(default_factory=dict)
    places: dict[int, tuple[Place, ...]] = field(default_factory=dict)


def standing_charts(
    marks: Sequence[FrameMarks | None],
    sensor: Sequence[str],
    batch: Ints,
    batches: Sequence[str],
    is_reference: Bools,
    *,
    tail: float,
) -> tuple[StandingChart, ...]:
    """Charts of dead pixels and of dirt; one that no reference batch has a value for is left out.

    Args:
        marks: of each photo; None for those that were not looked at.
        sensor: of each photo, camera and size of the frame: marks of one sensor share their places.
        batch: int (N,), index of each photo's batch.
        batches: B names.
        is_reference: bool (B,).
        tail: probability that a batch shows dirt where there is none.

    Returns:
        A batch has no value where no camera has five photos (six for dirt), or where all of them show one scene.
    """
    groups = _groups(marks, sensor, batch)
    shape = (len(batches),)
    dead = StandingChart(_empty(DEAD_PIXELS, batches, is_reference))
    dirt = StandingChart(_empty(DIRT, batches, is_reference))
    frames = np.zeros(shape, dtype=np.int64)
    for name in sorted({name for name, _ in groups}):
        mine = {b: rows for (of, b), rows in groups.items() if of == name}
        _add_dead(dead, marks, mine, is_reference)
        _add_dirt(dirt, marks, mine, is_reference, tail)
        for b in mine:
            frames[b] += 1
    for one in (dead, dirt):
        one.chart.value[:] /= np.where(one.chart.measure == DIRT, np.maximum(frames, 1), 1)
        reference = one.chart.value[is_reference]
        one.chart.high[:] = np.nanmax(reference) if not np.isnan(reference).all() else np.nan
    return tuple(one for one in (dead, dirt) if not np.isnan(one.chart.high).all())


def _empty(measure: str, batches: Sequence[str], is_reference: Bools) -> ControlChart:
    count = len(batches)
    return ControlChart(
        measure,
        tuple(batches),
        np.zeros(count, dtype=np.int64),
        np.full(count, np.nan),
        0.0,
        np.zeros(count),
        np.full(count, np.nan),
        np.asarray(is_reference),
    )


def _groups(marks: Sequence[FrameMarks | None], sensor: Sequence[str], batch: Ints) -> dict[tuple[str, int], list[int]]:
    """Photos that were looked at by sensor and batch, where there are enough and they show different scenes."""
    found: dict[tuple[str, int], list[int]] = {}
    for k, one in enumerate(marks):
        if one is not None:
            found.setdefault((sensor[k], int(batch[k])), []).append(k)
    return {key: rows for key, rows in found.items() if len(rows) >= MIN_PHOTOS and not _is_one_scene(marks, rows)}


def _is_one_scene(marks: Sequence[FrameMarks | None], rows: Sequence[int]) -> bool:
    flat = np.stack([one.relief.reshape(-1) for k in rows if (one := marks[k]) is not None])
    flat = flat[flat.std(axis=1) > 0]
    if len(flat) < 2:
        return True  # even grey tells nothing
    pairs = np.corrcoef(flat)[np.triu_indices(len(flat), 1)]
    return bool(np.median(pairs) > _ONE_SCENE)


def _add_dead(
    into: StandingChart, marks: Sequence[FrameMarks | None], groups: dict[int, list[int]], is_reference: Bools
) -> None:
    """Pixels that stand alone in most photos of a batch, and in no (other) batch of the reference."""
    codes = {k: _codes(one) for rows in groups.values() for k in rows if (one := marks[k]) is not None}
    standing = {b: _standing([codes[k] for k in rows]) for b, rows in groups.items()}
    for b, rows in groups.items():
        known = [standing[r] for r in standing if is_reference[r] and r != b]
        new = np.setdiff1d(standing[b], np.concatenate([*known, np.zeros(0, np.int64)]))
        into.chart.count[b] += len(rows)
        into.chart.value[b] = np.nan_to_num(into.chart.value[b]) + len(new)
        if len(new):
            shown = np.array([np.isin(codes[k], new).sum() for k in rows])
            _note(into, b, np.array(rows)[np.argsort(-shown, kind="stable")])
            one = marks[rows[0]]
            if one is not None:
                y, x = np.divmod(new // 2, 1 << 20)
                _note_places(into, b, x / one.width_px, y / one.height_px)


def _codes(one: FrameMarks) -> Ints:
    x, y, sign = one.lone_xys.astype(np.int64).T
    return np.asarray(2 * ((y << 20) + x) + (sign > 0))


def _standing(codes: Sequence[Ints]) -> Ints:
    values, counts = np.unique(np.concatenate(codes), return_counts=True)
    return np.asarray(values[counts >= math.ceil(_SHARE * len(codes))])


def _add_dirt(
    into: StandingChart,
    marks: Sequence[FrameMarks | None],
    groups: dict[int, list[int]],
    is_reference: Bools,
    tail: float,
) -> None:
    """Share of the frame that is darker or brighter than in the (other) batches of the reference, cell by cell."""
    maps = {b: np.stack([one.relief for k in rows if (one := marks[k]) is not None]) for b, rows in groups.items()}
    for b, mine in maps.items():
        others = [maps[r] for r in maps if is_reference[r] and r != b]
        if len(mine) < MIN_FOR_DIRT or sum(map(len, others)) < 2 * MIN_FOR_DIRT:
            continue
        change, is_dirty = _changed(mine, np.concatenate(others), tail)
        into.chart.count[b] += len(mine)
        into.chart.value[b] = np.nan_to_num(into.chart.value[b]) + float(is_dirty.mean())
        if is_dirty.any():
            strength = (mine * np.sign(change))[:, is_dirty].mean(axis=1)
            _note(into, b, np.array(groups[b])[np.argsort(-strength, kind="stable")])
            y, x = _peaks(np.where(is_dirty, np.abs(change), 0.0))
            _note_places(into, b, (x + 0.5) / change.shape[1], (y + 0.5) / change.shape[0])


def _changed(mine: NDArray[np.float32], others: NDArray[np.float32], tail: float) -> tuple[Float, Bools]:
    """Difference of the means, and where it is beyond chance: Student's test in every cell, Bonferroni over all."""
    n, m = len(mine), len(others)
    change = mine.mean(axis=0, dtype=np.float64) - others.mean(axis=0, dtype=np.float64)
    pooled = ((n - 1) * mine.var(axis=0, ddof=1) + (m - 1) * others.var(axis=0, ddof=1)) / (n + m - 2)
    pooled = (pooled + np.median(pooled)) / 2  # few photos may agree by chance; the frame as a whole does not
    error = np.sqrt(pooled * (1 / n + 1 / m))
    limit = student_quantile(1 - max(tail / (2 * change.size), 1e-12), n + m - 2)
    return change, np.asarray((np.abs(change) > limit * error) & (np.abs(change) > _LEAST_RELIEF))


def _peaks(strength: Float) -> tuple[Float, Float]:
    """Rows and columns of the strongest cells, each with the cells around it taken as one."""
    rows: list[int] = []
    columns: list[int] = []
    left = strength.copy()
    while len(rows) < _SHOWN_PLACES and left.max() > 0:
        y, x = (int(v) for v in np.unravel_index(int(left.argmax()), left.shape))
        rows.append(y)
        columns.append(x)
        left[max(y - 6, 0) : y + 7, max(x - 6, 0) : x + 7] = 0
    return np.array(rows, dtype=np.float64), np.array(columns, dtype=np.float64)


def _note(into: StandingChart, b: int, photos: Ints) -> None:
    into.photos[b] = np.concatenate([into.photos.get(b, np.zeros(0, np.int64)), photos])[:_SHOWN_PHOTOS]


def _note_places(into: StandingChart, b: int, x: NDArray[np.floating], y: NDArray[np.floating]) -> None:
    places = [(round(float(u), 4), round(float(v), 4)) for u, v in zip(x, y, strict=True)]
    into.places[b] = (*into.places.get(b, ()), *places)[:_SHOWN_PLACES]
