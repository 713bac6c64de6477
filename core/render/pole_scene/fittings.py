"""Crossarms, braces, insulators, wires, transformers, stays and the small things that hang on poles."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.canvas import F32, F64, FITTING, WIRE, Surface, even
from core.render.pole_scene.draws import Draws, weighted
from core.render.pole_scene.geometry import point
from core.render.pole_scene.light import rgb
from core.render.pole_scene.surfaces import jittered, metal, wood

INSULATORS = {
    "glass": ((188, 208, 204), 0.62, 0.127, 0.146),
    "green glass": ((120, 168, 150), 0.62, 0.127, 0.146),
    "blue glass": ((150, 190, 205), 0.62, 0.127, 0.146),
    "brown porcelain": ((98, 46, 28), 1.0, 0.127, 0.146),
    "orange porcelain": ((168, 84, 34), 1.0, 0.127, 0.146),
    "white porcelain": ((222, 222, 218), 1.0, 0.127, 0.146),
    "grey polymer": ((120, 126, 134), 1.0, 0.065, 0.05),
    "red polymer": ((138, 60, 48), 1.0, 0.065, 0.05),
    "black polymer": ((52, 54, 60), 1.0, 0.065, 0.05),
}
"""kind → (sRGB colour, opacity, disc radius m, disc spacing m)."""


HARDWARE = [
    (176, 180, 182),
    (120, 122, 124),
    (52, 52, 54),
    (190, 60, 48),
    (222, 222, 220),
    (96, 66, 52),
    (214, 178, 48),
]
"""sRGB of small parts: zinc, steel, black, red, white, brown, yellow."""


def up(z_m: float) -> F64:
    """A vector straight up."""
    return np.array([0.0, 0.0, z_m])


def draw_insulator_kind(draws: Draws) -> str:
    """One of INSULATORS; glass is the commonest by far."""
    return draws.choice("insulator", list(INSULATORS), [6, 3, 3, 3, 1, 2, 2, 1, 1.5])


def add_string(asm: Assembly, rng: np.random.Generator, kind: str, start: F64, direction: F64, discs: int) -> F64:
    """A string of insulator discs from ``start``; returns the point where it carries the wire."""
    srgb, opacity, radius, spacing = INSULATORS[kind]
    colour = rgb(*srgb) * np.float32(rng.uniform(0.8, 1.2))
    direction = direction / np.linalg.norm(direction)
    link = rng.uniform(0.1, 0.5)
    steel = rgb(165, 168, 170)
    body = start + direction * link
    end = body + direction * spacing * discs
    finish = end + direction * rng.uniform(0.08, 0.35)
    asm.rod(start, body, 0.03, steel)
    asm.rod(body, end, 0.045 if opacity == 1.0 else 0.06, steel if radius > 0.1 else colour, shadow=False)
    asm.rod(end, finish, 0.045, steel)
    for i in range(discs):
        centre = body + direction * spacing * (i + 0.5)
        asm.disc(centre, direction, radius * (1.0 if radius > 0.1 or i % 2 == 0 else 0.75), colour, FITTING, opacity)
        if opacity < 1.0:  # a bright rim around darker glass, and the metal cap in the middle
            asm.disc(centre - direction * 0.008, direction, radius * 0.88, colour * 0.7, FITTING, 0.4)
            asm.disc(centre - direction * 0.012, direction, radius * 0.6, colour * 0.55, FITTING, 0.45)
            asm.disc(centre + direction * 0.02, direction, radius * 0.4, colour * 1.25, FITTING, 0.8)
        else:
            asm.disc(centre + direction * 0.03, direction, radius * 0.45, colour * 0.55, FITTING, 1.0)
            asm.disc(centre - direction * 0.03, direction, radius * 0.45, colour * 0.55, FITTING, 1.0)
    asm.strips.append((body, end, radius * 2))
    return np.asarray(finish)


def add_pin(asm: Assembly, rng: np.random.Generator, kind: str, foot: F64) -> F64:
    """An upright pin or post insulator; returns its head."""
    colour = jittered(rng, rgb(*INSULATORS[kind][0]) * (0.8 if INSULATORS[kind][1] < 1 else 1.0), 0.1)
    height, radius = rng.uniform(0.14, 0.42), rng.uniform(0.05, 0.12)
    asm.round(foot, foot + up(height * 0.35), (0.014, 0.014), even(rgb(150, 152, 152)))
    skirts = int(rng.integers(2, 5))
    for i in range(skirts):
        z = height * (0.3 + 0.6 * i / skirts)
        size = radius * (1 - 0.12 * i)
        asm.round(foot + up(z), foot + up(z + height * 0.62 / skirts), (size, size * 0.5), even(colour), gloss=0.3)
    asm.round(foot + up(height * 0.9), foot + up(height), (radius * 0.45, radius * 0.4), even(colour), gloss=0.3)
    return foot + up(height)


def crossarm_surface(draws: Draws, wood_kind: str) -> Surface:
    """Wood as the pole's, or steel."""
    material = draws.choice(
        "crossarm",
        ["wood", "pole wood", "galvanised", "brown paint", "rusty", "dark", "bright"],
        [2, 2, 5, 2.5, 1, 1.5, 1],
    )
    if material == "wood":
        return wood(draws.rng, str(weighted(draws.rng, ["weathered grey", "pale", "brown"])))
    return wood(draws.rng, wood_kind) if material == "pole wood" else metal(draws.rng, material)


def hang_phases(
    asm: Assembly, draws: Draws, xs: list[float], z_m: float, y_m: float, half_height_m: float, kind: str, style: str
) -> None:
    """Insulators at places along a crossarm, in one style: strain, suspension or pin."""
    rng = draws.rng
    discs = int(rng.integers(2, 11)) if "polymer" not in kind else int(rng.integers(8, 22))
    slope = rng.uniform(-0.12, 0.12)
    for x in xs:
        at = np.array([x, y_m, z_m])
        if style == "strain":
            ends = [
                add_string(asm, rng, kind, at + point(0, s * 0.06, 0), np.array([0.0, s, -0.12 + slope * s]), discs)
                for s in (-1, 1)
            ]
            asm.attachments += [(ends[0], -1.0), (ends[1], 1.0)]
            add_jumper(asm, rng, ends[0], ends[1])
        elif style == "suspension":
            end = add_string(asm, rng, kind, at - up(half_height_m), np.array([rng.normal(0, 0.03), 0.0, -1.0]), discs)
            asm.attachments.append((end, 0.0))
        else:
            asm.attachments.append((add_pin(asm, rng, kind, at + up(half_height_m)), 0.0))


def add_jumper(asm: Assembly, rng: np.random.Generator, a: F64, b: F64) -> None:
    """The slack wire that carries current past a strained crossarm."""
    dip = rng.uniform(0.2, 0.9) * (1 if rng.random() < 0.8 else -1)
    colour = rgb(50, 50, 52) if rng.random() < 0.5 else rgb(150, 152, 154)
    bulge = rng.normal(0, 0.15)
    t = np.linspace(0, 1, 8)[:, None]
    curve = a + (b - a) * t + 4 * t * (1 - t) * np.array([bulge, 0.0, -dip])
    for p, q in pairwise(curve):
        asm.rod(p, q, 0.02, colour, WIRE)


def add_wires(asm: Assembly, draws: Draws, extra: int = 0) -> None:
    """Wires from every attachment along ±y, each span a parabola; ``extra`` more run free overhead."""
    rng = draws.rng
    width = draws.log_uniform("wire_width_m", 0.010, 0.034)
    tone = draws.choice("wire_tone", ["bright", "grey", "dark"], [3, 2, 3])
    colour = rgb(*{"bright": (215, 216, 216), "grey": (130, 130, 130), "dark": (34, 34, 36)}[tone])
    span = draws.uniform("span_m", 50, 220)
    sag = span * draws.uniform("sag_of_span", 0.008, 0.035)
    turn = np.radians([draws.keep(f"line_turn_{way}_deg", float(rng.normal(0, 4))) for way in ("back", "ahead")])
    for start, side in asm.attachments:
        for s in (-1.0, 1.0) if side == 0 else (side,):
            angle = turn[0 if s < 0 else 1]
            add_span(asm, start, np.array([np.sin(angle), s * np.cos(angle), 0.0]), span, sag, width, colour)
    for _ in range(extra):
        at = np.array([rng.uniform(-4, 4), 0.0, rng.uniform(5, 12)])
        angle = rng.uniform(0, np.pi)
        for s in (-1.0, 1.0):
            add_span(asm, at, s * np.array([np.cos(angle), np.sin(angle), 0.0]), span, sag, width, colour)


def add_span(
    asm: Assembly, start: F64, direction: F64, span_m: float, sag_m: float, width_m: float, colour: F32
) -> None:
    """Half of the wires' world: one span from ``start``, in pieces that are shorter near the pole."""
    t = np.linspace(0, 1, 15)[:, None] ** 1.8
    curve = start + direction * span_m * t - 4 * t * (1 - t) * up(sag_m)
    for p, q in pairwise(curve):
        asm.rod(p, q, width_m, colour, WIRE)


def add_transformer(asm: Assembly, draws: Draws, x_m: float, y_m: float, z_m: float) -> None:
    """A pole-mounted transformer: a tank with ribs or a round can, and bushings on top."""
    rng = draws.rng
    paint = even(jittered(rng, rgb(*weighted(rng, [(128, 134, 138), (88, 98, 94), (178, 180, 178)]))))
    if rng.random() < 0.5:
        asm.round((x_m, y_m, z_m - 0.9), (x_m, y_m, z_m), (0.3, 0.3), paint, gloss=0.15)
    else:
        asm.beam((x_m - 0.5, y_m, z_m - 0.45), (x_m + 0.5, y_m, z_m - 0.45), 0.6, 0.9, paint)
        for k in np.linspace(-0.42, 0.42, 7):
            asm.rod((x_m + k, y_m - 0.31, z_m - 0.85), (x_m + k, y_m - 0.31, z_m - 0.1), 0.05, rgb(70, 74, 76))
    for k in (-0.25, 0.0, 0.25):
        foot = np.array([x_m + k, y_m, z_m])
        head = add_pin(asm, rng, "brown porcelain", foot)
        asm.rod(head, (x_m + k * 1.5, y_m * 0.3, z_m + 1.6), 0.015, rgb(40, 40, 42), WIRE)


def add_hardware(asm: Assembly, rng: np.random.Generator, at: F64, radius_m: float) -> None:
    """Brackets, bolts, plates, arresters and cable loops around a pole's top."""
    for _ in range(int(rng.integers(1, 9))):
        angle, z = rng.uniform(0, 2 * np.pi), -rng.exponential(0.5) - 0.06
        outwards = np.array([np.cos(angle), np.sin(angle), 0.0])
        foot = at + outwards * radius_m * 0.95 + up(z)
        colour = jittered(rng, rgb(*weighted(rng, HARDWARE, [5, 3, 2, 1.5, 1, 1, 0.7])), 0.15)
        kind = weighted(rng, ["bolt", "plate", "bracket", "arrester"], [4, 2, 2, 1])
        if kind == "bolt":
            asm.rod(foot - outwards * 0.02, foot + outwards * rng.uniform(0.04, 0.2), 0.025, colour)
        elif kind == "plate":
            along = np.array([-outwards[1], outwards[0], 0.0]) * rng.uniform(0.03, 0.09)
            rise, lift = up(rng.uniform(0.06, 0.2)), outwards * (0.08 * radius_m + 0.01)
            corners = [foot - along + lift, foot + along + lift, foot + along + lift + rise, foot - along + lift + rise]
            asm.quads.append((np.array(corners), colour, FITTING))
        elif kind == "bracket":
            size = rng.uniform(0.03, 0.1)
            asm.beam(foot, foot + outwards * rng.uniform(0.1, 0.5), size, size, even(colour))
        else:
            end = foot + outwards * rng.uniform(0.2, 0.6) + up(rng.uniform(-0.3, 0.1))
            asm.round(foot, end, (0.04, 0.05), even(colour), gloss=0.2)
            for t in np.linspace(0.2, 0.9, 5):
                asm.disc(foot + (end - foot) * t, end - foot, 0.075, colour * 0.8)


def add_stay(asm: Assembly, rng: np.random.Generator, top: F64, reach_m: float, azimuth_rad: float) -> None:
    """A guy wire to the ground, at times with a yellow or red guard."""
    foot = np.array([top[0] + reach_m * np.cos(azimuth_rad), top[1] + reach_m * np.sin(azimuth_rad), 0.0])
    asm.rod(top, foot, 0.014, rgb(120, 120, 120), WIRE)
    if rng.random() < 0.4:
        asm.rod(foot + (top - foot) * 0.02, foot + (top - foot) * 0.18, 0.06, rgb(214, 176, 36))
