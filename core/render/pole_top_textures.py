"""Surfaces of a wood pole's top: bark-less trunk, end grain, cap, crossarm, insulators; all procedural."""

from __future__ import annotations

import math

import numpy as np

from core.render.pole_top_variables import PoleTopVariables
from core.render.procedural_noise import octave_noise
from core.render.surface import SurfaceTextures, cover, mix, normal_map
from core.types import FloatImage

SIDE_PX = 512  # of wood
TEXTURE_PX = {"pole": SIDE_PX, "end": SIDE_PX, "cap": 256, "arm": 128, "steel": 128, "insulators": 128}
Rgb = tuple[float, float, float]

WOOD_COLORS: dict[str, tuple[Rgb, Rgb]] = {
    "weathered": ((0.13, 0.115, 0.10), (0.36, 0.33, 0.30)),
    "creosote": ((0.028, 0.018, 0.012), (0.13, 0.085, 0.055)),
    "green": ((0.12, 0.115, 0.06), (0.34, 0.30, 0.17)),
    "netted": ((0.035, 0.028, 0.024), (0.16, 0.12, 0.095)),
}
CAP_REFLECTANCE: dict[str, Rgb] = {
    "black": (0.022, 0.024, 0.028),
    "white": (0.68, 0.68, 0.66),
    "grey": (0.26, 0.27, 0.28),
    "zinc": (0.48, 0.49, 0.50),
}
ARM_COLORS: tuple[Rgb, ...] = ((0.13, 0.065, 0.045), (0.30, 0.30, 0.30), (0.22, 0.19, 0.16), (0.06, 0.045, 0.035))
INSULATOR_COLORS: tuple[Rgb, ...] = ((0.45, 0.55, 0.53), (0.10, 0.035, 0.02), (0.65, 0.65, 0.62), (0.30, 0.05, 0.04))


def pole_top_textures(variables: PoleTopVariables) -> dict[str, SurfaceTextures]:
    """Make the texture sets of the parts that the scene has, keyed as ``build_pole_top``'s."""
    rng = np.random.default_rng([variables.detail_seed, 42])
    arm_color = ARM_COLORS[int(rng.integers(len(ARM_COLORS)))]
    insulator_color = INSULATOR_COLORS[int(rng.integers(len(INSULATOR_COLORS)))]
    sets = {
        "pole": _trunk(variables.wood, rng),
        "arm": _worn_paint("arm", arm_color, 0.6, 1.0 if arm_color[0] > 0.28 else 0.0, rng),
        "steel": _worn_paint("steel", (0.24, 0.24, 0.25), 0.5, float(rng.random() < 0.5), rng),
        "insulators": _worn_paint("insulators", insulator_color, 0.15, 0.0, rng, dirt=0.15),
    }
    if variables.cap == "missing":
        return sets | {"end": _end_grain(variables, rng)}
    metallic = 1.0 if variables.cap_color == "zinc" else 0.0
    cap = _worn_paint("cap", CAP_REFLECTANCE[variables.cap_color], float(rng.uniform(0.25, 0.7)), metallic, rng)
    return sets | {"cap": cap}


def _trunk(wood: str, rng: np.random.Generator) -> SurfaceTextures:
    shape = (SIDE_PX, SIDE_PX)
    grain = _stretched(rng, across=90, along=3)
    broad = octave_noise(rng, shape, cells=3)
    cracks = cover(_stretched(rng, across=40, along=2), float(rng.uniform(0.02, 0.09)), softness=0.03)
    dark, light = (np.asarray(c, np.float32) for c in WOOD_COLORS[wood])
    tone = np.clip(0.65 * grain + 0.6 * broad - 0.12, 0.0, 1.0)[..., None]
    color = np.asarray((dark * (1.0 - tone) + light * tone) * np.float32(rng.uniform(0.75, 1.3)), np.float32)
    color = mix(color, dark * 0.25, cracks)
    height = np.asarray(0.8 * grain - 2.5 * cracks, np.float32)
    rough = np.full(shape, 0.85, np.float32)
    if wood == "netted":
        net = _net(rng)
        color = mix(color, np.asarray((0.34, 0.32, 0.30), np.float32) * np.float32(rng.uniform(0.6, 1.2)), net)
        height, rough = np.asarray(height + 3.0 * net, np.float32), mix(rough, 0.5, net)
    return _textures(color, rough, np.zeros(shape, np.float32), height, 2.5)


def _net(rng: np.random.Generator) -> FloatImage:
    """Diamond mesh of wire around the pole: whole numbers of meshes, so that it closes."""
    u, v = np.meshgrid(np.arange(SIDE_PX) / SIDE_PX, np.arange(SIDE_PX) / SIDE_PX)
    meshes_around, meshes_along = int(rng.integers(20, 34)), int(rng.integers(24, 46))
    width = rng.uniform(0.12, 0.2)
    one = np.abs(((u * meshes_around + v * meshes_along) % 1.0) - 0.5)
    other = np.abs(((u * meshes_around - v * meshes_along) % 1.0) - 0.5)
    wire = np.minimum(one, other)
    return np.asarray(np.clip((width - wire) / 0.08, 0.0, 1.0), np.float32)


def _end_grain(variables: PoleTopVariables, rng: np.random.Generator) -> SurfaceTextures:
    shape = (SIDE_PX, SIDE_PX)
    step = (np.arange(SIDE_PX) + 0.5) / SIDE_PX * 3.4 - 1.7
    x, y = np.meshgrid(step, step)
    x, y = x - rng.normal(0.0, 0.08), y - rng.normal(0.0, 0.08)  # the pith is seldom in the middle
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    waver = octave_noise(rng, shape, cells=5)
    rings = 0.5 + 0.5 * np.sin(2 * math.pi * (radius * rng.uniform(9.0, 20.0) + 1.4 * waver))
    grey = rng.uniform(0.0, 1.0)
    fresh, aged = np.array([0.42, 0.29, 0.16]), np.array([0.30, 0.28, 0.25])
    base = (fresh * (1.0 - grey) + aged * grey) * rng.uniform(0.6, 1.2)
    color = np.asarray(base * (0.72 + 0.36 * rings[..., None]) * (0.75 + 0.5 * waver[..., None]), np.float32)
    cracks = np.zeros(shape, np.float32)
    for _ in range(int(rng.integers(2, 9))):
        bend = angle - rng.uniform(-math.pi, math.pi) + 0.25 * (waver - 0.5)
        apart = np.abs(np.sin(bend / 2)) * 2 * radius
        reach = rng.uniform(0.4, 1.1)
        here = np.clip(1.0 - apart / (rng.uniform(0.015, 0.05) * np.clip(radius + 0.15, 0, 1)), 0.0, 1.0)
        cracks = np.maximum(cracks, (here * (radius < reach)).astype(np.float32))
    rot_noise = octave_noise(rng, shape, cells=6, octaves=5) + 0.5 * (1.0 - radius)
    rot = cover(np.asarray(rot_noise, np.float32), 0.55 * variables.decay**1.5 + 1e-3, softness=0.15)
    rot *= (radius < 1.05).astype(np.float32)
    color = mix(mix(color, np.array([0.035, 0.026, 0.02]), 0.9 * rot), np.array([0.012, 0.010, 0.008]), cracks)
    moss = cover(octave_noise(rng, shape, cells=7, octaves=5), 0.35 * float(rng.random() < 0.3), softness=0.1)
    color = mix(color, np.array([0.09, 0.12, 0.03]), 0.8 * moss)
    height = np.asarray(0.5 * rings - 3.0 * cracks - 2.0 * rot, np.float32)
    return _textures(color, np.full(shape, 0.9, np.float32), np.zeros(shape, np.float32), height, 2.0)


def _worn_paint(
    part: str, color: Rgb, roughness: float, metallic: float, rng: np.random.Generator, *, dirt: float = 0.5
) -> SurfaceTextures:
    """A painted, moulded or galvanised surface with stains, dust and lichen."""
    shape = (TEXTURE_PX[part], TEXTURE_PX[part])
    broad = octave_noise(rng, shape, cells=4)
    fine = octave_noise(rng, shape, cells=30, octaves=3)
    base = np.asarray(color, np.float32) * np.float32(rng.uniform(0.8, 1.25))
    shaded = np.asarray(base * (0.8 + 0.3 * broad[..., None] + 0.1 * fine[..., None]), np.float32)
    stain = cover(octave_noise(rng, shape, cells=6, octaves=5), dirt * float(rng.uniform(0.0, 0.6)), softness=0.35)
    dust = np.asarray((0.20, 0.18, 0.15), np.float32) * np.float32(rng.uniform(0.4, 1.3))
    shaded = mix(shaded, dust, 0.45 * stain)
    lichen = cover(
        octave_noise(rng, shape, cells=25, octaves=3), 0.05 * dirt * float(rng.random() < 0.4), softness=0.05
    )
    shaded = mix(shaded, np.asarray((0.42, 0.42, 0.33), np.float32), 0.9 * lichen)
    rough = np.clip(roughness + 0.25 * (fine - 0.5) + 0.3 * stain, 0.1, 1.0)
    metal = metallic * (1.0 - np.maximum(0.7 * stain, lichen))
    return _textures(shaded, np.asarray(rough, np.float32), np.asarray(metal, np.float32), fine, 0.4)


def _stretched(rng: np.random.Generator, *, across: int, along: int) -> FloatImage:
    """Noise with fibres along v: many features across, few along."""
    squeezed = octave_noise(rng, (SIDE_PX * along // across, SIDE_PX), cells=across, octaves=3)
    rows = (np.arange(SIDE_PX) * squeezed.shape[0] / SIDE_PX) % squeezed.shape[0]
    low = rows.astype(int)
    part = (rows - low)[:, None]
    return np.asarray(squeezed[low] * (1 - part) + squeezed[(low + 1) % len(squeezed)] * part, np.float32)


def _textures(
    color: FloatImage, rough: FloatImage, metal: FloatImage, height: FloatImage, strength: float
) -> SurfaceTextures:
    return SurfaceTextures(
        base_color=np.clip(color, 0.004, 0.92).astype(np.float32),
        roughness=rough[..., None],
        metallic=metal[..., None],
        normal=normal_map(height, strength),
    )
