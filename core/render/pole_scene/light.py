"""Light of a scene: one sun and a sky, both linear RGB, and colours given in sRGB."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.render.pole_scene.draws import Draws

F32 = NDArray[np.float32]


def rgb(r: float, g: float, b: float) -> F32:
    """An sRGB colour (0 to 255 a channel) as linear RGB, float32 (3,)."""
    return ((np.array([r, g, b], np.float32) / 255.0) ** 2.2).astype(np.float32)


def mix(a: F32, b: F32, weight: F32) -> F32:
    """Blend two colours (or colour images) by a weight without the colour axis."""
    out: F32 = a + (b - a) * weight[..., None]
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """Sun and sky.

    Attributes:
        sun_direction: (3,) unit vector towards the sun.
        sun_rgb, sky_rgb: linear RGB strengths; the sun's is near 0 under an overcast sky.
        shadow: how much of the light a shadow on the ground takes, 0 to 1.
    """

    sun_direction: F32
    sun_rgb: F32
    sky_rgb: F32
    shadow: float

    def shade(self, normals: F32) -> F32:
        """Light (N, 3) on surfaces with unit normals (N, 3)."""
        facing = np.clip(normals @ self.sun_direction, 0.0, None)
        openness = 0.65 + 0.35 * normals[..., 2]
        out: F32 = facing[..., None] * self.sun_rgb + openness[..., None] * self.sky_rgb
        return out


def draw_light(draws: Draws, weather: str, behind_deg: float | None = None) -> Light:
    """Light for a weather: ``sun``, ``hazy sun``, ``overcast`` or ``dusk``.

    Args:
        draws: draws and records where the sun stands.
        weather: one of the four.
        behind_deg: the camera's azimuth where the sun should stand behind it, roughly; else anywhere.
    """
    azimuth_deg = draws.uniform("sun_azimuth_deg", 0, 360)
    if behind_deg is not None:
        azimuth_deg = draws.keep("sun_azimuth_deg", (behind_deg + float(draws.rng.normal(0, 50))) % 360)
    azimuth = np.radians(azimuth_deg)
    elevation = np.radians(draws.uniform("sun_elevation_deg", 8, 62))
    direction = np.array(
        [np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)], np.float32
    )
    warm = draws.rng.uniform(0.0, 1.0) * (1.2 - elevation)
    sun = np.array([1.0, 0.96 - 0.04 * warm, 0.90 - 0.12 * warm], np.float32)
    strength = {"sun": 2.4, "hazy sun": 1.1, "overcast": 0.08, "dusk": 0.25}[weather] * draws.rng.uniform(0.8, 1.2)
    sky = np.array([0.86, 0.95, 1.1], np.float32) if weather in ("sun", "dusk") else np.ones(3, np.float32)
    sky = sky * draws.rng.uniform(0.38, 0.75)
    shadow = {"sun": 0.84, "hazy sun": 0.5, "overcast": 0.05, "dusk": 0.1}[weather]
    return Light(direction, sun * np.float32(strength), sky.astype(np.float32), shadow)
