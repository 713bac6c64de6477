"""Close-ups of wood-pole tops, with a cap or without, path-traced by Mitsuba."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.errors import ConfigError
from core.render.backdrop import GROUNDS, make_backdrop
from core.render.close_up import camera_pose, daylight_of, develop, landscape_view
from core.render.hdri_light import light_of, with_hdri
from core.render.mitsuba_engine import mitsuba_session
from core.render.mitsuba_stage import Layers, MitsubaStage
from core.render.pole_top_geometry import build_pole_top
from core.render.pole_top_textures import TEXTURE_PX, pole_top_textures
from core.render.pole_top_variables import PoleTopVariables, sample_pole_top_variables
from core.render.result import LabelledBox, Render
from core.render.wanted import Wanted, with_wanted
from core.types import BoolMask, FloatImage

__all__ = ["PoleTopVariables", "render_pole_top", "render_pole_top_from", "sample_pole_top_variables"]

WHOLE_CAP = "whole top cap"
MISSING_CAP = "whole missing top cap"
PARTS = ("pole", "end", "cap", "arm", "steel", "insulators")
FIELD_OF_VIEW_DEG = 20.0
SAMPLES = 32
SMALLEST_BOX_PX = 3.0
# Tops fill more than half of their box; with less than this seen, something stands before them.
LEAST_FILL = 0.35


def render_pole_top(
    seed: int,
    *,
    size_px: int = 256,
    samples: int = SAMPLES,
    hdri_dir: Path | None = None,
    wanted: Mapping[str, Wanted] | None = None,
) -> Render:
    """Draw a scene from a seed and render it.

    Args:
        seed: 0 or more; the same seed, size and engine give the same pixels.
        size_px: side of the square photo, 32 to 2048.
        samples: light paths a pixel.
        hdri_dir: folder of HDRIs, one of which lights the scene (see ``core.render.hdri_light``); None is sunsky.
        wanted: variables that are not left to chance.

    Returns:
        image, label ``TREE``, one box (``whole top cap`` or ``whole missing top cap``) tight around what can
        be seen of the cap or the bare end, masks ``object`` and ``cap`` (empty where missing), all variables.

    Raises:
        ConfigError: seed, size or what is wanted is out of range; no HDRIs in the folder, or one cannot be read.
        RenderError: Mitsuba does not run on this machine.
    """
    variables = with_wanted(with_hdri(sample_pole_top_variables(seed), seed, hdri_dir), seed, wanted)
    return render_pole_top_from(variables, size_px=size_px, samples=samples, hdri_dir=hdri_dir)


def render_pole_top_from(
    variables: PoleTopVariables, *, size_px: int = 256, samples: int = SAMPLES, hdri_dir: Path | None = None
) -> Render:
    """Render exactly these variables. Arguments, result and errors as in ``render_pole_top``."""
    if not 32 <= size_px <= 2048:
        raise ConfigError(f"size_px: expected 32 to 2048, received {size_px}")
    layers, background = _trace(variables, size_px, samples, hdri_dir)
    image = develop(layers.radiance_hwc, layers.coverage_hw, background, variables, subject_weight=1.0, stream=44)
    assert layers.shape_hw is not None
    missing = variables.cap == "missing"
    top = layers.shape_hw == PARTS.index("end" if missing else "cap")
    return Render(
        image_hwc=image,
        label="TREE",
        boxes=_boxes(MISSING_CAP if missing else WHOLE_CAP, top),
        masks={"object": layers.shape_hw >= 0, "cap": top & (not missing)},
        variables=asdict(variables),
    )


@lru_cache(maxsize=1)
def pole_top_stage() -> MitsubaStage:
    """Return this process's one stage for pole tops, loaded at first use."""
    return MitsubaStage({part: TEXTURE_PX[part] for part in PARTS}, FIELD_OF_VIEW_DEG)


def _trace(variables: PoleTopVariables, size_px: int, samples: int, hdri_dir: Path | None) -> tuple[Layers, FloatImage]:
    """The pole's top in linear light, and the landscape behind it."""
    daylight = daylight_of(variables, GROUNDS[variables.background].albedo, stream=45)
    with mitsuba_session():  # a second thread must not load a second stage
        layers = pole_top_stage().render(
            build_pole_top(variables),
            pole_top_textures(variables),
            light_of(variables, daylight, hdri_dir),
            camera_pose(variables),
            size_px=size_px,
            samples=samples,
            seed=variables.detail_seed,
            with_shapes=True,
        )
    background = make_backdrop(
        variables.background,
        daylight,
        landscape_view(variables, FIELD_OF_VIEW_DEG),
        size_px=size_px,
        horizon_deg=variables.horizon_deg,
        blur_px=variables.background_blur_px * size_px / 256.0,
        rng=np.random.default_rng([variables.detail_seed, 46]),
        cell_scale=2.0,
        hue_variation=0.1,
        with_things=variables.background_blur_px > 2.0,  # they are flat, which only blur hides
    )
    return layers, background


def _boxes(label: str, mask_hw: BoolMask) -> tuple[LabelledBox, ...]:
    """The box tight around a mask, in pixel edges; none where next to nothing of it is seen."""
    y_px, x_px = np.nonzero(mask_hw)
    if not len(x_px):
        return ()
    box = (float(x_px.min()), float(y_px.min()), float(x_px.max() + 1), float(y_px.max() + 1))
    width, height = box[2] - box[0], box[3] - box[1]
    if min(width, height) < SMALLEST_BOX_PX or len(x_px) < LEAST_FILL * width * height:
        return ()
    return (LabelledBox(label, box),)
