"""Tubular steel poles: round or faceted, galvanised or painted, alone or in pairs."""

from __future__ import annotations

import numpy as np

from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.canvas import F64, POLE, Surface
from core.render.pole_scene.clutter import Trunk, add_clutter, add_steps
from core.render.pole_scene.draws import Draws
from core.render.pole_scene.fittings import draw_insulator_kind, hang_phases, up
from core.render.pole_scene.geometry import point
from core.render.pole_scene.street import add_lamp, add_street_cables
from core.render.pole_scene.surfaces import metal


def build_tube(draws: Draws) -> Assembly:
    """A tubular steel pole: conical, with a foot plate, slip joints and arms of steel."""
    asm, rng = Assembly(), draws.rng
    height = draws.uniform("height_m", 8.0, 26.0)
    top_r = draws.uniform("top_radius_m", 0.05, 0.08 + 0.005 * height)
    base_r = top_r + height * draws.uniform("taper_of_length", 0.004, 0.012)
    # rust, brown or black paint would look like wood wherever the pole is thin
    paint = draws.choice("steel", ["galvanised", "dull", "bright", "green paint", "white paint"], [6, 3, 4, 0.6, 1])
    facets = int(rng.integers(6, 13)) if draws.chance("faceted", 0.45) else 0
    surface = metal(rng, paint, np.pi * (top_r + base_r) / facets if facets else None)
    lean = rng.normal(0, 0.008, 2) * height
    end = np.array([lean[0], lean[1], height])
    for x in (-1.6, 1.6) if rng.random() < 0.1 else (0.0,):
        _add_shaft(asm, draws, (point(x, 0, 0), end + point(x, 0, 0)), (base_r, top_r), surface)
    trunk = Trunk(point(0, 0, 0), end, (base_r, top_r))
    if rng.random() < 0.35:
        add_steps(asm, rng, trunk)
    if rng.random() < 0.3:
        add_clutter(asm, rng, trunk)
    _add_arms(asm, draws, trunk, metal(rng, paint))
    if draws.chance("street_cables", 0.3):
        add_street_cables(asm, rng, trunk)
    return asm


def _add_shaft(
    asm: Assembly, draws: Draws, axis: tuple[F64, F64], radii_m: tuple[float, float], surface: Surface
) -> None:
    rng, (foot, end), (base_r, top_r) = draws.rng, axis, radii_m
    asm.round(foot, end, radii_m, surface, POLE, surface, gloss=draws.uniform("gloss", 0.3, 0.8))
    asm.round(foot, foot + up(0.05), (base_r * 1.7, base_r * 1.7), surface, POLE)
    height = float(end[2])
    for share in np.arange(rng.uniform(0.25, 0.6), 0.95, rng.uniform(0.25, 0.5)) if rng.random() < 0.5 else ():
        radius = base_r + (top_r - base_r) * share
        at = foot + (end - foot) * share
        if rng.random() < 0.6:  # slipped over one another
            asm.round(at, at + up(min(0.9, 0.05 * height)), (radius * 1.07, radius * 1.04), surface, POLE, gloss=0.4)
        else:  # bolted flanges
            asm.round(at - up(0.05), at + up(0.05), (radius * 1.5, radius * 1.5), surface, POLE, gloss=0.4)


def _add_arms(asm: Assembly, draws: Draws, trunk: Trunk, surface: Surface) -> None:
    rng, end = draws.rng, trunk.end
    height, insulator = float(end[2]), draw_insulator_kind(draws)
    style = draws.choice("suspension", ["strain", "suspension", "pin"], [3, 3, 3])
    levels = int(rng.integers(1, 4)) if height > 14 else int(rng.choice([0, 1, 1, 2]))
    reach, gap, curved = rng.uniform(0.7, 2.8), rng.uniform(0.8, 2.4), rng.random() < 0.4
    for k in range(levels):
        z = height - rng.uniform(0.1, 0.5) - k * gap
        thick, xs = rng.uniform(0.08, 0.2), []
        for s in (-1, 1) if rng.random() < 0.85 else (1,):
            tip = np.array([end[0] + s * reach, end[1], z + rng.uniform(0, 0.3)])
            if curved:  # round arms that sweep upwards
                middle = np.array([end[0] + s * reach * 0.45, end[1], float(tip[2]) - 0.1])
                asm.round((end[0], end[1], z - 0.5), middle, (thick * 0.6, thick * 0.5), surface, gloss=0.4)
                asm.round(middle, tip, (thick * 0.5, thick * 0.4), surface, gloss=0.4)
            else:
                asm.beam((end[0], end[1], z), tip, thick, thick * 1.3, surface, taper=0.6)
            xs.append(float(end[0] + s * reach * 0.95))
        hang_phases(asm, draws, xs, z, float(end[1]), thick / 2, insulator, style)
    if levels == 0:
        asm.attachments += [(end - up(0.3 + 0.3 * k), 0.0) for k in range(int(rng.integers(0, 4)))]
        if draws.chance("lamp", 0.75):
            add_lamp(asm, rng, trunk)
