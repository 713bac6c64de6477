"""Close-ups of pole tops: boxes and masks against geometry that a hand can work out."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from core.errors import ConfigError
from core.render.backdrop import GROUNDS, View, make_backdrop
from core.render.daylight import direction, make_daylight
from core.render.denoise import guided_smooth
from core.render.mitsuba_engine import choose_engine
from core.render.pole_top_geometry import build_pole_top
from core.render.pole_top_variables import TOP_BACKGROUNDS, sample_pole_top_variables
from core.render.pole_tops import (
    FIELD_OF_VIEW_DEG,
    PoleTopVariables,
    pole_top_stage,
    render_pole_top,
    render_pole_top_from,
)
from core.render.procedural_noise import grains, octave_noise
from core.render.shackles import render_shackle

BARE = PoleTopVariables(crossarm_z_r=0.0, offset_x=0.0, offset_y=0.0, azimuth_deg=0.0, distance_r=30.0)
SIZE_PX = 96


def _radius_px(distance_r: float) -> float:
    return SIZE_PX / (2.0 * distance_r * math.tan(math.radians(FIELD_OF_VIEW_DEG / 2)))


def test_same_seed_same_pixels_and_boxes() -> None:
    first, again, other = (render_pole_top(seed, size_px=48, samples=2) for seed in (3, 3, 4))
    assert np.array_equal(first.image_hwc, again.image_hwc)
    assert first.boxes == again.boxes
    assert not np.array_equal(first.image_hwc, other.image_hwc)


@pytest.mark.parametrize("elevation_deg", [25.0, 60.0])
def test_box_of_bare_end_is_the_disc_foreshortened(elevation_deg: float) -> None:
    """By hand: a disc of radius 1 seen at elevation e is 2 wide and 2 sin e high, about the frame's centre."""
    render = render_pole_top_from(replace(BARE, cap="missing", elevation_deg=elevation_deg), size_px=SIZE_PX, samples=2)
    (box,) = render.boxes
    assert box.label == "whole missing top cap"
    x_min, y_min, x_max, y_max = box.box_xyxy_px
    unit_px = _radius_px(30.0)
    assert x_max - x_min == pytest.approx(2 * unit_px, abs=2.5)
    assert y_max - y_min == pytest.approx(2 * unit_px * math.sin(math.radians(elevation_deg)), abs=3.0)
    assert (x_min + x_max) / 2 == pytest.approx(SIZE_PX / 2, abs=1.5)
    assert (y_min + y_max) / 2 == pytest.approx(SIZE_PX / 2, abs=1.5)
    assert not render.masks["cap"].any()


def test_box_of_flat_cap_is_its_disc_and_its_skirt() -> None:
    """From level the cap is 2 × radius wide and skirt + top high."""
    capped = replace(BARE, cap="flat", cap_radius_r=1.3, cap_skirt_r=0.6, elevation_deg=0.0)
    render = render_pole_top_from(capped, size_px=SIZE_PX, samples=2)
    (box,) = render.boxes
    assert box.label == "whole top cap"
    x_min, y_min, x_max, y_max = box.box_xyxy_px
    assert x_max - x_min == pytest.approx(2.6 * _radius_px(30.0), abs=2.5)
    assert y_max - y_min == pytest.approx(0.75 * _radius_px(30.0), abs=2.5)
    rows, columns = np.nonzero(render.masks["cap"])
    assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == (x_min, y_min, x_max, y_max)
    assert not (render.masks["cap"] & ~render.masks["object"]).any()


def test_a_cap_behind_a_crossarm_has_no_box() -> None:
    # From below and from the arm's side the arm hides the cap.
    hidden = replace(
        BARE, cap_skirt_r=0.1, crossarm_z_r=-0.01, crossarm_azimuth_deg=180.0, insulators="none", elevation_deg=-25.0
    )
    render = render_pole_top_from(hidden, size_px=SIZE_PX, samples=2)
    assert render.boxes == ()
    assert render.masks["object"].any()


def test_parts_match_what_the_variables_say() -> None:
    capped = build_pole_top(replace(BARE, cap="conical", cap_height_r=0.7))
    missing = build_pole_top(replace(BARE, cap="missing"))
    assert capped["cap"].vertices[:, 2].max() == pytest.approx(0.7, abs=1e-5)
    assert capped["end"].vertices[:, 2].max() < -1000
    assert missing["cap"].vertices[:, 2].max() < -1000
    assert missing["end"].vertices[:, 2].max() == pytest.approx(0.0, abs=0.01)
    assert missing["arm"].vertices[:, 2].max() < -1000
    cut = build_pole_top(replace(BARE, cap="missing", cut_deg=30.0))
    # A 30° cut through a radius of 1 rises and falls by tan 30°.
    assert cut["end"].vertices[:, 2].max() == pytest.approx(math.tan(math.radians(30.0)), abs=0.03)


def test_truth_is_the_variables() -> None:
    render = render_pole_top(8, size_px=48, samples=1)
    variables = sample_pole_top_variables(8)
    assert render.label == "TREE"
    assert render.value is None
    assert render.variables["cap"] == variables.cap
    assert render.variables["elevation_deg"] == variables.elevation_deg


def test_seeds_bring_both_classes_and_every_background() -> None:
    drawn = [sample_pole_top_variables(seed) for seed in range(300)]
    assert 0.3 < np.mean([v.cap == "missing" for v in drawn]) < 0.5
    assert {v.background for v in drawn} == set(TOP_BACKGROUNDS) == set(GROUNDS)


def test_bad_requests_say_what_to_do() -> None:
    with pytest.raises(ConfigError, match="cap: expected one of flat, conical, domed, missing, received 'round'"):
        replace(BARE, cap="round")
    with pytest.raises(ConfigError, match="cut_deg: expected 0 to 50, received 80"):
        replace(BARE, cut_deg=80.0)
    with pytest.raises(ConfigError, match="seed: expected 0 or more, received -2"):
        render_pole_top(-2)
    with pytest.raises(ConfigError, match="size_px: expected 32 to 2048, received 4000"):
        render_pole_top(1, size_px=4000)


def test_scalar_engine_finds_the_same_box(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = render_pole_top_from(replace(BARE, elevation_deg=40.0), size_px=48, samples=2)
    caches = (choose_engine, pole_top_stage)
    for cache in caches:
        cache.cache_clear()
    try:
        monkeypatch.setenv("GRIDLENS_MITSUBA_VARIANT", "scalar_rgb")
        slower = render_pole_top_from(replace(BARE, elevation_deg=40.0), size_px=48, samples=2)
    finally:
        for cache in caches:
            cache.cache_clear()
    assert [b.label for b in slower.boxes] == [b.label for b in usual.boxes]
    assert slower.boxes[0].box_xyxy_px == pytest.approx(usual.boxes[0].box_xyxy_px, abs=2.0)


def test_threads_render_both_scenes_side_by_side() -> None:
    """The dashboard's sessions are threads; Mitsuba itself would abort the process."""

    def both(seed: int) -> tuple[bytes, bytes]:
        joint = render_shackle(seed, size_px=32, samples=1).image_hwc.tobytes()
        return joint, render_pole_top(seed, size_px=32, samples=1).image_hwc.tobytes()

    alone = [both(seed) for seed in (1, 2)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(both, (1, 2, 1, 2)))
    assert together == alone * 2


# what the scenes are lit and painted with


def test_daylight_is_bright_towards_the_sun_and_not_black_below() -> None:
    daylight = make_daylight(
        sun_elevation_deg=30.0,
        sun_azimuth_deg=90.0,
        turbidity=3.0,
        cloud=0.0,
        ground_albedo=(0.2, 0.2, 0.2),
        rng=np.random.default_rng(1),
    )
    elevation = np.radians(np.array([30.0, 30.0], np.float32))
    towards, away = daylight.sky(elevation, np.radians(np.array([90.0, -90.0], np.float32))).mean(1)
    assert towards > 2 * away
    assert daylight.radiance_hwc[-1].min() > 0.0
    assert direction(30.0, 90.0) == pytest.approx([math.cos(math.radians(30.0)), 0.0, 0.5])
    # The envmap that Mitsuba traces must have the same bright side as the table that the backdrop reads.
    lit = replace(
        BARE, cap="missing", wood="weathered", sun_azimuth_deg=80.0, sun_elevation_deg=20.0, elevation_deg=5.0
    )
    render = render_pole_top_from(lit, size_px=64, samples=8)
    gray = np.where(render.masks["object"], render.image_hwc.mean(2), 0.0)
    assert gray[:, 32:].sum() > 1.2 * gray[:, :32].sum()


def test_horizon_lies_where_the_camera_looks_level() -> None:
    daylight = make_daylight(
        sun_elevation_deg=40.0,
        sun_azimuth_deg=180.0,
        turbidity=2.0,
        cloud=0.0,
        ground_albedo=GROUNDS["forest"].albedo,
        rng=np.random.default_rng(1),
    )

    def rows(elevation_deg: float) -> np.ndarray:
        view = View(elevation_deg, 0.0, 0.0, 20.0)
        picture = make_backdrop(
            "forest", daylight, view, size_px=100, horizon_deg=0.0, blur_px=0.3, rng=np.random.default_rng(2)
        )
        return picture.mean((1, 2))

    level, down, up = rows(0.0), rows(30.0), rows(-30.0)
    assert level[:35].mean() > 1.5 * level[-20:].mean()
    assert up.mean() > 1.5 * down.mean()


def test_noise_tiles_and_grains_fill_their_tile() -> None:
    noise = octave_noise(np.random.default_rng(0), (64, 64), cells=4)
    seam = np.abs(noise[0] - noise[-1]).mean()
    inner = np.abs(np.diff(noise, axis=0)).mean()
    assert seam < 2.5 * inner
    assert noise.min() >= 0.0
    assert noise.max() <= 1.0
    value, border = grains(np.random.default_rng(0), 64, 25)
    assert 15 <= len(np.unique(value)) <= 25
    assert border.min() == 0.0


def test_smoothing_takes_noise_out_and_leaves_edges() -> None:
    rng = np.random.default_rng(0)
    flat = np.ones((32, 32, 3), np.float32)
    albedo = flat.copy()
    albedo[:, 16:] = 0.2
    noisy = albedo + rng.normal(0.0, 0.1, albedo.shape).astype(np.float32)
    smooth = guided_smooth(noisy, flat, albedo, np.ones((32, 32), np.float32))
    assert np.abs(smooth - albedo).mean() < 0.5 * np.abs(noisy - albedo).mean()
    assert smooth[:, 15].mean() - smooth[:, 16].mean() > 0.7
