"""What stands around a pole: hills and tree lines on the horizon, houses, walls and fences."""

from __future__ import annotations

import numpy as np

from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.canvas import DISTRACTOR, F32, F64, Canvas, Surface
from core.render.pole_scene.draws import Draws, weighted
from core.render.pole_scene.light import rgb
from core.render.pole_scene.noise import sample
from core.render.pole_scene.surfaces import jittered

WALLS = [(190, 178, 150), (150, 140, 130), (214, 210, 200), (150, 90, 66), (96, 94, 92), (120, 60, 50)]
ROOFS = [(110, 50, 40), (70, 72, 76), (140, 140, 142), (60, 52, 46), (225, 230, 238)]
"""sRGB."""


def paint_horizon(canvas: Canvas, draws: Draws) -> None:
    """Hills and a tree line against the sky, hazier the farther."""
    rng = draws.rng
    sky = canvas.inverse_depth <= 0
    if not sky.any():
        return
    rows, columns = np.nonzero(sky)
    rays = canvas.rays[rows, columns]
    flat = np.hypot(rays[:, 0], rays[:, 1])
    slope = rays[:, 2] / np.maximum(flat, 1e-6)
    bearing = np.arctan2(rays[:, 1], rays[:, 0])
    layers = []
    if draws.chance("hills", 0.45):
        layers.append((rng.uniform(0.02, 0.13), rng.uniform(40, 160), "fbm", (70, 84, 78), rng.uniform(0.35, 0.85)))
    if draws.chance("tree_line", 0.7):
        layers.append((rng.uniform(0.008, 0.06), rng.uniform(300, 1500), "fbm", (40, 52, 34), rng.uniform(0.05, 0.5)))
    for height, scale, name, colour, haze in layers:
        ridge = sample(name, (bearing * scale).astype(np.float32), np.full_like(bearing, rng.uniform(0, 512)))
        broad = sample("smooth", (bearing * 60).astype(np.float32), np.full_like(bearing, rng.uniform(0, 512)))
        under = slope < height * (0.05 + 0.55 * ridge * (0.4 + broad) + 0.6 * broad)
        tone = 0.7 + 0.6 * sample("fine", (bearing * 900).astype(np.float32), (slope * 900).astype(np.float32))
        light = canvas.light.sky_rgb + canvas.light.sun_rgb * np.float32(0.5)
        lit = jittered(rng, rgb(*colour)) * light * tone[:, None]
        lit = lit * (1 - haze) + canvas.light.sky_rgb * np.float32(0.8 * haze)
        canvas.colour[rows[under], columns[under]] = lit[under]
        canvas.inverse_depth[rows[under], columns[under]] = 1e-4


def _masonry(rng: np.random.Generator) -> Surface:
    base = jittered(
        rng,
        rgb(
            *weighted(
                rng, [(190, 178, 150), (150, 140, 130), (214, 210, 200), (150, 90, 66), (96, 94, 92), (120, 60, 50)]
            )
        ),
        0.15,
    )
    off, brick = rng.uniform(0, 512, 2).astype(np.float32), rng.uniform(0.08, 0.4)
    window_m, lined = rng.uniform(1.8, 4.5), rng.random() < 0.5

    def surface(u: F32, v: F32) -> F32:
        stain = sample("fbm", u * 40 + off[0], v * 40 + off[1])
        value = 0.75 + 0.4 * stain
        if lined:
            value = value * np.where(np.abs(v / brick - np.round(v / brick)) < 0.07, 0.75, 1.0)
        window = (np.mod(u, window_m) > window_m * 0.62) & (np.mod(v, window_m) > window_m * 0.5)
        return (base * np.where(window, 0.3, value)[:, None]).astype(np.float32)

    return surface


def _planks(rng: np.random.Generator) -> Surface:
    base = jittered(rng, rgb(*weighted(rng, [(140, 120, 96), (110, 100, 90), (90, 70, 50), (190, 186, 178)])), 0.15)
    off, plank = rng.uniform(0, 512, 2).astype(np.float32), rng.uniform(0.08, 0.2)

    def surface(u: F32, v: F32) -> F32:
        board = sample("fine", np.floor(u / plank) * 37 + off[0], np.zeros_like(v) + off[1])
        gap = np.mod(u, plank) < plank * 0.12
        grain = sample("fibre", u * 600, v * 60 + off[1])
        return np.asarray(base * ((0.6 + 0.5 * board + 0.3 * grain) * np.where(gap, 0.25, 1.0))[:, None], np.float32)

    return surface


def add_buildings(asm: Assembly, rng: np.random.Generator, ahead_rad: float, camera_xy: F64, near_m: float) -> None:
    """One to three houses or sheds with pitched or flat roofs in front of the camera."""
    for _ in range(int(rng.integers(1, 4))):
        distance, bearing = rng.uniform(near_m, near_m * 4), ahead_rad + rng.uniform(-0.6, 0.6)
        at = camera_xy + distance * np.array([np.cos(bearing), np.sin(bearing)])
        length, depth, height = rng.uniform(5, 18), rng.uniform(4, 9), rng.uniform(2.4, 6)
        a = rng.uniform(0, np.pi)
        e1, e2 = np.array([np.cos(a), np.sin(a), 0]) * length / 2, np.array([-np.sin(a), np.cos(a), 0]) * depth / 2
        c, z = np.array([*at, 0.0]), np.array([0, 0, height])
        ring = [c - e1 - e2, c + e1 - e2, c + e1 + e2, c - e1 + e2]
        wall = _masonry(rng)
        for p, q in zip(ring, [*ring[1:], ring[0]], strict=True):
            asm.quads.append((np.array([p, q, q + z, p + z]), wall, DISTRACTOR))
        rise = np.array([0, 0, rng.choice([0.1, 1.0, 2.2])])
        roof = jittered(rng, rgb(*weighted(rng, ROOFS)))
        ridge = (c - e1 * 1.05 + z + rise, c + e1 * 1.05 + z + rise)
        for s in (-1, 1):
            low = (c - e1 * 1.05 + s * e2 * 1.12 + z, c + e1 * 1.05 + s * e2 * 1.12 + z)
            asm.quads.append((np.array([low[0], low[1], ridge[1], ridge[0]]), roof, DISTRACTOR))


def add_fence(asm: Assembly, rng: np.random.Generator, ahead_rad: float, camera_xy: F64, near_m: float) -> None:
    """A wall, a board fence, or thin posts with wires, across the view."""
    distance, turn = rng.uniform(near_m, near_m * 3), rng.normal(0, 0.5)
    middle = camera_xy + distance * np.array([np.cos(ahead_rad), np.sin(ahead_rad)])
    along = np.array([-np.sin(ahead_rad + turn), np.cos(ahead_rad + turn)])
    a, b = (np.array([*(middle + along * s * distance * 1.6), 0.0]) for s in (-1, 1))
    height = rng.uniform(0.8, 2.4)
    z = np.array([0, 0, height])
    kind = weighted(rng, ["wall", "planks", "posts"], [2, 2, 2])
    if kind == "posts":
        colour = jittered(rng, rgb(120, 108, 92))
        for t in np.linspace(0, 1, int(np.clip(distance * 3.2 / 3.0, 4, 40))):
            p = a + (b - a) * t
            asm.rod(p, p + z * 0.6, 0.09, colour, DISTRACTOR)
        for h in (0.3, 0.55):
            asm.rod(a + z * h, b + z * h, 0.01, rgb(90, 90, 90), DISTRACTOR)
        return
    surface = _masonry(rng) if kind == "wall" else _planks(rng)
    asm.quads.append((np.array([a, b, b + z, a + z]), surface, DISTRACTOR))
