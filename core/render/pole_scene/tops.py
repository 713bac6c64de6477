"""Tops of wood poles: caps of several makes and colours, and bare ends where the cap is missing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from core.render.pole_scene.assembly import Assembly, PoleTop
from core.render.pole_scene.canvas import F64, FIRST_TOP, Surface, even
from core.render.pole_scene.draws import Draws
from core.render.pole_scene.light import rgb
from core.render.pole_scene.surfaces import jittered
from core.render.pole_scene.top_surfaces import cap_surface, end_grain

WHOLE, MISSING = "whole top cap", "whole missing top cap"


def draw_top_kind(draws: Draws, missing_share: float) -> dict[str, float | str]:
    """Make, colour and size of the caps of one structure; all of its poles carry the same make."""
    return {
        "missing_share": missing_share,
        "shape": draws.choice("cap_shape", ["flat", "plate", "cone", "dome", "bucket"], [4, 3, 4, 1.5, 2]),
        "colour": draws.choice(
            "cap_colour", ["black", "dark grey", "grey", "white", "zinc", "copper", "green"], [9, 3, 2, 2, 2, 1, 0.4]
        ),
        "overhang": draws.uniform("cap_overhang_of_radius", 1.02, 1.26),
        "rim_of_radius": draws.uniform("cap_rim_of_radius", 0.12, 0.6),
        "screws": float(draws.rng.integers(0, 6)),
    }


def add_top(
    asm: Assembly,
    draws: Draws,
    kind: dict[str, float | str],
    pole: tuple[F64, F64, float],
    body: Surface,
    length_m: float,
) -> None:
    """Finish a pole with a cap or with its bare end.

    Args:
        asm: takes the bodies and the `PoleTop`.
        draws: whether this one is missing, and the details.
        kind: from `draw_top_kind`.
        pole: (end point, unit axis upwards, radius at the end in metres).
        body: surface of the pole.
        length_m: where the pole's end lies on the surface's own length scale.
    """
    end, axis, radius = pole
    identity = FIRST_TOP + len(asm.tops)
    if draws.rng.random() < float(kind["missing_share"]):
        depth = radius * draws.rng.uniform(0.25, 0.7)
        if draws.chance("slanted_end", 0.3):  # sawn aslant so that rain runs off
            turn, slope = draws.rng.uniform(0, 2 * np.pi), np.tan(np.radians(draws.uniform("slant_deg", 4, 16)))
            axis = axis + slope * np.array([np.cos(turn), np.sin(turn), 0.0])
            axis = axis / np.linalg.norm(axis)
        grain, state = end_grain(draws.rng, radius)
        draws.record["end_grain"] = state
        # a hair larger than the pole itself, so that the bare end's pixels are counted as its own
        p0, p1, radii = end - axis * depth, end + axis * 0.003, (radius * 1.012, radius * 1.012)
        asm.round(p0, p1, radii, body, identity, grain, v_start_m=length_m - depth)
        asm.tops.append(PoleTop(MISSING, ((p0, p1, radii),), identity))
        return
    bodies = _cap_bodies(str(kind["shape"]), end, axis, radius, float(kind["overhang"]), float(kind["rim_of_radius"]))
    surface = cap_surface(draws.rng, str(kind["colour"]), radius)
    gloss = draws.uniform("cap_gloss", 0.02, 0.5)
    for p0, p1, radii in bodies:
        asm.round(p0, p1, radii, surface, identity, surface, gloss)
    _add_screws(asm, draws.rng, int(kind["screws"]), bodies, axis, identity)
    if draws.rng.random() < 0.06:  # a strap or ridge across the cap
        asm.rod(end - axis * 0.02, end + axis * 0.06, 0.02, rgb(150, 150, 150), identity, shadow=False)
    asm.tops.append(PoleTop(WHOLE, tuple(bodies), identity))


def _cap_bodies(
    shape: str, end: F64, axis: F64, radius: float, overhang: float, rim_of_radius: float
) -> list[tuple[F64, F64, tuple[float, float]]]:
    r = radius * overhang
    rim = radius * rim_of_radius
    low, top = end - axis * rim * 0.8, end + axis * max(0.2 * rim, 0.008)
    if shape == "plate":
        return [(end - axis * 0.005, end + axis * radius * 0.1, (r, r))]
    if shape == "flat":
        return [(low, top, (r, r))]
    if shape == "bucket":
        low = end - axis * radius * (0.5 + rim_of_radius)
        return [(low, top, (r * 1.02, r))]
    if shape == "cone":
        return [(low, top, (r, r)), (top, top + axis * radius * (0.2 + rim_of_radius * 0.8), (r, r * 0.03))]
    rise = radius * 0.45
    bodies = [(low, top, (r, r))]
    steps = np.radians([0, 25, 50, 75])
    for a, b in pairwise(steps):
        bodies.append((top + axis * rise * np.sin(a), top + axis * rise * np.sin(b), (r * np.cos(a), r * np.cos(b))))
    return bodies


def _add_screws(
    asm: Assembly,
    rng: np.random.Generator,
    count: int,
    bodies: list[tuple[F64, F64, tuple[float, float]]],
    axis: F64,
    identity: int,
) -> None:
    p0, p1, (r0, r1) = bodies[-1]
    colour = jittered(rng, rgb(170, 170, 170) if rng.random() < 0.6 else rgb(60, 60, 60))
    share = rng.uniform(0.55, 0.8)
    start = rng.uniform(0, 2 * np.pi)
    for k in range(count):
        a = start + 2 * np.pi * k / count
        flat = r1 > 0.8 * r0
        height = 1.0 if flat else 1 - share
        radius = (r1 if flat else r0 + (r1 - r0) * height) * (share if flat else 1.0)
        at = p0 + (p1 - p0) * height + radius * np.array([np.cos(a), np.sin(a), 0.0])
        asm.round(at - axis * 0.004, at + axis * 0.012, (0.011, 0.010), even(colour), identity)
