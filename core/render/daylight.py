"""Daylight: Mitsuba's sunsky made usable below the horizon, with clouds, haze and a ground that reflects it.

``sunsky`` is black under the horizon, which leaves everything metallic black from below. Here its sky is
read out once a scene into a small latitude-longitude picture, and the ground and haze are added; the sun
becomes a directional light with the strength that ``sunsky`` gives its disc.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.render.mitsuba_engine import mitsuba_session
from core.render.procedural_noise import octave_noise
from core.types import FloatImage

FloatArray = NDArray[np.float64]
SKY_HEIGHT_PX = 48
SKY_WIDTH_PX = 96
SUN_HALF_ANGLE_RAD = math.radians(0.2665)
DIM_SKY = 0.02  # keeps a low sun's scene from dividing by nothing


@dataclass(frozen=True, slots=True, eq=False)
class Daylight:
    """Light of one scene, in the sunsky's own radiance unit (exposure takes it out again).

    Attributes:
        radiance_hwc: float32 (48, 96, 3); row 0 is the zenith, the last the nadir, columns go round from
            azimuth −180°. Azimuth 0 is −y (towards the camera's side), 90° is +x.
        sun_direction: unit vector from the scene to the sun, z up.
        sun_irradiance: float64 (3,), on a surface that faces the sun; 0 when overcast.
        ground_irradiance: float64 (3,), sky and sun on level ground.
        horizon_radiance: float64 (3,), mean sky just above the horizon.
    """

    radiance_hwc: FloatImage
    sun_direction: FloatArray
    sun_irradiance: FloatArray
    ground_irradiance: FloatArray
    horizon_radiance: FloatArray

    def sky(self, elevation_rad: FloatImage, azimuth_rad: FloatImage) -> FloatImage:
        """Read the sky in the given directions, float32 (…, 3); below the horizon the horizon's own colour."""
        rows = np.clip((math.pi / 2 - np.maximum(elevation_rad, 0.02)) / math.pi * SKY_HEIGHT_PX - 0.5, 0, None)
        columns = (azimuth_rad / (2 * math.pi) + 0.5) * SKY_WIDTH_PX - 0.5
        top = np.minimum(np.floor(rows).astype(int), SKY_HEIGHT_PX // 2 - 1)
        low = np.minimum(top + 1, SKY_HEIGHT_PX // 2 - 1)
        left = np.floor(columns).astype(int)
        down = (rows - top)[..., None].clip(0, 1)
        right = (columns - left)[..., None]
        sky = self.radiance_hwc
        upper = sky[top, left % SKY_WIDTH_PX] * (1 - right) + sky[top, (left + 1) % SKY_WIDTH_PX] * right
        lower = sky[low, left % SKY_WIDTH_PX] * (1 - right) + sky[low, (left + 1) % SKY_WIDTH_PX] * right
        return np.asarray(upper * (1 - down) + lower * down, np.float32)


def direction(elevation_deg: float, azimuth_deg: float) -> FloatArray:
    """Unit vector towards an elevation and azimuth: 0°, 0° is −y; azimuth 90° is +x; elevation 90° is +z."""
    elevation, azimuth = math.radians(elevation_deg), math.radians(azimuth_deg)
    level = math.cos(elevation)
    return np.array([level * math.sin(azimuth), -level * math.cos(azimuth), math.sin(elevation)])


def make_daylight(
    *,
    sun_elevation_deg: float,
    sun_azimuth_deg: float,
    turbidity: float,
    cloud: float,
    ground_albedo: tuple[float, float, float],
    rng: np.random.Generator,
) -> Daylight:
    """Read Mitsuba's sunsky for a sun position and complete it with clouds, ground and haze.

    Args:
        turbidity: 1 to 10. cloud: 0 clear to 1 overcast.
        ground_albedo: linear RGB of the ground's mean reflectance.
        rng: makes the clouds and the patches of the ground.

    Raises:
        RenderError: Mitsuba does not run on this machine.
    """
    to_sun = direction(sun_elevation_deg, sun_azimuth_deg)
    half = SKY_HEIGHT_PX // 2
    rays = ray_directions()[:half]
    with mitsuba_session() as mitsuba:
        sky = _sunsky(mitsuba, rays, to_sun, turbidity, sun=False)
        disc = _sunsky(mitsuba, to_sun[None], to_sun, turbidity, sun=True)[0]
    sun = np.maximum(disc, 0.0) * math.pi * SUN_HALF_ANGLE_RAD**2
    sky = _clouded(sky, rays, cloud, rng, sun * to_sun[2])
    sun = sun * (1.0 - min(1.0, cloud)) ** 2 * (1.0 if cloud < 0.7 else 0.3)
    weight = solid_angles()[:half, None, None] * rays[..., 2:3]
    ground = (sky * weight).sum((0, 1)) + sun * to_sun[2] + DIM_SKY
    horizon = sky[-3:].mean((0, 1))
    return Daylight(
        radiance_hwc=np.concatenate([sky, _ground_rows(ground, horizon, ground_albedo, rng)]).astype(np.float32),
        sun_direction=to_sun,
        sun_irradiance=sun,
        ground_irradiance=ground,
        horizon_radiance=horizon,
    )


def _sunsky(mitsuba: Any, rays: FloatArray, to_sun: FloatArray, turbidity: float, *, sun: bool) -> FloatArray:
    import drjit

    emitter = mitsuba.load_dict(
        {
            "type": "sunsky",
            "sun_direction": [float(c) for c in to_sun],
            "turbidity": float(turbidity),
            "sun_scale": 1.0 if sun else 0.0,
            "sky_scale": 0.0 if sun else 1.0,
        }
    )
    flat = rays.reshape(-1, 3)
    if mitsuba.variant().startswith("scalar"):
        values = []
        for ray in flat:
            si = drjit.zeros(mitsuba.SurfaceInteraction3f)
            si.wi = mitsuba.Vector3f(*(-ray).tolist())
            values.append(np.array(emitter.eval(si)))
        return np.array(values, np.float64).reshape(rays.shape)
    si = drjit.zeros(mitsuba.SurfaceInteraction3f, len(flat))
    si.wi = mitsuba.Vector3f(*(mitsuba.Float(np.ascontiguousarray(-flat[:, i])) for i in range(3)))
    return np.array(emitter.eval(si), np.float64).T.reshape(rays.shape)


def _clouded(
    sky: FloatArray, rays: FloatArray, cloud: float, rng: np.random.Generator, sun_on_ground: FloatArray
) -> FloatArray:
    """Fade to a grey, brighter-overhead sky (CIE overcast) that passes half of the sun, with soft patches."""
    grey = float(sky.mean()) * 1.1 + 0.5 * float(sun_on_ground.mean()) / math.pi
    tint = np.array([0.97, 1.0, 1.05])
    overcast = grey * (1.0 + 2.0 * rays[..., 2:3]) * (9.0 / 21.0) * tint
    noise = octave_noise(rng, rays.shape[:2], cells=9.0, octaves=3).astype(np.float64)[..., None]
    cover = np.clip(1.6 * (noise - 0.5) + 2.0 * cloud - 0.45, 0.0, 1.0) if cloud > 0 else 0.0 * noise
    result: FloatArray = sky * (1.0 - cover) + overcast * cover * (0.8 + 0.4 * noise)
    return result


def _ground_rows(
    irradiance: FloatArray, horizon: FloatArray, albedo: tuple[float, float, float], rng: np.random.Generator
) -> FloatArray:
    half = SKY_HEIGHT_PX - SKY_HEIGHT_PX // 2
    patches = octave_noise(rng, (half, SKY_WIDTH_PX), cells=12.0, octaves=3).astype(np.float64)[..., None]
    ground = np.asarray(albedo) * irradiance / math.pi * (0.55 + 0.9 * patches)
    below = (np.arange(half) + 0.5) / half * math.pi / 2
    haze = np.exp(-below / math.radians(6.0))[:, None, None]
    rows: FloatArray = ground * (1.0 - haze) + horizon * 0.8 * haze
    return rows


def ray_directions() -> FloatArray:
    """Unit vectors of the sky's pixels, float64 (48, 96, 3), z up."""
    polar = (np.arange(SKY_HEIGHT_PX) + 0.5) / SKY_HEIGHT_PX * math.pi
    azimuth = ((np.arange(SKY_WIDTH_PX) + 0.5) / SKY_WIDTH_PX - 0.5) * 2 * math.pi
    sin_polar = np.sin(polar)[:, None]
    up = np.broadcast_to(np.cos(polar)[:, None], (SKY_HEIGHT_PX, SKY_WIDTH_PX))
    return np.stack([sin_polar * np.sin(azimuth), -sin_polar * np.cos(azimuth), up], -1)


def solid_angles() -> FloatArray:
    """Solid angle of a pixel in each row of the sky, float64 (48,), in steradian; 96 of each row make 4π."""
    polar = np.linspace(0.0, math.pi, SKY_HEIGHT_PX + 1)
    rings = (np.cos(polar[:-1]) - np.cos(polar[1:])) * 2 * math.pi / SKY_WIDTH_PX
    return np.asarray(rings, np.float64)
