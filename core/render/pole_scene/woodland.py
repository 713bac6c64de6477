"""Tree trunks and stumps as solids: what a pole of wood is most easily mistaken for."""

from __future__ import annotations

import numpy as np

from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.canvas import DISTRACTOR, F32, F64, Surface
from core.render.pole_scene.draws import weighted
from core.render.pole_scene.geometry import point
from core.render.pole_scene.light import mix, rgb
from core.render.pole_scene.noise import sample
from core.render.pole_scene.surfaces import jittered, wood
from core.render.pole_scene.top_surfaces import end_grain

BARKS = [
    ((30, 26, 23), (92, 84, 76)),
    ((52, 40, 32), (132, 110, 92)),
    ((64, 62, 54), (140, 138, 122)),
    ((120, 118, 112), (222, 220, 214)),
]
"""sRGB (cracks, ridges) of spruce, pine, oak and birch."""


def bark(rng: np.random.Generator) -> Surface:
    """Rough bark with ridges along the trunk, at times with moss."""
    dark, bright = (jittered(rng, rgb(*c), 0.2) for c in weighted(rng, BARKS))
    off = rng.uniform(0, 512, 4).astype(np.float32)
    ridge, moss = rng.uniform(120, 320), rng.uniform(0, 0.8) * (rng.random() < 0.35)

    def surface(u: F32, v: F32) -> F32:
        plates = sample("edges", u * ridge * 2 + off[0], v * ridge * 0.6 + off[1])
        rough = sample("fbm", u * 500 + off[2], v * 300 + off[3])
        albedo = mix(dark, bright, np.clip(0.75 * plates + 0.6 * (rough - 0.4), 0, 1))
        if moss:
            albedo = mix(albedo, rgb(74, 86, 38), np.clip(moss * (rough * 2 - 0.6), 0, 0.9))
        return np.asarray(albedo, np.float32)

    return surface


def add_trunk(asm: Assembly, rng: np.random.Generator, foot: F64) -> None:
    """A living or dead tree's trunk, bent a little, with limbs that fork."""
    surface = bark(rng)
    radius, at = rng.uniform(0.1, 0.4), foot
    direction = np.array([rng.normal(0, 0.06), rng.normal(0, 0.06), 1.0])
    straight_m = rng.uniform(1.5, 7.0)
    climbed = 0.0
    while radius > 0.05 and climbed < 14:
        length = rng.uniform(0.8, 1.8)
        thinner = radius * (0.96 if climbed < straight_m else 0.82)
        end = at + direction / np.linalg.norm(direction) * length
        below = at - (end - at) * 0.06  # overlapping, so that bends do not gape
        asm.round(below, end, (radius, thinner), surface, DISTRACTOR, v_start_m=climbed)
        for _ in range(int(rng.integers(0, 4)) if climbed > straight_m * 0.6 else 0):
            start = at + (end - at) * rng.random()
            _add_limb(asm, rng, start, rng.normal(0, 1, 3), thinner * rng.uniform(0.25, 0.6), 3)
        at, radius, climbed = end, thinner, climbed + length
        direction = direction + rng.normal(0, 0.09, 3) * (1, 1, 0)


def _add_limb(asm: Assembly, rng: np.random.Generator, at: F64, direction: F64, radius_m: float, forks: int) -> None:
    direction = direction / np.linalg.norm(direction) + (0, 0, 0.4)
    end = at + direction * rng.uniform(0.5, 1.6)
    colour = jittered(rng, rgb(70, 60, 50), 0.2)
    asm.rod(at, end, (2 * radius_m, 1.2 * radius_m), colour, DISTRACTOR, tone=0.2)
    for _ in range(forks):
        if radius_m > 0.008:
            _add_limb(asm, rng, end, direction + rng.normal(0, 0.6, 3), radius_m * rng.uniform(0.45, 0.7), forks - 1)


def add_stumps(asm: Assembly, rng: np.random.Generator, around: F64, spread_m: float) -> None:
    """Cut stumps on the ground, in a felled lane under a line."""
    for _ in range(int(rng.integers(1, 9))):
        foot = np.array([around[0] + rng.normal(0, spread_m), around[1] + rng.normal(0, spread_m), 0.0])
        radius = rng.uniform(0.06, 0.28)
        grain, _ = end_grain(rng, radius)
        top = foot + point(0, 0, rng.uniform(0.1, 0.5))
        asm.round(foot, top, (radius * 1.15, radius), bark(rng), DISTRACTOR, grain)


def add_logs(asm: Assembly, rng: np.random.Generator, around: F64, spread_m: float) -> None:
    """Felled trunks or old poles lying on a heap, cut ends showing."""
    turn = rng.uniform(0, np.pi)
    middle = np.array([*(around[:2] + rng.normal(0, spread_m, 2)), 0.0])
    peeled = rng.random() < 0.5
    for _ in range(int(rng.integers(2, 8))):
        radius, length, angle = rng.uniform(0.1, 0.2), rng.uniform(2.0, 11.0), turn + rng.normal(0, 0.12)
        along, side = point(np.cos(angle), np.sin(angle), 0.0), point(-np.sin(angle), np.cos(angle), 0.0)
        foot = middle + side * rng.normal(0, 0.5) + along * rng.normal(-length / 2, 0.6)
        foot = foot + point(0, 0, radius * rng.uniform(1.0, 3.0))
        grain, _ = end_grain(rng, radius)
        surface = wood(rng, str(weighted(rng, ["weathered grey", "brown", "creosote"]))) if peeled else bark(rng)
        # a body shows the disc at its second end only, so each lies there twice
        for a, b in ((foot, foot + along * length), (foot + along * length, foot)):
            asm.round(a, b, (radius, radius), surface, DISTRACTOR, grain)
