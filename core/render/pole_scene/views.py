"""The six camera modes, and how a photo's frame is laid over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.render.pole_scene.camera import F64, Camera, look
from core.render.pole_scene.draws import Draws

MODES = ("steep from above", "oblique above", "level far", "level near", "from below", "close-up")
ASPECTS = {"2:3": 2 / 3, "3:4": 3 / 4, "9:16": 9 / 16, "1:1": 1.0, "4:3": 4 / 3, "3:2": 3 / 2, "16:9": 16 / 9}
"""width of height."""


@dataclass(frozen=True, slots=True)
class View:
    """A camera mode that was drawn, and the photo that it gives."""

    mode: str
    camera: Camera
    width_px: int
    height_px: int

    @property
    def from_above(self) -> bool:
        """Whether the frame is filled with ground rather than sky."""
        return self.mode in ("steep from above", "oblique above")


def frame_px(draws: Draws, long_side_px: int, from_above: bool) -> tuple[int, int]:
    """(width, height) of a photo: portrait more often from the air, as helicopter crews hold cameras."""
    weights = (6, 2, 0.7, 1.5, 1.5, 2, 1) if from_above else (1.5, 3, 2, 3, 2, 1.5, 1.5)
    aspect = ASPECTS[draws.choice("aspect", list(ASPECTS), weights)]
    short = max(round(long_side_px * min(aspect, 1 / aspect)), 8)
    return (short, long_side_px) if aspect < 1 else (long_side_px, short)


def draw_view(draws: Draws, mode: str, size_px: int, supersample: float, height_m: float, half_width_m: float) -> View:
    """Aim a camera at a structure of that height around the origin.

    Args:
        draws: draws and records the view's variables.
        mode: one of MODES.
        size_px: long side of the photo.
        supersample: canvas pixels a photo pixel.
        height_m: the structure's height.
        half_width_m: its reach to either side.
    """
    width, height = frame_px(draws, size_px, "above" in mode)
    canvas_w, canvas_h = round(width * supersample), round(height * supersample)
    long_side = max(canvas_w, canvas_h)
    focal = long_side * draws.log_uniform("focal_of_long_side", 0.65, 2.6)
    elevation, span, aim_z, roll = _aim(draws, mode, height_m, half_width_m)
    azimuth = draws.uniform("camera_azimuth_deg", 0, 360)
    distance = focal * span / long_side
    side = draws.rng.normal(0, 0.12) * span
    a = np.radians(azimuth)
    target = np.array([-np.sin(a) * side, np.cos(a) * side, aim_z])
    position, rotation = look(target, azimuth, elevation, distance, roll)
    if position[2] < 0.6:
        position, rotation = _lifted(position, target, roll, draws)
    draws.keep("camera_height_m", float(position[2]))
    draws.keep("camera_distance_m", distance)
    camera = Camera(position, rotation, focal, (canvas_w / 2, canvas_h / 2), canvas_w, canvas_h)
    return View(mode, camera, width, height)


def _aim(draws: Draws, mode: str, height: float, half_width: float) -> tuple[float, float, float, float]:
    """(elevation_deg, metres along the frame's long side, aim height m, roll_deg)."""
    rng = draws.rng
    whole = max(height, 2 * half_width)
    if mode == "steep from above":
        elevation = draws.uniform("elevation_deg", 52, 89)
        span = draws.log_uniform("span_in_frame_m", max(3.0, half_width * 1.2), whole * 1.2)
        return (
            elevation,
            span,
            height * rng.uniform(0.6, 1.0),
            rng.uniform(0, 360) if rng.random() < 0.3 else rng.normal(0, 12),
        )
    if mode == "oblique above":
        elevation = draws.uniform("elevation_deg", 10, 52)
        span = draws.log_uniform("span_in_frame_m", max(3.0, half_width * 1.4), whole * 1.6)
        return elevation, span, height * rng.uniform(0.45, 0.98), rng.normal(0, 7)
    if mode == "level far":
        span = draws.log_uniform("span_in_frame_m", whole * 1.1, whole * 2.6)
        return draws.uniform("elevation_deg", -9, 5), span, height * rng.uniform(0.4, 0.6), rng.normal(0, 2.5)
    if mode == "level near":
        span = draws.log_uniform("span_in_frame_m", whole * 0.55, whole * 1.3)
        return draws.uniform("elevation_deg", -22, 0), span, height * rng.uniform(0.45, 0.8), rng.normal(0, 4)
    if mode == "from below":
        span = draws.log_uniform("span_in_frame_m", max(2.5, whole * 0.3), whole * 1.0)
        return draws.uniform("elevation_deg", -72, -22), span, height * rng.uniform(0.65, 0.98), rng.normal(0, 12)
    span = draws.log_uniform("span_in_frame_m", max(0.9, half_width * 0.4), max(3.0, half_width * 1.6))
    return draws.uniform("elevation_deg", -15, 20), span, rng.uniform(0.9, min(height * 0.9, 4.0)), rng.normal(0, 4)


def _lifted(position: F64, target: F64, roll_deg: float, draws: Draws) -> tuple[F64, F64]:
    """A person's height above the ground instead of under it, still aimed at the target."""
    eye = np.array([position[0], position[1], draws.rng.uniform(1.2, 2.2)])
    reach = max(float(np.hypot(*(eye - target)[:2])), 0.8)
    rise = float(eye[2] - target[2])
    azimuth = float(np.degrees(np.arctan2(*(eye - target)[1::-1])))
    return look(target, azimuth, float(np.degrees(np.arctan2(rise, reach))), float(np.hypot(reach, rise)), roll_deg)
