"""From a close-up's variables to its camera, its daylight and, once light is traced, its photo."""

from __future__ import annotations

import numpy as np

from core.render.backdrop import View
from core.render.camera_stage import auto_exposure, photograph, tone_map
from core.render.close_up_variables import CloseUpVariables
from core.render.daylight import Daylight, make_daylight
from core.render.mitsuba_stage import CameraPose
from core.types import FloatImage, UInt8Image


def camera_pose(variables: CloseUpVariables) -> CameraPose:
    """Where the path tracer's camera stands."""
    return CameraPose(
        variables.elevation_deg,
        variables.azimuth_deg,
        variables.roll_deg,
        variables.distance_r,
        variables.offset_x,
        variables.offset_y,
    )


def landscape_view(variables: CloseUpVariables, field_of_view_deg: float) -> View:
    """Where the same camera looks, for the landscape behind the subject."""
    return View(variables.elevation_deg, variables.azimuth_deg, variables.roll_deg, field_of_view_deg)


def daylight_of(variables: CloseUpVariables, ground_albedo: tuple[float, float, float], stream: int) -> Daylight:
    """The scene's sky, sun and reflecting ground.

    Args:
        variables: the scene's.
        ground_albedo: linear RGB, 0 to 1.
        stream: which of the scene's random streams makes the clouds.

    Raises:
        RenderError: Mitsuba does not run on this machine.
    """
    return make_daylight(
        sun_elevation_deg=variables.sun_elevation_deg,
        sun_azimuth_deg=variables.sun_azimuth_deg,
        turbidity=variables.turbidity,
        cloud=variables.cloud,
        ground_albedo=ground_albedo,
        rng=np.random.default_rng([variables.detail_seed, stream]),
    )


def develop(
    radiance_hwc: FloatImage,
    coverage_hw: FloatImage,
    background_hwc: FloatImage,
    variables: CloseUpVariables,
    *,
    subject_weight: float,
    stream: int,
) -> UInt8Image:
    """Put a traced subject before its landscape and take the photo.

    Args:
        radiance_hwc: float32 (H, W, 3), linear light of the subject, premultiplied by coverage.
        coverage_hw: float32 (H, W), how much of a pixel the subject fills, 0 to 1.
        background_hwc: float32 (H, W, 3), linear light of the landscape.
        variables: the scene's.
        subject_weight: how much more than the landscape the subject counts in the exposure, 0 or more.
        stream: which of the scene's random streams makes the sensor's noise.

    Returns:
        uint8 RGB, shape (H, W, 3).
    """
    # In linear light: edge pixels mix as light does, not as encoded values would.
    linear = np.asarray(radiance_hwc + (1.0 - coverage_hw[..., None]) * background_hwc, np.float32)
    exposure = auto_exposure(linear, 1.0 + subject_weight * coverage_hw) * variables.light_strength
    return photograph(
        tone_map(linear, exposure=exposure),
        np.random.default_rng([variables.detail_seed, stream]),
        defocus_px=variables.defocus_px,
        sharpness=variables.sharpness,
        noise=variables.noise,
        jpeg_quality=variables.jpeg_quality,
    )
