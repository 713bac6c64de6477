"""Trees and bushes as sprites: drawn once a process, then placed, turned and recoloured by each scene."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from core.render.pole_scene.canvas import DISTRACTOR, F32, F64, Canvas
from core.render.pole_scene.draws import weighted
from core.render.pole_scene.geometry import point
from core.render.pole_scene.light import rgb

SPRITE_PX = 256
VARIANTS = 5
SPECIES = {
    "spruce": ((28, 38, 25), 0.42),
    "pine": ((44, 58, 34), 0.5),
    "broadleaf": ((58, 70, 40), 0.8),
    "bush": ((66, 72, 46), 1.4),
    "bare": ((88, 76, 66), 0.75),
    "palm": ((62, 74, 46), 0.7),
    "dead": ((118, 104, 92), 0.4),
}
"""species → (sRGB colour, width of height)."""


@lru_cache(maxsize=64)
def sprite(species: str, variant: int) -> tuple[F32, F32]:
    """Brightness around 1, float32 (256, 256), and coverage 0 to 1; the foot is at the bottom's middle."""
    rng = np.random.default_rng((len(species), ord(species[0]), variant))
    tone = np.full((SPRITE_PX, SPRITE_PX), 0.5, np.float32)
    cover = np.zeros((SPRITE_PX, SPRITE_PX), np.uint8)
    if species in ("spruce", "dead"):
        _draw_spruce(rng, tone, cover, 220 if species == "spruce" else 60)
    elif species in ("broadleaf", "bush", "pine"):
        _draw_crown(rng, tone, cover, species)
    elif species == "palm":
        _draw_palm(rng, tone, cover)
    else:
        _draw_branch(rng, tone, cover, (128.0, 255.0), -np.pi / 2, 62.0, 7.0)
    return tone, (cover / np.float32(255)).astype(np.float32)


def _stroke(
    tone: F32, cover: NDArray[np.uint8], a: tuple[float, float], b: tuple[float, float], value: float, px: int
) -> None:
    p, q = (round(a[0]), round(a[1])), (round(b[0]), round(b[1]))
    cv2.line(tone, p, q, value, px)
    cv2.line(cover, p, q, 255, px, cv2.LINE_AA)


def _draw_spruce(rng: np.random.Generator, tone: F32, cover: NDArray[np.uint8], strokes: int) -> None:
    _stroke(tone, cover, (128, 255), (128, 6), 0.5, 3)
    for k in range(strokes):
        y = 10 + 235 * (k / strokes) ** 0.9
        reach = (6 + 0.46 * y) * rng.uniform(0.45, 1.0)
        side = rng.choice([-1.0, 1.0])
        x = 128 + side * reach
        value = rng.uniform(0.4, 1.6)
        _stroke(tone, cover, (128, y), (x, y + reach * rng.uniform(0.1, 0.5)), value, int(rng.integers(1, 5)))
        if strokes > 100:
            _stroke(tone, cover, (128 + side * reach * 0.4, y + 2), (x * 0.8 + 25.6, y + 12), value * 1.25, 2)


def _draw_crown(rng: np.random.Generator, tone: F32, cover: NDArray[np.uint8], species: str) -> None:
    low, high = {"broadleaf": (40, 190), "bush": (60, 250), "pine": (16, 130)}[species]
    if species != "bush":
        _stroke(tone, cover, (128, 255), (128 + rng.normal(0, 6), (low + high) / 2), 0.7, 7)
    lobes = rng.uniform((50, low + 20), (206, high - 20), (9, 2))
    order = []
    for _ in range(4000):
        centre = lobes[rng.integers(9)] + rng.normal(0, 21, 2)
        order.append((centre, rng.uniform(0.6, 3.2)))
    for centre, radius in sorted(order, key=lambda c: float(-c[0][1]) + float(rng.normal(0, 30))):
        if not (4 < centre[1] < 252):
            continue
        value = float(np.clip(1.7 - 1.2 * (centre[1] - low) / (high - low) + rng.normal(0, 0.3), 0.25, 2))
        at = (round(centre[0]), round(centre[1]))
        cv2.circle(tone, at, round(radius), value, -1)
        cv2.circle(cover, at, round(radius), 255, -1, cv2.LINE_AA)


def _draw_palm(rng: np.random.Generator, tone: F32, cover: NDArray[np.uint8]) -> None:
    _stroke(tone, cover, (128, 255), (128, 90), 1.1, 9)
    for angle in rng.uniform(-np.pi, np.pi, 26):
        value, reach = rng.uniform(0.5, 1.5), rng.uniform(60, 100)
        t = np.linspace(0, 1, 9)
        xs, ys = 128 + reach * t * np.cos(angle), 84 + reach * t * np.sin(angle) * 0.6 + 55 * t**2
        for k in range(8):
            _stroke(tone, cover, (xs[k], ys[k]), (xs[k + 1], ys[k + 1]), value, 7 - k // 2)


def _draw_branch(
    rng: np.random.Generator,
    tone: F32,
    cover: NDArray[np.uint8],
    at: tuple[float, float],
    angle: float,
    length: float,
    px: float,
) -> None:
    if length < 5:
        return
    end = (at[0] + length * np.cos(angle), at[1] + length * np.sin(angle))
    _stroke(tone, cover, at, end, rng.uniform(0.6, 1.3), max(round(px), 1))
    for _ in range(int(rng.integers(2, 4))):
        _draw_branch(rng, tone, cover, end, angle + rng.normal(0, 0.5), length * rng.uniform(0.6, 0.86), px * 0.66)


def plant(canvas: Canvas, rng: np.random.Generator, foot: F64, height_m: float, species: str, haze_m: float) -> None:
    """Place one tree or bush with its foot on the ground; from steep above it is shown shortened."""
    cam = canvas.camera
    xy, z = cam.project(np.stack([foot, foot + point(0, 0, height_m)]))
    if z.min() < 0.5:
        return
    colour, aspect = SPECIES[species]
    width_px = height_m * aspect * rng.uniform(0.75, 1.25) * cam.focal_px / z[0]
    axis = xy[1] - xy[0]
    length = float(np.hypot(axis[0], axis[1]))
    if width_px < 1.5 or width_px > 1.1 * cam.width_px:
        return
    direction = axis / length if length > 1e-6 else np.array([0.0, -1.0])
    length = max(length, width_px * 0.9)
    side = np.array([-direction[1], direction[0]]) * width_px * rng.choice([-1.0, 1.0])
    target = np.stack([xy[0] - side / 2, xy[0] + side / 2, xy[0] - side / 2 + direction * length])
    low = np.floor(np.minimum(target.min(axis=0), (target[1] + direction * length))).astype(int)
    high = np.ceil(np.maximum(target.max(axis=0), (target[1] + direction * length))).astype(int) + 1
    x0, y0 = max(low[0], 0), max(low[1], 0)
    x1, y1 = min(high[0], cam.width_px), min(high[1], cam.height_px)
    if x0 >= x1 or y0 >= y1:
        return
    source = np.array([[0, 255], [255, 255], [0, 0]], np.float32)
    warp = cv2.getAffineTransform(source, (target - (x0, y0)).astype(np.float32))
    tone, cover = (
        cv2.warpAffine(a, warp, (int(x1 - x0), int(y1 - y0)), flags=cv2.INTER_LINEAR)
        for a in sprite(species, int(rng.integers(VARIANTS)))
    )
    _blend(canvas, rng, (slice(y0, y1), slice(x0, x1)), tone, cover, rgb(*colour), float(z[0]), haze_m)


def _blend(
    canvas: Canvas,
    rng: np.random.Generator,
    part: tuple[slice, slice],
    tone: F32,
    cover: F32,
    colour: F32,
    depth_m: float,
    haze_m: float,
) -> None:
    colour = colour * np.exp(rng.normal(0, 0.25) + rng.normal(0, 0.1, 3)).astype(np.float32)
    light = canvas.light.sky_rgb + canvas.light.sun_rgb * np.float32(0.5)
    lit = colour * light * tone[..., None] ** 1.3
    haze = float(np.exp(-depth_m / haze_m))
    lit = lit * np.float32(haze) + canvas.light.sky_rgb * np.float32(0.75 * (1 - haze))
    inverse = 1.0 / depth_m
    weight = cover * (inverse * 1.02 >= canvas.inverse_depth[part])
    canvas.colour[part] += (lit - canvas.colour[part]) * weight[..., None]
    solid = weight > 0.5
    canvas.inverse_depth[part][solid] = inverse
    canvas.ids[part][solid] = DISTRACTOR


def plant_many(
    canvas: Canvas, rng: np.random.Generator, count: int, near_m: float, far_m: float, haze_m: float, wooded: bool
) -> None:
    """Trees around the place that the camera looks at, farthest first; far ones in clumps."""
    names = ["spruce", "pine", "broadleaf", "bush", "bare", "palm", "dead"]
    species = [str(weighted(rng, names, [4, 2, 3, 3, 3, 0.3, 0.5])) for _ in range(2)]
    cam = canvas.camera
    ahead = np.arctan2(cam.rotation[2, 1], cam.rotation[2, 0])
    half_view = np.arctan(0.6 * max(cam.width_px, cam.height_px) / cam.focal_px)
    distances = np.sort(np.exp(rng.uniform(np.log(near_m), np.log(far_m), count)))[::-1]
    clump = ahead + rng.uniform(-half_view, half_view)
    for distance in distances:
        bearing = clump + rng.normal(0, 0.3) if wooded else ahead + rng.uniform(-1.3, 1.3) * half_view
        foot = np.array([*(cam.position_m[:2] + distance * np.array([np.cos(bearing), np.sin(bearing)])), 0.0])
        kind = species[int(rng.random() < 0.3)]
        tall = rng.uniform(0.5, 2.5) if kind == "bush" else rng.uniform(3.5, 16.0)
        plant(canvas, rng, foot, tall, kind, haze_m)
