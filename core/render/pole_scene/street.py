"""What streets, and birds, bring to poles: bundles of cables, boxes, racks of spools, lamps on arms, nests."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.canvas import F64, WIRE, even
from core.render.pole_scene.clutter import Trunk
from core.render.pole_scene.draws import weighted
from core.render.pole_scene.fittings import add_span, up
from core.render.pole_scene.geometry import point
from core.render.pole_scene.light import rgb
from core.render.pole_scene.surfaces import jittered


def add_street_cables(asm: Assembly, rng: np.random.Generator, trunk: Trunk) -> None:
    """Dark cables along the street below the bare wires, drops to houses, a coil and a box now and then."""
    height = float(trunk.end[2])
    low, high = min(4.5, height * 0.5), min(8.0, height * 0.85)
    bundled = rng.random() < 0.35
    away = point(0.0, 1.0, 0.0)
    for _ in range(1 if bundled else int(rng.integers(1, 9))):
        z, turn = rng.uniform(low, high), rng.normal(0, 0.06)
        at = trunk.at(z, point(float(rng.choice([-1.0, 1.0])), 0, 0), 0.03)
        width = rng.uniform(0.04, 0.07) if bundled else rng.uniform(0.012, 0.035)
        for s in (-1.0, 1.0):
            direction = np.array([np.sin(turn), s * np.cos(turn), 0.0])
            span = rng.uniform(25, 60)
            add_span(asm, at, direction, span, span * rng.uniform(0.01, 0.05), width, rgb(30, 30, 32))
    for _ in range(int(rng.integers(0, 5))):  # to the houses
        a = rng.uniform(0, 2 * np.pi)
        direction = np.array([np.cos(a), np.sin(a), rng.uniform(-0.12, 0.0)])
        add_span(
            asm, trunk.at(rng.uniform(low, high), away), direction, rng.uniform(12, 30), 0.6, 0.014, rgb(36, 36, 38)
        )
    if rng.random() < 0.35:
        _add_coil(asm, rng, trunk, rng.uniform(low, high))
    if rng.random() < 0.4:
        side = point(float(rng.choice([-1.0, 1.0])), 0, 0)
        at = trunk.at(rng.uniform(1.5, high), side, 0.1)
        grey = even(jittered(rng, rgb(*weighted(rng, [(176, 178, 178), (120, 126, 128), (214, 214, 208)]))))
        asm.beam(at, at + up(rng.uniform(0.3, 0.8)), 0.3, 0.2, grey)


def _add_coil(asm: Assembly, rng: np.random.Generator, trunk: Trunk, z_m: float) -> None:
    radius = rng.uniform(0.15, 0.35)
    turns = np.linspace(0, 2 * np.pi, 13)
    centre = trunk.at(z_m, point(0, 1, 0), 0.04)
    ring = [centre + radius * np.array([np.cos(a), 0.0, np.sin(a)]) for a in turns]
    for p, q in pairwise(ring):
        asm.rod(p, q, 0.05, rgb(28, 28, 30), WIRE)


def add_rack(asm: Assembly, rng: np.random.Generator, trunk: Trunk) -> None:
    """Spool insulators one above another on a steel bar, a low-voltage wire from each."""
    side = point(float(rng.choice([-1.0, 1.0])), 0, 0)
    gap, colour = rng.uniform(0.2, 0.4), even(rgb(*weighted(rng, [(98, 46, 28), (222, 222, 218), (120, 126, 134)])))
    top = float(trunk.end[2]) - rng.uniform(0.15, 0.5)
    spools = int(rng.integers(2, 6))
    for k in range(spools):
        at = trunk.at(top - k * gap, side, 0.08)
        asm.round(at - up(0.04), at + up(0.04), (0.05, 0.05), colour, gloss=0.3)
        asm.attachments.append((at, 0.0))
    a, b = trunk.at(top + 0.1, side, 0.03), trunk.at(top - spools * gap, side, 0.03)
    asm.rod(a, b, 0.05, rgb(150, 152, 154))


def add_lamp(asm: Assembly, rng: np.random.Generator, trunk: Trunk) -> None:
    """A street lamp on a rising arm, near the pole's head or half way up."""
    height, reach = float(trunk.end[2]), rng.uniform(0.8, 2.6)
    angle = rng.uniform(0, 2 * np.pi)
    out = np.array([np.cos(angle), np.sin(angle), 0.0])
    foot = trunk.at(height * rng.uniform(0.6, 0.97), out, 0.0)
    bend = foot + out * reach * 0.5 + up(reach * rng.uniform(0.15, 0.5))
    tip = foot + out * reach + up(reach * rng.uniform(0.2, 0.6))
    grey = even(jittered(rng, rgb(160, 164, 166), 0.15))
    for a, b in ((foot, bend), (bend, tip)):
        asm.round(a, b, (0.03, 0.03), grey, gloss=0.2)
    head = even(jittered(rng, rgb(*weighted(rng, [(190, 192, 192), (110, 114, 118), (60, 62, 64)]))))
    asm.beam(tip - out * 0.1, tip + out * rng.uniform(0.4, 0.8), rng.uniform(0.16, 0.3), 0.1, head, taper=0.7)


def add_nest(asm: Assembly, rng: np.random.Generator, at: F64) -> None:
    """A bird's nest of twigs, as round and dark as a cap."""
    size = rng.uniform(0.2, 0.5)
    for _ in range(70):
        a, b = (at + rng.normal(0, 0.5, 3) * (size, size, size * 0.4) for _ in range(2))
        asm.rod(a, b, 0.02, jittered(rng, rgb(84, 66, 50), 0.35), shadow=False)
