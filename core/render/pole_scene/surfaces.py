"""Albedo of poles and fittings as functions of (metres around, metres along), linear RGB."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.render.pole_scene.canvas import F32, Surface
from core.render.pole_scene.draws import weighted
from core.render.pole_scene.light import mix, rgb
from core.render.pole_scene.noise import sample

WOODS = {
    "creosote": ((26, 20, 17), (58, 44, 35)),
    "brown": ((62, 47, 36), (120, 95, 74)),
    "weathered grey": ((92, 88, 82), (160, 154, 144)),
    "pale": ((122, 108, 88), (190, 174, 148)),
    "green": ((74, 78, 46), (140, 144, 96)),
}
STEELS = {
    "galvanised": (158, 162, 164),
    "dull": (116, 120, 122),
    "bright": (178, 182, 186),
    "rusty": (108, 78, 62),
    "green paint": (72, 92, 76),
    "brown paint": (82, 62, 54),
    "dark": (62, 64, 66),
    "white paint": (205, 205, 200),
}


def jittered(rng: np.random.Generator, colour: F32, spread: float = 0.18) -> F32:
    """The colour with brightness and hue drawn around it."""
    out: F32 = np.clip(colour * np.exp(rng.normal(0, spread, 1) + rng.normal(0, spread / 3, 3)), 0.004, 0.95).astype(
        np.float32
    )
    return out


def pixel_m(u: F32, v: F32) -> float:
    """How far apart neighbouring samples of a surface lie, in metres; they come row by row."""
    if u.size < 2:
        return 0.01
    return float(np.median(np.abs(np.diff(u)) + np.abs(np.diff(v))))


def _seen(feature_m: float, apart_m: float) -> float:
    """How much of a detail of that size is left, 0 to 1: what is finer than a pixel only averages out."""
    return float(np.clip(feature_m / (1.6 * apart_m + 1e-9) - 0.35, 0, 1))


def wood(rng: np.random.Generator, kind: str, wrapped_above_m: float | None = None, stands: bool = False) -> Surface:
    """A round wood pole or a sawn arm: streaks and splits along it that can be seen from afar, grain from near.

    Args:
        rng: draws colours, streaks, splits, knots and algae.
        kind: one of WOODS.
        wrapped_above_m: height above which it is wrapped in wire mesh (against woodpeckers), where given.
        stands: it stands in the ground: damp or tarred at its foot, bleached on one side, now and then painted.
    """
    dark, bright = (jittered(rng, rgb(*c)) for c in WOODS[kind])
    off = rng.uniform(0, 512, 8).astype(np.float32)
    crack_share, stain, streak = rng.uniform(0.006, 0.06), rng.uniform(0.1, 0.6), rng.uniform(0.25, 0.75)
    splits = [(rng.uniform(-0.3, 0.3), rng.uniform(0.006, 0.022)) for _ in range(int(rng.integers(1, 7)))]
    algae, side = rng.uniform(0, 0.5) * (rng.random() < 0.3), rng.uniform(-0.3, 0.3)
    bleached = rng.uniform(-0.45, 0.45)
    damp_m, damp = rng.uniform(0.2, 3.0), rng.uniform(0.0, 0.7) * stands
    mesh_m = rng.uniform(0.02, 0.045)
    painted = _painted_foot(rng, [("white", 2), ("red", 1)]) if stands and rng.random() < 0.05 else None

    def surface(u: F32, v: F32) -> F32:
        apart = pixel_m(u, v)
        grain = 0.5 + (sample("fibre", u * 900 + off[0], v * 60 + off[1]) - 0.5) * _seen(0.011, apart)
        run = 0.5 + (sample("fibre", u * 150 + off[2], v * 5 + off[3]) - 0.5) * _seen(0.066, apart)
        broad = sample("fbm", u * 500 + off[2], v * 40 + off[3])
        level = 0.38 + 0.4 * (grain - 0.4) + streak * (run - 0.5) + stain * (broad - 0.4) + bleached * u * 2.5
        albedo = mix(dark, bright, np.clip(level, 0, 1))
        crack = sample("fibre", u * 420 + off[4], v * 28 + off[5]) < crack_share
        knot = sample("worley", u * 160 + off[6], v * 110 + off[7]) < 0.012
        shade = np.where(crack | knot, 1 - 0.7 * _seen(0.024, apart), 1.0)
        for k, (at, width) in enumerate(splits):
            bend = 0.05 * (sample("smooth", v * 40 + off[k], np.full_like(v, off[7])) - 0.5)
            there = sample("fbm", v * 60 + off[7 - k], np.full_like(v, off[k])) > 0.45
            reach = max(width, apart) / 2
            shade = np.where((np.abs(u - at - bend) < reach) & there, 1 - 0.75 * min(1.0, width / apart), shade)
        albedo = albedo * (shade * (1 - damp * np.clip(1.2 - v / damp_m, 0, 1)))[:, None]
        if algae:
            weight = np.clip(algae * (1.2 - np.abs(u - side) * 6) * broad * 2, 0, 0.8)
            albedo = mix(albedo, rgb(70, 84, 40), weight)
        if wrapped_above_m is not None:
            albedo = _mesh(albedo, u, v, mesh_m, wrapped_above_m)
        return (painted(albedo, v) if painted else albedo).astype(np.float32)

    return surface


def _mesh(albedo: F32, u: F32, v: F32, mesh_m: float, above_m: float) -> F32:
    a, b = (u + v * 0.6) / mesh_m, (u - v * 0.6) / mesh_m
    line = np.minimum(np.abs(a - np.round(a)), np.abs(b - np.round(b))) < 0.13
    out: F32 = np.where((line & (v > above_m))[:, None], rgb(140, 142, 145), albedo).astype(np.float32)
    return out


PAINTS = {
    "white": ((226, 224, 216),),
    "red": ((180, 60, 44),),
    "blue": ((70, 100, 150),),
    "yellow-black": ((226, 178, 40), (30, 30, 30)),
    "red-white": ((190, 50, 44), (224, 222, 218)),
}
"""Bands at a pole's foot or at eye height: sRGB of the stripes, from below."""


def _painted_foot(rng: np.random.Generator, kinds: list[tuple[str, float]]) -> Callable[[F32, F32], F32]:
    stripes = np.stack([rgb(*c) for c in PAINTS[str(weighted(rng, [k for k, _ in kinds], [w for _, w in kinds]))]])
    low = rng.uniform(0.8, 1.6) if len(stripes) == 1 and rng.random() < 0.5 else 0.0
    high, stripe_m, wear = low + rng.uniform(0.4, 1.7), rng.uniform(0.15, 0.3), rng.uniform(0.6, 0.95)

    def painted(albedo: F32, v: F32) -> F32:
        which = np.floor(v / stripe_m).astype(int) % len(stripes)
        weight = np.where((v > low) & (v < high), wear, 0.0)[:, None]
        return np.asarray(albedo + (stripes[which] - albedo) * weight, np.float32)

    return painted


def metal(rng: np.random.Generator, kind: str, facet_m: float | None = None) -> Surface:
    """Steel or paint: nearly even, with stains along the length, spangle and some rust; flat facets where given."""
    base = jittered(rng, rgb(*STEELS[kind]), 0.1)
    off = rng.uniform(0, 512, 6).astype(np.float32)
    rust = rng.uniform(0.0, 0.35) * (rng.random() < 0.3) + 0.3 * (kind == "rusty")
    seam_m = rng.uniform(2.5, 9.0)
    facets = rng.uniform(0.84, 1.12, 64).astype(np.float32)

    def surface(u: F32, v: F32) -> F32:
        apart = pixel_m(u, v)
        stain = 0.5 + (sample("fbm", u * 200 + off[0], v * 20 + off[1]) - 0.5) * 0.7
        spangle = 0.5 + (sample("fine", u * 700 + off[2], v * 500 + off[3]) - 0.5) * _seen(0.034, apart)
        value = 0.82 + 0.25 * stain + 0.12 * spangle
        if facet_m is not None:
            value = value * facets[np.floor(u / facet_m).astype(int) % 64]
        albedo = base * value[:, None]
        if rust:
            albedo = mix(albedo, rgb(110, 62, 36), np.clip((stain - 0.85 + rust) * 3, 0, 0.85))
        seam = np.abs(v / seam_m - np.round(v / seam_m)) * seam_m < 0.02
        return np.asarray(albedo * np.where(seam, 0.6, 1.0)[:, None], np.float32)

    return surface


CONCRETES = [(186, 184, 178), (172, 171, 166), (200, 194, 182), (208, 206, 200), (192, 186, 170), (150, 149, 144)]
"""sRGB: common grey, old grey, sandy, pale, yellowed, weathered dark."""


def concrete(rng: np.random.Generator, height_m: float | None = None) -> Surface:
    """Cast concrete: grey and even from afar; pores, pour lines, board marks and water streaks from near.

    Args:
        rng: draws colour, streaks, lines, rust and paint.
        height_m: of a pole that stands in the ground: streaks start at its head, paint is at its foot.
    """
    base = jittered(rng, rgb(*weighted(rng, CONCRETES, [5, 3, 3, 3, 1, 1])), 0.07)
    off = rng.uniform(0, 512, 8).astype(np.float32)
    streak, seam_m = rng.uniform(0.0, 0.4), rng.uniform(0.4, 2.5)
    seams, boards_m = rng.random() < 0.35, rng.uniform(0.06, 0.2) if rng.random() < 0.2 else None
    rusts = [(rng.uniform(-0.2, 0.3), rng.uniform(1.0, 12.0)) for _ in range(int(rng.integers(0, 4)))]
    head_m = rng.uniform(0.5, 4.0) if height_m is not None and rng.random() < 0.35 else None
    kinds = [("white", 3.0), ("yellow-black", 3.0), ("red-white", 1.0), ("blue", 0.6)]
    painted = _painted_foot(rng, kinds) if height_m is not None and rng.random() < 0.16 else None

    def surface(u: F32, v: F32) -> F32:
        apart = pixel_m(u, v)
        cloud = sample("fbm", u * 120 + off[0], v * 45 + off[1])
        run = sample("fibre", u * 140 + off[2], v * 12 + off[3])
        pore = 0.5 + (sample("fine", u * 900 + off[4], v * 900 + off[5]) - 0.5) * _seen(0.027, apart)
        value = 0.86 + 0.22 * (cloud - 0.5) - streak * np.clip(run - 0.6, 0, 1) + 0.12 * (pore - 0.5)
        value = value * np.where(pore < 0.02, 0.6, 1.0)
        if seams:
            value = value * np.where(np.abs(v / seam_m - np.round(v / seam_m)) * seam_m < 0.012, 0.75, 1.0)
            value = value * (0.96 + 0.08 * np.mod(np.floor(v / seam_m) * 0.618, 1))
        if boards_m is not None:
            value = value * (0.94 + 0.1 * np.mod(np.floor(u / boards_m) * 0.618, 1))
        if head_m is not None and height_m is not None:
            value = value * (1 - 0.5 * np.clip(1 - (height_m - v) / head_m, 0, 1) * (0.4 + 0.8 * run))
        albedo = base * value[:, None] * np.float32(1.12)
        for at, below_m in rusts:
            weight = np.clip(1 - np.abs(u - at) / 0.04, 0, 1) * np.clip(1 - np.abs(below_m - 0.6 - v) / 0.6, 0, 1)
            albedo = mix(albedo, rgb(126, 84, 54), 0.6 * weight)
        return np.asarray(painted(albedo, v) if painted else albedo, np.float32)

    return surface
