"""Albedo of poles and fittings as functions of (metres around, metres along), linear RGB."""

from __future__ import annotations

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
CAP_COLOURS = {
    "black": (26, 27, 30),
    "dark grey": (62, 66, 72),
    "grey": (120, 124, 128),
    "white": (220, 222, 222),
    "zinc": (170, 174, 178),
    "copper": (150, 92, 62),
    "green": (58, 84, 66),
}


def jittered(rng: np.random.Generator, colour: F32, spread: float = 0.18) -> F32:
    """The colour with brightness and hue drawn around it."""
    out: F32 = np.clip(colour * np.exp(rng.normal(0, spread, 1) + rng.normal(0, spread / 3, 3)), 0.004, 0.95).astype(
        np.float32
    )
    return out


def wood(rng: np.random.Generator, kind: str, wrapped_above_m: float | None = None) -> Surface:
    """A round wood pole; wrapped in wire mesh (against woodpeckers) above a height where given."""
    dark, bright = (jittered(rng, rgb(*c)) for c in WOODS[kind])
    off = rng.uniform(0, 512, 8).astype(np.float32)
    crack_share, stain = rng.uniform(0.004, 0.05), rng.uniform(0.1, 0.6)
    algae, algae_side = rng.uniform(0, 0.5) * (rng.random() < 0.3), rng.uniform(-0.3, 0.3)
    mesh_m = rng.uniform(0.02, 0.045)

    def surface(u: F32, v: F32) -> F32:
        grain = sample("fibre", u * 900 + off[0], v * 60 + off[1])
        broad = sample("fbm", u * 500 + off[2], v * 40 + off[3])
        albedo = mix(dark, bright, np.clip(0.15 + 0.5 * grain + stain * (broad - 0.4), 0, 1))
        crack = sample("fibre", u * 420 + off[4], v * 28 + off[5]) < crack_share
        knot = sample("worley", u * 160 + off[6], v * 110 + off[7]) < 0.006
        albedo = albedo * np.where(crack | knot, 0.35, 1.0)[:, None]
        if algae:
            weight = np.clip(algae * (1.2 - np.abs(u - algae_side) * 6) * broad * 2, 0, 0.8)
            albedo = mix(albedo, rgb(70, 84, 40), weight)
        if wrapped_above_m is not None:
            albedo = _mesh(albedo, u, v, mesh_m, wrapped_above_m)
        return albedo.astype(np.float32)

    return surface


def _mesh(albedo: F32, u: F32, v: F32, mesh_m: float, above_m: float) -> F32:
    a, b = (u + v * 0.6) / mesh_m, (u - v * 0.6) / mesh_m
    line = np.minimum(np.abs(a - np.round(a)), np.abs(b - np.round(b))) < 0.13
    out: F32 = np.where((line & (v > above_m))[:, None], rgb(140, 142, 145), albedo).astype(np.float32)
    return out


def beam_wood(rng: np.random.Generator, kind: str) -> Surface:
    """A sawn or round crossarm of wood, grain along it."""
    return wood(rng, kind)


def metal(rng: np.random.Generator, kind: str) -> Surface:
    """Steel or paint: nearly even, with stains along the length, spangle and some rust."""
    base = jittered(rng, rgb(*STEELS[kind]), 0.1)
    off = rng.uniform(0, 512, 6).astype(np.float32)
    rust = rng.uniform(0.0, 0.35) * (rng.random() < 0.3) + 0.3 * (kind == "rusty")
    seam_m = rng.uniform(2.5, 9.0)

    def surface(u: F32, v: F32) -> F32:
        stain = sample("fbm", u * 200 + off[0], v * 20 + off[1])
        spangle = sample("fine", u * 700 + off[2], v * 500 + off[3])
        albedo = base * (0.82 + 0.25 * stain + 0.12 * spangle)[:, None]
        if rust:
            albedo = mix(albedo, rgb(110, 62, 36), np.clip((stain - 1 + rust) * 3, 0, 0.85))
        seam = np.abs(v / seam_m - np.round(v / seam_m)) * seam_m < 0.02
        return np.asarray(albedo * np.where(seam, 0.6, 1.0)[:, None], np.float32)

    return surface


def concrete(rng: np.random.Generator) -> Surface:
    """Cast concrete: light grey, pores, water streaks, at times yellowed or dark."""
    base = jittered(
        rng, rgb(*weighted(rng, [(182, 180, 174), (160, 159, 155), (198, 192, 178), (206, 204, 198)])), 0.12
    )
    off = rng.uniform(0, 512, 8).astype(np.float32)
    streak, seam_m = rng.uniform(0.0, 0.5), rng.uniform(0.4, 2.5)
    seams = rng.random() < 0.3

    def surface(u: F32, v: F32) -> F32:
        cloud = sample("fbm", u * 120 + off[0], v * 45 + off[1])
        run = sample("fibre", u * 140 + off[2], v * 12 + off[3])
        pore = sample("fine", u * 900 + off[4], v * 900 + off[5])
        value = 0.78 + 0.3 * (cloud - 0.5) - streak * np.clip(run - 0.6, 0, 1) + 0.14 * (pore - 0.5)
        value = value * np.where(pore < 0.02, 0.6, 1.0)
        if seams:
            value = value * np.where(np.abs(v / seam_m - np.round(v / seam_m)) * seam_m < 0.012, 0.75, 1.0)
        return np.asarray(base * value[:, None] * 1.2, np.float32)

    return surface


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
