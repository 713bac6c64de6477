"""Albedo of pole tops as functions of metres on the end's plane, linear RGB: cut ends and caps."""

from __future__ import annotations

import numpy as np

from core.render.pole_scene.canvas import F32, Surface
from core.render.pole_scene.draws import weighted
from core.render.pole_scene.light import mix, rgb
from core.render.pole_scene.noise import sample
from core.render.pole_scene.surfaces import jittered

CAP_COLOURS = {
    "black": (26, 27, 30),
    "dark grey": (62, 66, 72),
    "grey": (120, 124, 128),
    "white": (220, 222, 222),
    "zinc": (170, 174, 178),
    "copper": (150, 92, 62),
    "green": (58, 84, 66),
}


def end_grain(rng: np.random.Generator, radius_m: float) -> tuple[Surface, str]:
    """The bare end of a wood pole: rings, radial cracks; fresh, grey, rotten, mossy or with snow on it."""
    state = weighted(rng, ["fresh", "grey", "dark", "rotten", "mossy", "snowy"], [4, 5, 3, 2, 1, 1])
    colours = {
        "fresh": ((150, 120, 84), (220, 192, 150)),
        "grey": ((110, 104, 96), (186, 180, 170)),
        "dark": ((40, 31, 25), (92, 74, 58)),
        "rotten": ((24, 18, 14), (120, 98, 74)),
        "mossy": ((50, 58, 26), (132, 124, 84)),
        "snowy": ((170, 164, 156), (238, 242, 250)),
    }[state]
    dark, bright = (jittered(rng, rgb(*c), 0.14) for c in colours)
    off = rng.uniform(0, 512, 4).astype(np.float32)
    ring_m, cracks = rng.uniform(0.006, 0.022), int(rng.integers(1, 7))
    angles = rng.uniform(-np.pi, np.pi, cracks)
    reach, width = rng.uniform(0.4, 1.0, cracks), rng.uniform(0.02, 0.07)
    bark = rng.random() < 0.6
    heart = rng.uniform(-0.15, 0.15, 2) * radius_m

    def surface(x: F32, y: F32) -> F32:
        r = np.hypot(x - heart[0], y - heart[1])
        phi = np.arctan2(y - heart[1], x - heart[0])
        wobble = sample("smooth", x * 900 + off[0], y * 900 + off[1])
        rings = 0.5 + 0.5 * np.sin(2 * np.pi * (r / ring_m + wobble * 2))
        blot = sample("fbm", x * 700 + off[2], y * 700 + off[3])
        albedo = mix(dark, bright, np.clip(0.25 * rings + 0.95 * blot, 0, 1))
        for angle, far in zip(angles, reach, strict=True):
            gap = np.abs(np.angle(np.exp(1j * (phi - angle)))) * r
            albedo = (
                albedo * np.where((gap < width * radius_m * (r / radius_m)) & (r < far * radius_m), 0.25, 1)[:, None]
            )
        if state == "rotten":
            albedo = albedo * np.where(r < (0.25 + 0.5 * wobble) * radius_m, 0.25, 1.0)[:, None]
        if bark:
            albedo = albedo * np.where(np.hypot(x, y) > 0.9 * radius_m, 0.45, 1.0)[:, None]
        return albedo.astype(np.float32)

    return surface, str(state)


def cap_surface(rng: np.random.Generator, colour: str, radius_m: float) -> Surface:
    """Rubber, plastic or sheet metal: even, a little dusty, scratched or bird-stained."""
    base = jittered(rng, rgb(*CAP_COLOURS[colour]), 0.2)
    off = rng.uniform(0, 512, 4).astype(np.float32)
    dust = rng.uniform(0.0, 0.25)
    droppings = rng.random() < 0.15

    def surface(x: F32, y: F32) -> F32:
        cloud = sample("fbm", x / radius_m * 90 + off[0], y / radius_m * 90 + off[1])
        albedo = mix(base, rgb(150, 144, 134), dust * cloud)
        if droppings:
            spot = sample("fbm", x / radius_m * 160 + off[2], y / radius_m * 160 + off[3]) > 0.93
            albedo = mix(albedo, rgb(225, 225, 215), spot * 0.8)
        return albedo.astype(np.float32)

    return surface
