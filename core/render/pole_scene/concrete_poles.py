"""Concrete poles as lines around the world have them: spun, square, H-shaped, open like a ladder, in pairs."""

from __future__ import annotations

import numpy as np

from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.canvas import F32, F64, POLE, Surface, even
from core.render.pole_scene.clutter import Trunk, add_clutter, add_steps
from core.render.pole_scene.draws import Draws, weighted
from core.render.pole_scene.fittings import add_stay, add_transformer, draw_insulator_kind, hang_phases, up
from core.render.pole_scene.geometry import point
from core.render.pole_scene.light import rgb
from core.render.pole_scene.street import add_lamp, add_rack, add_street_cables
from core.render.pole_scene.surfaces import concrete, metal, wood

FORMS = {"round": 4.5, "rectangular": 2.5, "h-section": 1.6, "ladder": 0.8, "open ladder": 1.6, "pair": 0.7}
"""Cross-section or build → how often it is drawn."""


def build_concrete(draws: Draws) -> Assembly:
    """A concrete pole with arms of steel, concrete or wood, a rack, cables, or hardly anything."""
    asm, rng = Assembly(), draws.rng
    height = draws.uniform("height_m", 7.0, 16.0)
    top_w = draws.uniform("top_width_m", 0.14, 0.26)
    form = draws.choice("form", list(FORMS), list(FORMS.values()))
    # spun poles widen by 10 to 18 mm a metre, cast ones by as much or more
    base_w = top_w + height * draws.uniform("taper_of_length", 0.009, 0.02)
    surface = concrete(rng, height)
    lean = rng.normal(0, 0.012 if rng.random() < 0.85 else 0.05, 2) * height
    end = np.array([lean[0], lean[1], height])
    apart = rng.uniform(0.9, 2.2) if form == "pair" else 0.0
    for x in (-apart / 2, apart / 2) if apart else (0.0,):
        _add_shaft(asm, draws, form, (point(x * rng.uniform(1.0, 1.5), 0, 0), end + point(x, 0, 0)), (base_w, top_w))
    if apart:
        for z in np.arange(height * 0.3, height - 0.3, rng.uniform(1.5, 3.5)):
            asm.beam((-apart / 2, 0, z), (apart / 2, 0, z), top_w * 0.7, top_w * 0.9, surface, POLE)
    trunk = Trunk(point(apart / 2, 0, 0), end + point(apart / 2, 0, 0), (base_w / 2, top_w / 2))
    _dress(asm, draws, trunk, end, top_w)
    return asm


def _add_shaft(asm: Assembly, draws: Draws, form: str, axis: tuple[F64, F64], widths_m: tuple[float, float]) -> None:
    rng, (foot, end), (base_w, top_w) = draws.rng, axis, widths_m
    height, taper = float(end[2]), top_w / base_w
    surface = concrete(rng, height)
    if form == "round" or (form == "pair" and rng.random() < 0.5):
        asm.round(foot, end, (base_w / 2, top_w / 2), surface, POLE, even(rgb(168, 166, 160)), gloss=0.03)
    elif form == "h-section":
        _add_h_section(asm, surface, axis, base_w, taper, rng.uniform(0.7, 1.2))
    elif form == "open ladder":
        _add_open_ladder(asm, rng, surface, axis, widths_m)
    else:
        faces = _recessed(rng, surface, base_w, height) if form == "ladder" else surface
        depth = rng.uniform(0.6, 1.0)
        across, along = (base_w, base_w * depth) if rng.random() < 0.5 else (base_w * depth, base_w)
        asm.beam(foot, end, across, along, faces, POLE, taper=taper)


def _recessed(rng: np.random.Generator, surface: Surface, width_m: float, height_m: float) -> Surface:
    """Faces with pockets cast into them, or dark holes."""
    pitch, share = rng.uniform(0.5, 1.2), rng.uniform(0.35, 0.7)
    depth = rgb(60, 60, 58) + (rgb(130, 128, 122) - rgb(60, 60, 58)) * np.float32(rng.uniform(0, 1))

    def faces(u: F32, v: F32) -> F32:
        taper = width_m * (1 - 0.45 * v / height_m)
        inside = np.abs(u - width_m / 2) < taper * 0.24
        hole = inside & (np.mod(v, pitch) < share * pitch) & (v > 1.5) & (v < height_m - 0.5)
        return np.where(hole[:, None], depth, surface(u, v)).astype(np.float32)

    return faces


def _add_h_section(
    asm: Assembly, surface: Surface, axis: tuple[F64, F64], base_w: float, taper: float, depth: float
) -> None:
    """Two flanges and a thin web between them: a dark channel down two faces."""
    foot, end = axis
    deep, flange = base_w * depth, base_w * 0.26
    for s in (-1, 1):
        off = point(s * (base_w - flange) / 2, 0, 0)
        asm.beam(foot + off, end + off * taper, deep * 0.75, flange, surface, POLE, taper=taper)
    asm.beam(foot, end, deep * 0.3, base_w * 0.6, surface, POLE, taper=taper)


def _add_open_ladder(
    asm: Assembly, rng: np.random.Generator, surface: Surface, axis: tuple[F64, F64], widths_m: tuple[float, float]
) -> None:
    """Two legs with rungs between, open to the sky, solid at foot and head."""
    (foot, end), (base_w, top_w) = axis, widths_m
    base_w, top_w = base_w * 1.25, top_w * 1.1
    taper, leg, deep = top_w / base_w, base_w * 0.27, base_w * rng.uniform(0.5, 0.8)
    for s in (-1, 1):
        off = point(s * (base_w - leg) / 2, 0, 0)
        asm.beam(foot + off, end + off * taper, deep, leg, surface, POLE, taper=taper)
    pitch, rung = rng.uniform(0.55, 1.1), rng.uniform(0.12, 0.35)
    height = float(end[2])
    solid = [(0.0, rng.uniform(0.8, 2.2)), (height - rng.uniform(0.4, 1.2), height)]
    for low, high in solid + [(z, z + rung) for z in np.arange(solid[0][1] + pitch * 0.6, solid[1][0], pitch)]:
        a, b = (foot + (end - foot) * (z / height) for z in (low, high))
        width = base_w + (top_w - base_w) * (low + high) / 2 / height
        asm.beam(a, b, deep * 0.6 * width / base_w, width - leg * 0.8, surface, POLE)


def _dress(asm: Assembly, draws: Draws, trunk: Trunk, end: F64, width_m: float) -> None:
    rng = draws.rng
    height = float(end[2])
    if rng.random() < 0.5:
        add_clutter(asm, rng, trunk)
    if rng.random() < 0.2:
        add_steps(asm, rng, trunk)
    finish = weighted(rng, ["concrete", "galvanised", "dull", "dark", "rusty", "wood"], [3, 5, 3, 1, 1, 1.2])
    if finish == "wood":
        arm = wood(rng, str(weighted(rng, ["weathered grey", "brown"])))
    else:
        arm = concrete(rng) if finish == "concrete" else metal(rng, str(finish))
    head = draws.choice("head", ["arms", "rack", "bare"], [6.5, 2, 1.5])
    if head == "arms":
        _add_arms(asm, draws, end, width_m, arm)
    elif head == "rack":
        add_rack(asm, rng, trunk)
    else:
        asm.attachments += [(end - up(0.3 + 0.3 * k), 0.0) for k in range(int(rng.integers(0, 5)))]
    for z in height - rng.uniform(0.1, 3.0, int(rng.integers(0, 5))):  # bands that hold the fittings
        share = z / height
        radius = trunk.radii_m[0] + (trunk.radii_m[1] - trunk.radii_m[0]) * share
        at = trunk.foot + (trunk.end - trunk.foot) * share
        if draws.record["form"] == "round":
            asm.round(at, at + up(0.07), (radius * 1.06, radius * 1.06), even(rgb(132, 134, 136)), gloss=0.1)
    if draws.chance("transformer", 0.15):
        add_transformer(asm, draws, 0.0, trunk.radii_m[0] + 0.35, height - rng.uniform(1.5, 3.0))
    if draws.chance("lamp", 0.15):
        add_lamp(asm, rng, trunk)
    if draws.chance("street_cables", 0.35):
        add_street_cables(asm, rng, trunk)
    if rng.random() < 0.12:
        add_stay(asm, rng, end - up(0.6), rng.uniform(3, 8), rng.uniform(0, 2 * np.pi))


def _add_arms(asm: Assembly, draws: Draws, end: F64, width_m: float, surface: Surface) -> None:
    rng = draws.rng
    insulator = draw_insulator_kind(draws)
    style = draws.choice("suspension", ["strain", "suspension", "pin"], [2, 2, 5])
    for k in range(1 if rng.random() < 0.6 else 2):
        z, half = float(end[2]) - rng.uniform(0.05, 0.5) - k * 1.1, rng.uniform(0.6, 1.7)
        section, y = rng.uniform(0.07, 0.15), float(end[1]) + width_m / 2
        shift = rng.choice([0.0, 0.0, half * 0.8])
        asm.beam((end[0] - half + shift, y, z), (end[0] + half + shift, y, z), section, section, surface)
        xs = [float(end[0] + shift + half * f) for f in (-0.95, rng.choice([0.0, 0.3]), 0.95)]
        hang_phases(asm, draws, xs, z, y, section / 2, insulator, style)
        if rng.random() < 0.5:
            for s in (-1, 1):
                asm.rod((end[0] + s * half * 0.6 + shift, y, z), (end[0], y, z - half * 0.6), 0.04, rgb(150, 152, 154))
