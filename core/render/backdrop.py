"""Backgrounds of close-ups: the landscape far behind, out of focus, in linear light."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from core.errors import ConfigError
from core.render.daylight import Daylight
from core.render.procedural_noise import octave_noise
from core.types import FloatImage

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Ground:
    """What covers the land: linear reflectances that it varies between, and how.

    Attributes:
        dark, light: linear RGB of shaded and lit parts.
        cells: coarsest features across the frame.
        contrast: how hard the two part, 1 is smooth.
        skyline: roughness of the skyline in degrees: 0 is level water, 2 a near forest.
    """

    dark: Rgb
    light: Rgb
    cells: float
    contrast: float
    skyline: float

    @property
    def albedo(self) -> Rgb:
        """Mean reflectance, linear RGB."""
        return tuple((d + b) / 2 for d, b in zip(self.dark, self.light, strict=True))  # type: ignore[return-value]


GROUNDS: Mapping[str, Ground] = {
    "forest": Ground((0.006, 0.012, 0.006), (0.065, 0.095, 0.035), 9.0, 1.6, 1.6),
    "birch": Ground((0.020, 0.035, 0.010), (0.20, 0.24, 0.06), 8.0, 1.4, 1.2),
    "autumn": Ground((0.030, 0.020, 0.008), (0.34, 0.19, 0.05), 7.0, 1.5, 1.2),
    "field": Ground((0.08, 0.10, 0.03), (0.26, 0.24, 0.09), 3.0, 1.1, 0.5),
    "moss": Ground((0.045, 0.040, 0.020), (0.22, 0.17, 0.075), 5.0, 1.5, 0.5),
    "rock": Ground((0.06, 0.06, 0.062), (0.34, 0.33, 0.31), 5.0, 1.8, 0.9),
    "road": Ground((0.09, 0.09, 0.095), (0.27, 0.26, 0.24), 2.0, 1.1, 0.4),
    "snow": Ground((0.38, 0.42, 0.50), (0.86, 0.87, 0.89), 3.0, 1.1, 0.6),
    "heath": Ground((0.022, 0.016, 0.010), (0.30, 0.24, 0.14), 12.0, 2.2, 0.5),
    "thaw": Ground((0.020, 0.016, 0.011), (0.78, 0.80, 0.84), 6.0, 6.0, 0.6),
    "water": Ground((0.012, 0.026, 0.040), (0.06, 0.085, 0.10), 10.0, 1.0, 0.1),
}


@dataclass(frozen=True, slots=True)
class View:
    """Where a camera looks, for the background behind the subject.

    Attributes:
        elevation_deg: of the camera above the subject; it looks down by as much.
        azimuth_deg: of the camera; it looks the other way.
        roll_deg: turn of the picture.
        field_of_view_deg: across the frame's side.
    """

    elevation_deg: float
    azimuth_deg: float
    roll_deg: float
    field_of_view_deg: float


def make_backdrop(
    kind: str,
    daylight: Daylight,
    view: View,
    *,
    size_px: int,
    horizon_deg: float,
    blur_px: float,
    rng: np.random.Generator,
    cell_scale: float = 1.0,
    hue_variation: float = 0.35,
    with_things: bool = True,
) -> FloatImage:
    """Paint the land and sky behind a subject.

    Args:
        kind: a key of ``GROUNDS``.
        size_px: side of the square picture.
        horizon_deg: skyline above (+) or below (−) the level.
        blur_px: Gaussian sigma of the defocus.
        rng: decides everything random.
        cell_scale: above 1 makes the land's features smaller, as from farther away.
        hue_variation: how far patches differ in hue; 0 is none.
        with_things: now and then, wires, poles and stems between the subject and the land.

    Returns:
        float32 (size, size, 3), linear radiance in the daylight's unit.

    Raises:
        ConfigError: no ground of that name.
    """
    if kind not in GROUNDS:
        raise ConfigError(f"background: expected one of {', '.join(sorted(GROUNDS))}, received {kind!r}")
    ground = GROUNDS[kind]
    elevation_rad, azimuth_rad = _ray_angles(view, size_px)
    land = _land(ground, daylight, size_px, rng, cell_scale, hue_variation)
    ragged = octave_noise(rng, (1, 512), cells=40.0, octaves=4)[0]
    place = ((np.degrees(azimuth_rad) * 512.0 / 30.0).astype(int)) % 512
    skyline_rad = np.radians(horizon_deg + ground.skyline * (ragged[place] - 0.5) * 2.0)
    below_rad = skyline_rad - elevation_rad
    haze = np.exp(-np.maximum(below_rad, 0.0) / math.radians(3.0))[..., None] * rng.uniform(0.15, 0.8)
    land = land * (1.0 - haze) + daylight.horizon_radiance.astype(np.float32) * 0.8 * haze
    edge = np.clip(below_rad / (math.radians(view.field_of_view_deg) / size_px) + 0.5, 0.0, 1.0)[..., None]
    picture = daylight.sky(elevation_rad, azimuth_rad) * (1.0 - edge) + land * edge
    picture = picture.astype(np.float32)
    if with_things:
        picture = _distant_things(picture, rng)
    # Reflected at the border, so that the blur does not darken the frame's rim.
    blurred: FloatImage = cv2.GaussianBlur(picture, (0, 0), max(0.3, blur_px), borderType=cv2.BORDER_REFLECT)
    return blurred


def _land(
    ground: Ground,
    daylight: Daylight,
    size_px: int,
    rng: np.random.Generator,
    cell_scale: float,
    hue_variation: float,
) -> FloatImage:
    shape = (size_px, size_px)
    form = octave_noise(rng, shape, cells=ground.cells * cell_scale * rng.uniform(0.6, 1.6), octaves=6, gain=0.7)
    form = np.clip((form - 0.5) * ground.contrast * 1.3 + rng.uniform(0.35, 0.65), 0.0, 1.0)
    broad = octave_noise(rng, shape, cells=2.0, octaves=2)
    hue = 1.0 + hue_variation * (octave_noise(rng, shape, cells=5.0, octaves=3)[..., None] - 0.5) * rng.uniform(
        -1, 1, 3
    )
    albedo = np.asarray(ground.dark) * (1.0 - form[..., None]) + np.asarray(ground.light) * form[..., None]
    albedo = albedo * hue * (0.7 + 0.6 * broad[..., None]) * rng.uniform(0.7, 1.3)
    return np.asarray(albedo * daylight.ground_irradiance / math.pi, np.float32)


def _distant_things(picture: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Wires, poles and stems behind the subject: darker or lighter bands across the frame, now and then."""
    size = picture.shape[0]
    for _ in range(int(rng.choice([0, 0, 0, 1, 2, 3]))):
        canvas = np.zeros(picture.shape[:2], np.uint8)
        start, end = rng.uniform(-0.2, 1.2, 2) * size, rng.uniform(-0.2, 1.2, 2) * size
        if rng.random() < 0.5:
            start[1], end[1] = -5, size + 5
            end[0] = start[0] + rng.normal(0, 0.08) * size
        cv2.line(
            canvas, start.astype(int), end.astype(int), 255, max(1, int(rng.uniform(0.006, 0.09) * size)), cv2.LINE_AA
        )
        cover = canvas[..., None].astype(np.float32) / 255.0
        shade = np.float32(rng.uniform(0.15, 1.5)) * picture.mean((0, 1))
        picture = picture * (1.0 - cover) + shade * cover
    return picture


def _ray_angles(view: View, size_px: int) -> tuple[FloatImage, FloatImage]:
    """Elevation and azimuth (radians) of the ray through each pixel."""
    half = math.tan(math.radians(view.field_of_view_deg) / 2)
    step = ((np.arange(size_px, dtype=np.float32) + 0.5) / size_px * 2 - 1) * half
    x, y = np.meshgrid(step, -step)
    roll = math.radians(view.roll_deg)
    right, up = x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)
    pitch = math.radians(-view.elevation_deg)
    forward = math.cos(pitch) - up * math.sin(pitch)
    high = math.sin(pitch) + up * math.cos(pitch)
    elevation = np.arctan2(high, np.hypot(forward, right))
    azimuth = math.radians(view.azimuth_deg) + math.pi - np.arctan2(right, forward)
    return elevation.astype(np.float32), azimuth.astype(np.float32)
