"""Small things along one pole: signs, tags, cables, steps and now and then a cloth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.canvas import F64, FITTING, even
from core.render.pole_scene.draws import weighted
from core.render.pole_scene.geometry import point
from core.render.pole_scene.light import rgb
from core.render.pole_scene.surfaces import jittered

SIGNS = [(230, 190, 40), (220, 220, 216), (190, 40, 36), (180, 182, 184)]
CLOTHS = [(190, 30, 40), (40, 70, 150)]
"""sRGB."""


@dataclass(frozen=True, slots=True, eq=False)
class Trunk:
    """A straight, tapering, perhaps leaning pole, so that what hangs on it leans along.

    Attributes:
        foot, end: axis ends, metres.
        radii_m: at foot and end.
    """

    foot: F64
    end: F64
    radii_m: tuple[float, float]

    def at(self, height_m: float, outwards: F64, gap_m: float = 0.01) -> F64:
        """A point at that height, just outside the surface in a level direction."""
        share = height_m / float(self.end[2] - self.foot[2])
        radius = self.radii_m[0] + (self.radii_m[1] - self.radii_m[0]) * share
        return np.asarray(self.foot + (self.end - self.foot) * share + outwards * (radius + gap_m))


def add_clutter(asm: Assembly, rng: np.random.Generator, pole: Trunk) -> None:
    """Hang a random few of them on a pole."""
    height = float(pole.end[2])
    if rng.random() < 0.35:
        _add_signs(asm, rng, pole, rng.uniform(1.5, height - 0.5))
    for _ in range(int(rng.integers(0, 4)) if rng.random() < 0.4 else 0):  # number tags and nails at eye height
        outwards = _level(rng.uniform(0, 2 * np.pi))
        tag = pole.at(rng.uniform(0.8, 3.0), outwards, 0.0)
        asm.round(tag, tag + outwards * 0.03, (0.04, 0.035), even(jittered(rng, rgb(150, 150, 146))), gloss=0.3)
    if rng.random() < 0.3:  # a cable or its guard
        side = _level(rng.uniform(0, 2 * np.pi))
        up_to = height * rng.uniform(0.5, 0.97)
        asm.rod(pole.at(0.0, side), pole.at(up_to, side), rng.uniform(0.02, 0.07), rgb(60, 60, 62))
    if rng.random() < 0.2:  # climbing steps
        add_steps(asm, rng, pole)
    if rng.random() < 0.06:
        cloth = np.array([[0, 0, 0], [rng.uniform(0.5, 1.4), 0.3, -0.2], [1.0, 0.2, -0.9], [0, 0, -0.8]])
        corner = pole.at(rng.uniform(0.4, 0.8) * height, _level(0.0))
        asm.quads.append((cloth + corner, rgb(*weighted(rng, CLOTHS)), FITTING))


def add_steps(asm: Assembly, rng: np.random.Generator, pole: Trunk) -> None:
    """Climbing steps, left and right in turn."""
    turn = rng.uniform(0, np.pi)
    for k, z in enumerate(np.arange(rng.uniform(2.0, 3.5), float(pole.end[2]) - 0.6, 0.45)):
        side = _level(turn + np.pi * (k % 2))
        asm.rod(pole.at(z, side, 0.0), pole.at(z, side, 0.16), 0.02, rgb(120, 120, 120))


def _add_signs(asm: Assembly, rng: np.random.Generator, pole: Trunk, height_m: float) -> None:
    colour = rgb(*weighted(rng, SIGNS))
    corners = np.array([[-0.1, 0, -0.14], [0.1, 0, -0.14], [0.1, 0, 0.14], [-0.1, 0, 0.14]])
    for angle in (np.pi / 2, -np.pi / 2):
        asm.quads.append((corners + pole.at(height_m, _level(angle)), colour, FITTING))


def _level(angle_rad: float) -> F64:
    return point(float(np.cos(angle_rad)), float(np.sin(angle_rad)), 0.0)
