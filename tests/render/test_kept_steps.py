"""Previews that keep what has not changed show exactly what a render from scratch shows."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from core.render.kept_steps import KeptSteps
from core.render.shackle_scene import shackle_stage
from core.render.shackles import ShackleVariables, render_shackle_from

BASE = ShackleVariables(
    worn_fraction=0.3, rust=0.5, dirt=0.3, noise=0.02, defocus_px=0.5, cloud=0.3, twist_deg=4.0, tilt_deg=3.0
)
OTHER_NAMES = {"ending": "link", "background": "snow"}
UNUSED = {"light", "hdri_rotation_deg"}  # they need a folder of HDRIs
NAMES = [field.name for field in fields(ShackleVariables) if field.name not in UNUSED]
SIZE_PX, SAMPLES = 32, 1


def changed(name: str) -> ShackleVariables:
    value = getattr(BASE, name)
    if isinstance(value, str):
        return replace(BASE, **{name: OTHER_NAMES[name]})
    if name == "textured":
        return replace(BASE, textured=0.0)
    step = 7 if isinstance(value, int) else 0.1 if value <= 1.0 else 2.0
    return replace(BASE, **{name: value - step if name == "jpeg_quality" else value + step})


def picture(variables: ShackleVariables, kept: KeptSteps | None = None) -> list[np.ndarray]:
    render = render_shackle_from(variables, size_px=SIZE_PX, samples=SAMPLES, kept=kept)
    return [render.image_hwc, *render.masks.values()]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_changed_variable_is_seen(name: str) -> None:
    kept = KeptSteps()
    picture(BASE, kept)
    for ours, fresh in zip(picture(changed(name), kept), picture(changed(name)), strict=True):
        assert np.array_equal(ours, fresh), name


def test_the_size_is_seen() -> None:
    kept = KeptSteps()
    picture(BASE, kept)
    assert render_shackle_from(BASE, size_px=40, samples=SAMPLES, kept=kept).image_hwc.shape == (40, 40, 3)


def test_new_noise_traces_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptSteps()
    picture(BASE, kept)
    monkeypatch.setattr("core.render.shackles.trace_shackle", lambda *_, **__: pytest.fail("traced again"))
    picture(replace(BASE, noise=0.1, jpeg_quality=50, light_strength=0.5), kept)
    picture(replace(BASE, background_blur_px=9.0), kept)


def test_a_step_is_made_again_only_when_its_needs_change() -> None:
    kept, calls = KeptSteps(), []
    for needs in ("a", "a", "b", "a"):
        assert kept.made("step", needs, lambda needs=needs: calls.append(needs) or needs) == needs
    assert calls == ["a", "b", "a"]


def test_light_and_guides_see_the_same_rays() -> None:
    """They are traced one after the other: a pixel has a place exactly where it has light's coverage."""
    stage, seen = shackle_stage(), []
    trace = stage._traced
    stage._traced = lambda samples, seed: seen.append(trace(samples, seed)) or seen[-1]  # type: ignore[method-assign]
    try:
        picture(BASE)
    finally:
        del stage._traced
    layers = seen[0]
    covered = layers[..., 3] > 0
    assert np.array_equal(covered, (layers[..., 7:10] != 0).any(2))
    assert covered.any()
    assert not covered.all()
