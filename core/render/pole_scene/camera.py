"""A pinhole camera over a flat world: metres, x across the line, y along the line, z up, ground at z = 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """Where the camera is and how it maps metres to pixels of the working canvas.

    Attributes:
        position_m: (3,) world position.
        rotation: (3, 3); rows are the camera's right, down and forward axes in the world.
        focal_px: focal length in canvas pixels.
        centre_px: (x, y) of the optical axis on the canvas; outside it for a crop of a larger photo.
        width_px, height_px: canvas size.
    """

    position_m: F64
    rotation: F64
    focal_px: float
    centre_px: tuple[float, float]
    width_px: int
    height_px: int

    def project(self, points_m: F64) -> tuple[F64, F64]:
        """World points (N, 3) → canvas pixels (N, 2) and depth along the optical axis (N,) in metres."""
        local = (np.atleast_2d(points_m) - self.position_m) @ self.rotation.T
        depth = local[:, 2]
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        xy = local[:, :2] * (self.focal_px / safe)[:, None] + np.asarray(self.centre_px)
        return xy, depth

    def rays(self, xs: NDArray[np.integer], ys: NDArray[np.integer]) -> F32:
        """World directions (..., 3) through pixel centres; a step of 1 along one is 1 m of depth."""
        a = (xs + 0.5 - self.centre_px[0]) / self.focal_px
        b = (ys + 0.5 - self.centre_px[1]) / self.focal_px
        rot = self.rotation.astype(np.float32)
        a, b = a.astype(np.float32)[..., None], b.astype(np.float32)[..., None]
        rays: F32 = a * rot[0] + b * rot[1] + rot[2]
        return rays


def look(
    target_m: F64, azimuth_deg: float, elevation_deg: float, distance_m: float, roll_deg: float
) -> tuple[F64, F64]:
    """Place a camera on a sphere around a target.

    Args:
        target_m: (3,) point on the optical axis.
        azimuth_deg: direction from target to camera, from +x towards +y.
        elevation_deg: how far the camera is above the target; 90 looks straight down, below 0 up.
        distance_m: camera to target.
        roll_deg: turns the picture clockwise.

    Returns:
        (position_m, rotation) for `Camera`.
    """
    az, el, roll = np.radians((azimuth_deg, elevation_deg, roll_deg))
    out = np.array([np.cos(el) * np.cos(az), np.cos(el) * np.sin(az), np.sin(el)])
    forward = -out
    right = np.array([-np.sin(az), np.cos(az), 0.0])
    down = np.cross(forward, right)
    turned_right = np.cos(roll) * right - np.sin(roll) * down
    turned_down = np.sin(roll) * right + np.cos(roll) * down
    return target_m + out * distance_m, np.stack([turned_right, turned_down, forward])
