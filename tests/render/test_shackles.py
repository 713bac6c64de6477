"""Shackle joints: the geometry by hand, the truth against the pixels, and both Mitsuba engines."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from core.errors import ConfigError, RenderError
from core.render import mitsuba_engine
from core.render.mitsuba_engine import choose_engine, llvm_candidates, probe_llvm
from core.render.shackle_geometry import Bend, build_joint
from core.render.shackle_scene import shackle_stage
from core.render.shackle_variables import GEOMETRY_RANGES
from core.render.shackles import (
    VARIANTS,
    ShackleVariables,
    render_shackle,
    render_shackle_from,
    sample_shackle_variables,
)

PLAIN = ShackleVariables(textured=0.0, background="none", elevation_deg=0.0, azimuth_deg=0.0)


@pytest.fixture
def fresh_engine() -> Iterator[None]:
    choose_engine.cache_clear()
    shackle_stage.cache_clear()
    yield
    choose_engine.cache_clear()
    shackle_stage.cache_clear()


# geometry


def test_unworn_rods_touch_and_lose_nothing() -> None:
    joint = build_joint(ShackleVariables(worn_fraction=0.0))
    assert joint.upper.volume_r3 == pytest.approx(joint.upper.whole_volume_r3, abs=1e-6)
    assert joint.lower.volume_r3 == pytest.approx(joint.lower.whole_volume_r3, abs=1e-6)
    assert joint.interpenetration_r3() == pytest.approx(0.0, abs=1e-9)
    # Upper rod centre at −1, so that its top is at 0 and its underside at −2; the lower rod mirrors it.
    assert joint.upper.vertices[:, 2].min() == pytest.approx(-2.0, abs=1e-5)
    assert joint.lower.vertices[:, 2].max() == pytest.approx(2.0, abs=1e-5)


@pytest.mark.parametrize("worn", [0.05, 0.5, 0.95])
@pytest.mark.parametrize(("share", "twist_deg"), [(0.25, -18.0), (0.5, 0.0), (0.75, 18.0)])
def test_worn_rods_never_interpenetrate(worn: float, share: float, twist_deg: float) -> None:
    joint = build_joint(ShackleVariables(worn_fraction=worn, share=share, twist_deg=twist_deg))
    assert joint.interpenetration_r3() == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("worn", "share"), [(0.2, 0.5), (0.5, 0.3), (0.9, 0.7)])
def test_depth_lost_on_the_load_axis_is_shared_as_told(worn: float, share: float) -> None:
    """By hand: the upper rod's top was at 1 − (2 − d)/2 = d/2 and is s·d lower; the lower rod stands on it."""
    joint = build_joint(ShackleVariables(worn_fraction=worn, share=share))
    depth = 2.0 * worn
    for rod, sign in ((joint.upper, 1.0), (joint.lower, -1.0)):
        on_axis = rod.vertices[np.hypot(rod.vertices[:, 0], rod.vertices[:, 1]) < 0.03, 2]
        bearing_z = sign * (sign * on_axis).max()
        assert bearing_z == pytest.approx(depth / 2 - share * depth, abs=0.01)


def test_both_lose_alike_at_even_share_and_all_falls_to_one_at_the_extremes() -> None:
    def losses(share: float) -> tuple[float, float]:
        joint = build_joint(ShackleVariables(worn_fraction=0.4, share=share, bend_radius_r=2.6, clearance_r=0.6))
        upper, lower = joint.upper, joint.lower
        return upper.whole_volume_r3 - upper.volume_r3, lower.whole_volume_r3 - lower.volume_r3

    upper, lower = losses(0.5)
    assert upper == pytest.approx(lower, rel=0.01)
    total = upper + lower
    assert losses(0.0)[0] == pytest.approx(0.0, abs=0.01 * total)
    assert losses(1.0) == pytest.approx((total, 0.0), abs=0.01 * total)
    assert losses(0.3)[0] < upper < losses(0.7)[0]


def test_inner_height_of_a_bend_by_hand() -> None:
    bend = Bend(bend_radius_r=3.0, leg_length_r=5.0, flare_deg=0.0)
    # On the plane the inner surface is a circle of radius 2 about (0, 3); at the rod's side, of radius 3.
    s = np.array([0.0, 1.0, 0.0])
    t = np.array([0.0, 0.0, 1.0])
    assert bend.inner_height(s, t) == pytest.approx([1.0, 3.0 - math.sqrt(3.0), 0.0])


def test_whole_rod_has_the_volume_of_its_centre_line() -> None:
    """Pappus: π r² × length; the legs' pin and eyes come on top, so a link is measured: two half circles, two legs."""
    variables = ShackleVariables(bend_radius_r=3.0, leg_length_r=6.0, ending="link")
    volume = build_joint(variables).upper.whole_volume_r3
    assert volume == pytest.approx(math.pi * (2 * math.pi * 3.0 + 2 * 6.0), rel=0.01)


def test_normals_are_unit_and_point_outwards() -> None:
    rod = build_joint(ShackleVariables(worn_fraction=0.5)).upper
    assert np.linalg.norm(rod.normals, axis=1) == pytest.approx(1.0, abs=1e-3)
    corner = rod.vertices[rod.faces]
    facing = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    agreeing = (facing * rod.normals[rod.faces].mean(1)).sum(1) >= -1e-6
    assert agreeing.mean() > 0.99


def test_rods_that_do_not_fit_are_refused_with_the_remedy() -> None:
    with pytest.raises(ConfigError, match=r"bend_radius_r: expected at least 2\.33 at a twist of 30°, received 2\.20"):
        ShackleVariables(bend_radius_r=2.2, clearance_r=1.0, twist_deg=30.0)
    with pytest.raises(ConfigError, match=r"worn_fraction: expected 0 to 0\.95, received 1"):
        ShackleVariables(worn_fraction=1.0)


# variables


def test_every_seed_of_every_variant_is_a_joint_that_can_be() -> None:
    for variant in VARIANTS:
        worn = [sample_shackle_variables(seed, variant).worn_fraction for seed in range(300)]
        assert 0.0 <= min(worn) < 0.05
        assert 0.9 < max(worn) <= 0.95


def test_variants_differ_in_what_their_names_say() -> None:
    plain, before, textured, full = (sample_shackle_variables(7, variant) for variant in VARIANTS)
    assert plain == replace(before, background="none")
    assert before.textured == 0.0
    assert textured.textured == 1.0
    assert textured.worn_fraction == full.worn_fraction == plain.worn_fraction
    for name in GEOMETRY_RANGES:
        assert getattr(textured, name) == getattr(ShackleVariables(), name)
        assert getattr(full, name) != getattr(ShackleVariables(), name)
    with pytest.raises(ConfigError, match=r"variant: expected one of NOTX_NOBG, .* received 'WTX'"):
        sample_shackle_variables(1, "WTX")


# renders


def test_same_seed_same_pixels_other_seed_others() -> None:
    first, again, other = (render_shackle(seed, size_px=48, samples=4) for seed in (5, 5, 6))
    assert np.array_equal(first.image_hwc, again.image_hwc)
    assert all(np.array_equal(first.masks[name], again.masks[name]) for name in ("object", "joint"))
    assert not np.array_equal(first.image_hwc, other.image_hwc)


def test_truth_is_the_variables() -> None:
    render = render_shackle(11, size_px=48, samples=2)
    variables = sample_shackle_variables(11)
    assert render.image_hwc.shape == (48, 48, 3)
    assert render.image_hwc.dtype == np.uint8
    assert render.value == variables.worn_fraction == render.variables["worn_fraction"]
    assert render.variables["overlap_depth_r"] == pytest.approx(2 * variables.worn_fraction)
    lost = float(render.variables["loss_upper_r"]) + float(render.variables["loss_lower_r"])
    assert lost == pytest.approx(2 * variables.worn_fraction)
    assert render.variables["elevation_deg"] == variables.elevation_deg


@pytest.mark.parametrize("worn", [0.0, 0.6])
def test_the_label_can_be_measured_in_the_picture(worn: float) -> None:
    """Square on, the joint is D + 2r = 4r − d high: count it in the mask along the load axis."""
    size_px = 128
    render = render_shackle_from(replace(PLAIN, worn_fraction=worn, leg_length_r=12.0), size_px=size_px, samples=8)
    column = render.masks["object"][:, size_px // 2]
    above = np.flatnonzero(column[: size_px // 2])
    # Below the contact the lower rod's legs follow; above it only the lower rod's bend is on this column.
    top_r = (size_px / 2 - above.min()) / float(render.variables["rod_radius_px"])
    assert top_r == pytest.approx(2.0 - worn, abs=0.15)


def test_joint_lies_within_the_object_and_around_the_contact() -> None:
    render = render_shackle_from(replace(PLAIN, offset_x=0.15, offset_y=-0.1), size_px=64, samples=4)
    joint, rods = render.masks["joint"], render.masks["object"]
    assert joint.any()
    assert not (joint & ~rods).any()
    assert joint.sum() < rods.sum()
    y_px, x_px = np.nonzero(joint)
    assert x_px.mean() / 64 - 0.5 == pytest.approx(0.15, abs=0.03)
    assert y_px.mean() / 64 - 0.5 == pytest.approx(-0.1, abs=0.04)
    reach_px = np.hypot(x_px - 64 * 0.65, y_px - 64 * 0.4).max()
    assert reach_px <= 2.6 * float(render.variables["rod_radius_px"]) * 1.06 + 1.5


def test_background_none_is_even_and_a_background_is_not() -> None:
    without = render_shackle_from(PLAIN, size_px=64, samples=4)
    outside = without.image_hwc[~without.masks["object"]]
    assert np.median(np.abs(outside.astype(int) - np.median(outside, axis=0)).max(axis=1)) <= 2
    landscape = render_shackle_from(replace(PLAIN, background="rock"), size_px=64, samples=4)
    assert landscape.image_hwc[~landscape.masks["object"]].std() > 2 * outside.std()


def test_light_from_the_left_lights_the_left() -> None:
    lit = replace(PLAIN, sun_elevation_deg=15.0, cloud=0.0, turbidity=2.0, roughness=0.7)
    left, right = (
        render_shackle_from(replace(lit, sun_azimuth_deg=side), size_px=64, samples=8) for side in (-80.0, 80.0)
    )
    brightness = {}
    for name, render in (("left", left), ("right", right)):
        gray = np.where(render.masks["object"], render.image_hwc.mean(2), 0.0)
        brightness[name] = gray[:, :32].sum() - gray[:, 32:].sum()
    assert brightness["left"] > 0 > brightness["right"]


def test_bad_requests_say_what_to_do() -> None:
    with pytest.raises(ConfigError, match="size_px: expected 32 to 2048, received 8"):
        render_shackle(1, size_px=8)
    with pytest.raises(ConfigError, match=r"background: expected one of none, autumn, .* received 'moon'"):
        render_shackle_from(replace(PLAIN, background="moon"))
    with pytest.raises(ConfigError, match="seed: expected 0 or more, received -1"):
        render_shackle(-1)


# engines


def test_scalar_engine_agrees_with_llvm(monkeypatch: pytest.MonkeyPatch, fresh_engine: None) -> None:
    variables = sample_shackle_variables(4)
    usual = render_shackle_from(variables, size_px=48, samples=24)
    choose_engine.cache_clear()
    shackle_stage.cache_clear()
    monkeypatch.setenv("GRIDLENS_MITSUBA_VARIANT", "scalar_rgb")
    assert choose_engine().variant == "scalar_rgb"
    slower = render_shackle_from(variables, size_px=48, samples=24)
    apart = np.abs(usual.image_hwc.astype(float) - slower.image_hwc.astype(float))
    assert apart.mean() < 8.0
    assert (usual.masks["object"] != slower.masks["object"]).mean() < 0.03


def test_library_that_is_none_fails_the_probe_and_only_the_probe(tmp_path: object) -> None:
    fake = f"{tmp_path}/libLLVM.so.19"
    with open(fake, "w") as file:
        file.write("not a library")
    assert probe_llvm(fake) is False


def test_without_llvm_the_scalar_engine_is_chosen(monkeypatch: pytest.MonkeyPatch, fresh_engine: None) -> None:
    monkeypatch.delenv("GRIDLENS_MITSUBA_VARIANT", raising=False)
    monkeypatch.setattr(mitsuba_engine, "llvm_candidates", lambda: ("/nowhere/libLLVM.so",))
    monkeypatch.setattr(mitsuba_engine, "probe_llvm", lambda path: False)
    choice = choose_engine()
    assert choice.variant == "scalar_rgb"
    assert "apt install libllvm19" in choice.reason


def test_forced_llvm_that_is_absent_is_an_error_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, fresh_engine: None
) -> None:
    monkeypatch.setenv("GRIDLENS_MITSUBA_VARIANT", "llvm_ad_rgb")
    monkeypatch.setattr(mitsuba_engine, "llvm_candidates", lambda: ())
    with pytest.raises(RenderError, match="expected libLLVM 17 or newer, found none that works; run `apt install"):
        choose_engine()
    monkeypatch.setenv("GRIDLENS_MITSUBA_VARIANT", "cuda")
    with pytest.raises(RenderError, match="GRIDLENS_MITSUBA_VARIANT: expected llvm_ad_rgb or scalar_rgb"):
        choose_engine()


def test_candidates_are_new_enough_and_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        mitsuba_engine.LIBRARY_PATTERNS[0]: ["/u/libLLVM-14.so.1", "/u/libLLVM.so.19.1", "/u/libLLVM-17.so.1"],
        mitsuba_engine.LIBRARY_PATTERNS[1]: ["/usr/lib/llvm-18/lib/libLLVM.so"],
    }
    monkeypatch.delenv("DRJIT_LIBLLVM_PATH", raising=False)
    monkeypatch.setattr(mitsuba_engine.glob, "glob", lambda pattern: found.get(pattern, []))
    assert llvm_candidates() == ("/u/libLLVM.so.19.1", "/usr/lib/llvm-18/lib/libLLVM.so", "/u/libLLVM-17.so.1")
    monkeypatch.setenv("DRJIT_LIBLLVM_PATH", "/mine/libLLVM.so")
    assert llvm_candidates()[0] == "/mine/libLLVM.so"
