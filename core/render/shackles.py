"""Photos of chain-shackle joints with known wear, path-traced by Mitsuba."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from core.errors import ConfigError
from core.render.backdrop import GROUNDS, make_backdrop
from core.render.close_up import daylight_of, develop, landscape_view
from core.render.daylight import Daylight
from core.render.hdri_light import light_of, with_hdri
from core.render.kept_steps import KeptSteps
from core.render.result import Render
from core.render.shackle_geometry import build_joint
from core.render.shackle_scene import FIELD_OF_VIEW_DEG, Beauty, trace_shackle
from core.render.shackle_textures import shackle_textures
from core.render.shackle_variables import VARIANTS, ShackleVariables, sample_shackle_variables
from core.render.wanted import Wanted, with_wanted
from core.types import FloatImage

__all__ = ["VARIANTS", "ShackleVariables", "render_shackle", "render_shackle_from", "sample_shackle_variables"]

SAMPLES = 24
# Exposure meters weight what is in the middle; here: the joint against all of the frame.
SUBJECT_WEIGHT = 2.0

# What each step is made from. Everything else belongs to the camera, whose part takes milliseconds.
JOINT = (
    "worn_fraction", "share", "bend_radius_r", "clearance_r", "leg_length_r", "flare_deg", "ending", "twist_deg",
)  # fmt: skip
TEXTURES = ("textured", "rust", "roughness", "dirt", "detail_seed")
DAYLIGHT = ("sun_elevation_deg", "sun_azimuth_deg", "turbidity", "cloud", "detail_seed")
LIGHT = ("light", "hdri_rotation_deg")
VIEW = ("elevation_deg", "azimuth_deg", "roll_deg")
PLACE = (*VIEW, "distance_r", "offset_x", "offset_y", "tilt_deg")
LANDSCAPE = ("background", "horizon_deg", "background_blur_px", *VIEW)


def render_shackle(
    seed: int,
    *,
    size_px: int = 160,
    variant: str = "WBG_WTX_WGM",
    samples: int = SAMPLES,
    hdri_dir: Path | None = None,
    wanted: Mapping[str, Wanted] | None = None,
    kept: KeptSteps | None = None,
) -> Render:
    """Draw a scene from a seed and render it.

    Args:
        seed: 0 or more; the same seed, size, variant and engine give the same pixels.
        size_px: side of the square photo, 32 to 2048.
        variant: NOTX_NOBG, NOTX_WBG, WTX_WBG or WBG_WTX_WGM (see ``sample_shackle_variables``).
        samples: light paths a pixel.
        hdri_dir: folder of HDRIs, one of which lights the scene (see ``core.render.hdri_light``); None is sunsky.
        wanted: variables that are not left to the variant.
        kept: as for ``render_shackle_from``.

    Returns:
        image, value (worn fraction), masks ``object`` and ``joint``, and all variables.

    Raises:
        ConfigError: seed, size, variant or what is wanted is out of range; no HDRIs in the folder, or one cannot
            be read.
        RenderError: Mitsuba does not run on this machine.
    """
    drawn = with_hdri(sample_shackle_variables(seed, variant), seed, hdri_dir)
    variables = with_wanted(drawn, seed, wanted)
    render = render_shackle_from(variables, size_px=size_px, samples=samples, hdri_dir=hdri_dir, kept=kept)
    return Render(
        image_hwc=render.image_hwc,
        value=render.value,
        masks=render.masks,
        variables={**render.variables, "variant": variant, "seed": float(seed)},
    )


def render_shackle_from(
    variables: ShackleVariables,
    *,
    size_px: int = 160,
    samples: int = SAMPLES,
    hdri_dir: Path | None = None,
    kept: KeptSteps | None = None,
) -> Render:
    """Render exactly these variables; ``hdri_dir`` holds the HDRI that their ``light`` names.

    The LLVM and the scalar engine draw their light paths in different orders: their pictures agree within
    sampling noise (mean absolute difference below 4 of 255 at 32 samples), their masks but for edge pixels.

    Args:
        variables: what to render.
        size_px, samples, hdri_dir: as for ``render_shackle``.
        kept: steps of the render before, for previews; the pixels are the same with and without.

    Raises:
        ConfigError: the size is out of range; no such HDRI, or it cannot be read.
        RenderError: Mitsuba does not run on this machine.
    """
    if not 32 <= size_px <= 2048:
        raise ConfigError(f"size_px: expected 32 to 2048, received {size_px}")
    kept = kept or KeptSteps()
    ground = GROUNDS.get(variables.background, GROUNDS["rock"])
    lit_by = (*_values(variables, DAYLIGHT), ground.albedo)
    daylight = kept.made("daylight", lit_by, lambda: daylight_of(variables, ground.albedo, stream=21))
    beauty = _beauty(variables, daylight, lit_by, size_px, samples, hdri_dir, kept)
    behind = (lit_by, _values(variables, LANDSCAPE), size_px)
    background = kept.made("background", behind, lambda: _background(variables, daylight, size_px))
    image = develop(
        beauty.radiance_hwc, beauty.coverage_hw, background, variables, subject_weight=SUBJECT_WEIGHT, stream=23
    )
    return Render(
        image_hwc=image,
        value=variables.worn_fraction,
        masks={"object": beauty.object_hw, "joint": beauty.joint_hw},
        variables={**asdict(variables), **_derived(variables, size_px)},
    )


def _beauty(
    variables: ShackleVariables,
    daylight: Daylight,
    lit_by: tuple[object, ...],
    size_px: int,
    samples: int,
    hdri_dir: Path | None,
    kept: KeptSteps,
) -> Beauty:
    """The rods in linear light; ``lit_by`` is what the daylight was made from."""
    joint, textures = _values(variables, JOINT), _values(variables, TEXTURES)
    needs = (joint, textures, lit_by, _values(variables, LIGHT), _values(variables, PLACE), size_px, samples, hdri_dir)
    return kept.made(
        "beauty",
        needs,
        lambda: trace_shackle(
            kept.made("joint", joint, lambda: build_joint(variables)),
            kept.made("textures", textures, lambda: shackle_textures(variables)),
            light_of(variables, daylight, hdri_dir),
            variables,
            size_px=size_px,
            samples=samples,
        ),
    )


def _values(variables: ShackleVariables, names: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(getattr(variables, name) for name in names)


def _background(variables: ShackleVariables, daylight: Daylight, size_px: int) -> FloatImage:
    if variables.background == "none":
        # An even grey wall, as bright as level ground of middle grey would be.
        grey = np.float32(daylight.ground_irradiance.mean() / np.pi * 0.35)
        return np.full((size_px, size_px, 3), grey, np.float32)
    return make_backdrop(
        variables.background,
        daylight,
        landscape_view(variables, FIELD_OF_VIEW_DEG),
        size_px=size_px,
        horizon_deg=variables.horizon_deg,
        blur_px=variables.background_blur_px * size_px / 160.0,
        rng=np.random.default_rng([variables.detail_seed, 22]),
    )


def _derived(variables: ShackleVariables, size_px: int) -> dict[str, float]:
    frame_r = 2.0 * variables.distance_r * np.tan(np.radians(FIELD_OF_VIEW_DEG / 2))
    return {
        "overlap_depth_r": variables.overlap_depth_r,
        "loss_upper_r": variables.loss_upper_r,
        "loss_lower_r": variables.loss_lower_r,
        "rod_radius_px": float(size_px / frame_r),
    }
