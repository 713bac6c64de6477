"""Dead pixels and dirt that stay in place: planted ones are found where they are, none where none is."""

import numpy as np
import pytest

from core.imaging.lens_marks import frame_marks
from core.metrics.drift import find_drift
from core.metrics.standing import DEAD_PIXELS, DIRT

WIDTH_PX, HEIGHT_PX = 320, 240
DAYS, PHOTOS = 9, 8
DEAD = ((40, 30), (200, 199), (319, 0))
DIRT_AT, DIRT_RADIUS_PX = (230, 60), 22


def scene(rng: np.random.Generator) -> np.ndarray:
    """Sky over ground with a pole in the middle, as inspection photos have it; every scene another one."""
    rows = np.linspace(0, 1, HEIGHT_PX)[:, None]
    image = np.where(rows < rng.uniform(0.4, 0.6), 190, 90) + rng.normal(0, 4, (HEIGHT_PX, WIDTH_PX))
    for _ in range(40):  # bushes, clouds, roofs
        y, x = rng.integers(0, HEIGHT_PX), rng.integers(0, WIDTH_PX)
        h, w = rng.integers(6, 50, 2)
        image[y : y + h, x : x + w] += rng.normal(0, 35)
    middle = int(WIDTH_PX / 2 + rng.normal(0, 6))
    image[rng.integers(20, 60) :, middle - 5 : middle + 5] = rng.uniform(50, 80)
    sparks = rng.random(image.shape) < 2e-4
    image[sparks] += rng.choice([-90, 90], int(sparks.sum()))
    return np.repeat(np.clip(image, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def days(seed: int, *, dead_on: int | None = None, dirt_on: int | None = None, still: bool = False):
    """Photos of nine days, and what is planted from a day on."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT_PX, :WIDTH_PX]
    veil = 0.45 * np.exp(-(((x - DIRT_AT[0]) ** 2 + (y - DIRT_AT[1]) ** 2) / (2 * (DIRT_RADIUS_PX / 2) ** 2)))
    marks, batch = [], []
    for day in range(DAYS):
        image = scene(rng)
        for _ in range(PHOTOS):
            image = image if still else scene(rng)
            shown = image.copy()
            if dirt_on is not None and day >= dirt_on:
                shown = (shown * (1 - veil[:, :, None])).astype(np.uint8)
            if dead_on is not None and day >= dead_on:
                for px, py in DEAD:
                    shown[py, px] = 255 if shown[py, px, 0] < 128 else 0
            marks.append(frame_marks(shown))
            batch.append(f"2026-06-{day + 1:02}")
    return marks, batch


def alarms(marks, batch, sensor=None):
    reference = {f"2026-06-{day + 1:02}" for day in range(6)}
    steady = {"brightness": np.tile([0.4, 0.5, 0.6, 0.5], len(batch) // 4)}
    report = find_drift(steady, batch, reference, marks=(marks, sensor or ["A"] * len(batch)))
    return report, {(alarm.measure, alarm.batch): alarm for alarm in report.alarms}


@pytest.mark.parametrize("seed", range(4))
def test_where_nothing_stays_in_place_nothing_is_reported(seed):
    report, found = alarms(*days(seed))
    assert not found
    charts = {chart.measure: chart for chart in report.charts}
    assert charts[DEAD_PIXELS].value.tolist() == [0.0] * DAYS
    assert not np.isnan(charts[DIRT].value).any()


@pytest.mark.parametrize("seed", range(3))
def test_dead_pixels_are_found_on_their_day_where_they_are(seed):
    _, found = alarms(*days(seed, dead_on=7))
    assert set(found) == {(DEAD_PIXELS, "2026-06-08"), (DEAD_PIXELS, "2026-06-09")}
    alarm = found[DEAD_PIXELS, "2026-06-08"]
    assert alarm.value >= 2  # a pixel over an edge may hide in a photo or two
    known = {(round(x / WIDTH_PX, 4), round(y / HEIGHT_PX, 4)) for x, y in DEAD}
    assert set(alarm.places) <= known
    assert {int(k) // PHOTOS for k in alarm.photos} == {7}


@pytest.mark.parametrize("seed", range(3))
def test_dirt_is_found_on_its_day_where_it_is(seed):
    _, found = alarms(*days(seed, dirt_on=8))
    assert set(found) == {(DIRT, "2026-06-09")}
    alarm = found[DIRT, "2026-06-09"]
    for x, y in alarm.places:
        assert np.hypot(x * WIDTH_PX - DIRT_AT[0], y * HEIGHT_PX - DIRT_AT[1]) < DIRT_RADIUS_PX
    assert 0 < alarm.value < 0.05
    assert {int(k) // PHOTOS for k in alarm.photos} == {8}


def test_what_was_there_in_the_reference_period_is_no_drift():
    _, found = alarms(*days(1, dead_on=0, dirt_on=0))
    assert not found


def test_photos_of_one_scene_cannot_tell_dirt_from_the_scene():
    report, found = alarms(*days(1, still=True))
    assert not found
    assert [chart.measure for chart in report.charts] == ["brightness"]


def test_each_camera_has_its_own_marks():
    marks, batch = days(2, dead_on=7)
    clean, _ = days(3)
    sensor = ["A"] * len(marks) + ["B"] * len(clean)
    _, found = alarms([*marks, *clean], [*batch, *batch], sensor)
    alarm = found[DEAD_PIXELS, "2026-06-08"]
    assert {sensor[k] for k in alarm.photos} == {"A"}


def test_unread_photos_are_left_out_and_too_few_tell_nothing():
    marks, batch = days(4)
    few = [one if k % PHOTOS < 2 else None for k, one in enumerate(marks)]
    report, found = alarms(few, batch)
    assert not found
    assert [chart.measure for chart in report.charts] == ["brightness"]


def test_lone_pixels_by_hand():
    image = np.full((40, 50, 3), 100, np.uint8)
    image[10, 20] = 255
    image[11, 20] = image[9, 20] = image[10, 19] = image[10, 21] = 180  # what a raw converter makes of one
    image[30, 5] = 40
    found = {tuple(row) for row in frame_marks(image).lone_xys.tolist()}
    assert {(20, 10, 1), (5, 30, -1)} <= found
    assert len(found) == 6
