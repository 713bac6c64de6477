"""Lattice steel: four-legged towers, portals and cat-head towers as members between projected ends."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.canvas import F32, F64, POLE
from core.render.pole_scene.draws import Draws
from core.render.pole_scene.fittings import add_string, draw_insulator_kind, up
from core.render.pole_scene.geometry import point
from core.render.pole_scene.light import rgb
from core.render.pole_scene.surfaces import STEELS, jittered

_CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)


class _Paint:
    """Colour of a member by where it is: one colour, or red and white bands along a direction."""

    def __init__(self, draws: Draws, height_m: float) -> None:
        finish = draws.choice(
            "steel",
            ["galvanised", "dull", "bright", "dark", "rusty", "green paint", "red-white"],
            [6, 4, 3, 2, 1.5, 0.7, 2.5],
        )
        self.banded = finish == "red-white"
        self.base = jittered(draws.rng, rgb(*STEELS.get(finish, STEELS["bright"])), 0.12)
        red = [(200, 60, 74), (226, 110, 130), (176, 44, 40)][int(draws.rng.integers(3))]
        self.red = jittered(draws.rng, rgb(*red), 0.1)
        self.white = jittered(draws.rng, rgb(228, 224, 226), 0.06)
        self.band_m = height_m / float(draws.rng.integers(3, 9))
        self.axis = np.array([draws.rng.choice([0.0, 0.6]), 0.0, 1.0])
        self.rng = draws.rng

    def __call__(self, at: F64) -> F32:
        if not self.banded:
            return self.base * np.float32(self.rng.uniform(0.8, 1.2))
        return self.red if int(np.floor(at @ self.axis / self.band_m)) % 2 else self.white


class _Lattice:
    """Adds members of one tower to an assembly."""

    def __init__(self, asm: Assembly, draws: Draws, height_m: float, scale: float) -> None:
        self.asm, self.rng = asm, draws.rng
        self.paint = _Paint(draws, height_m)
        self.leg_m = draws.uniform("leg_width_m", 0.10, 0.22) * scale
        self.brace_m = self.leg_m * draws.uniform("brace_of_leg", 0.35, 0.75)
        self.pattern = draws.choice("bracing", ["x", "k", "zigzag", "x and girt"], [4, 2, 2, 3])

    def member(self, a: F64, b: F64, width_m: float) -> None:
        """One angle bar; long ones in two pieces so that bands show."""
        pieces = 3 if self.paint.banded and abs(b[2] - a[2]) > self.paint.band_m else 1
        ends = [a + (b - a) * k / pieces for k in range(pieces + 1)]
        for p, q in pairwise(ends):
            self.asm.rod(p, q, width_m, self.paint((p + q) / 2), POLE, tone=0.28)

    def column(self, stations: list[tuple[F64, float, float]]) -> None:
        """A four-legged column through sections (centre, half width x, half width y)."""
        rings = [np.array([c + point(sx * hx, sy * hy, 0) for sx, sy in _CORNERS]) for c, hx, hy in stations]
        for k, (low, high) in enumerate(pairwise(rings)):
            for i in range(4):
                j = (i + 1) % 4
                self.member(low[i], high[i], self.leg_m)
                self._brace(low[i], low[j], high[i], high[j], k)

    def _brace(self, a: F64, b: F64, c: F64, d: F64, k: int) -> None:
        if self.pattern == "k":
            middle = (c + d) / 2
            self.member(a, middle, self.brace_m)
            self.member(b, middle, self.brace_m)
            self.member(c, d, self.brace_m)
        elif self.pattern == "zigzag":
            self.member(*((a, d) if k % 2 else (b, c)), self.brace_m)
        else:
            self.member(a, d, self.brace_m)
            self.member(b, c, self.brace_m)
        if self.pattern == "x and girt":
            self.member(c, d, self.brace_m)

    def arm(self, root: F64, tip: F64, depth_m: float, half_y: float, panels: int) -> None:
        """A crossarm that narrows from two chords below and one above to its tip."""
        chords = [root + point(0, half_y, 0), root - point(0, half_y, 0), root + up(depth_m)]
        points = [[c + (tip - c) * t for c in chords] for t in np.linspace(0, 1, panels + 1)]
        for p, q in pairwise(points):
            for i in range(3):
                self.member(p[i], q[i], self.brace_m * 1.3)
                self.member(p[i], q[(i + 1) % 3], self.brace_m * 0.8)
            self.member(p[0], p[1], self.brace_m * 0.8)
            self.member(p[0], p[2], self.brace_m * 0.8)

    def beam(self, a: F64, b: F64, half_y: float, depth_m: float, panels: int) -> None:
        """A box girder between two points at one height."""
        sections = []
        for t in np.linspace(0, 1, panels + 1):
            c = a + (b - a) * t
            sections.append([c + point(0, s * half_y, z) for s, z in ((-1, 0), (1, 0), (1, depth_m), (-1, depth_m))])
        for k, (p, q) in enumerate(pairwise(sections)):
            for i in range(4):
                j = (i + 1) % 4
                self.member(p[i], q[i], self.brace_m * 1.4)
                self.member(*((p[i], q[j]) if k % 2 else (p[j], q[i])), self.brace_m * 0.8)


def build_lattice(draws: Draws) -> Assembly:
    """A lattice tower of one of four forms, with insulator strings ready for wires."""
    asm = Assembly()
    form = draws.choice("form", ["pylon", "portal", "cat head", "mast"], [5, 3, 2, 2])
    height = draws.uniform(
        "height_m", *{"pylon": (18, 45), "portal": (14, 30), "cat head": (20, 40), "mast": (9, 22)}[form]
    )
    steel = _Lattice(asm, draws, height, 0.55 if form == "mast" else 1.0)
    tips = {"pylon": _pylon, "portal": _portal, "cat head": _cat_head, "mast": _mast}[form](steel, draws, height)
    kind = draw_insulator_kind(draws)
    strain = draws.chance("strain", 0.45)
    discs = int(draws.rng.integers(5, 16)) * (1 if "polymer" not in kind else 2)
    for tip in tips:
        if strain:
            for s in (-1.0, 1.0):
                end = add_string(asm, draws.rng, kind, tip, np.array([0.0, s, -0.1]), discs)
                asm.attachments.append((end, s))
        else:
            asm.attachments.append((add_string(asm, draws.rng, kind, tip, -up(1.0), discs), 0.0))
    asm.attachments += [(np.array([x, 0.0, height]), 0.0) for x in ([0.0] if form in ("pylon", "mast") else [])]
    return asm


def _stations(height: float, profile: list[tuple[float, float]], ratio: float) -> list[tuple[F64, float, float]]:
    """Sections up a column whose panels are about as high as they are wide."""
    zs, ws = zip(*profile, strict=True)
    z, out = 0.0, []
    while z < height * 0.995:
        w = float(np.interp(z, zs, ws))
        out.append((up(z), w, w))
        z += max(w * 2 * ratio, height * 0.02)
    w = float(ws[-1])
    out.append((up(height), w, w))
    return out


def _pylon(steel: _Lattice, draws: Draws, height: float) -> list[F64]:
    rng = steel.rng
    waist, base = height * rng.uniform(0.018, 0.035), height * rng.uniform(0.07, 0.14)
    neck = height * rng.uniform(0.5, 0.68)
    steel.column(
        _stations(
            height, [(0, base), (neck, waist), (height * 0.95, waist * 0.7), (height, 0.08)], rng.uniform(0.8, 1.3)
        )
    )
    levels = int(rng.integers(1, 4))
    tips = []
    longest = height * rng.uniform(0.1, 0.22)
    for k in range(levels):
        z = neck + (height * 0.94 - neck) * (k + 0.3) / levels
        reach = longest * (1.0 if levels == 1 else rng.uniform(0.7, 1.0))
        for s in (-1, 1):
            tip = np.array([s * (waist + reach), 0, z + rng.uniform(0, 0.2)])
            steel.arm(np.array([s * waist, 0, z]), tip, height * 0.035, waist, int(rng.integers(3, 6)))
            tips.append(tip)
    return tips


def _mast(steel: _Lattice, draws: Draws, height: float) -> list[F64]:
    rng = steel.rng
    base = rng.uniform(0.25, 0.6)
    steel.column(_stations(height, [(0, base), (height, base * rng.uniform(0.4, 1.0))], rng.uniform(0.8, 1.4)))
    tips = []
    for k in range(int(rng.integers(1, 4))):
        z, reach = height - 0.2 - k * rng.uniform(0.9, 1.8), rng.uniform(0.8, 2.2)
        for s in (-1, 1):
            tip = np.array([s * reach, 0, z])
            steel.arm(np.array([s * base * 0.5, 0, z]), tip, 0.35, base * 0.5, 3)
            tips.append(tip)
    return tips


def _portal(steel: _Lattice, draws: Draws, height: float) -> list[F64]:
    rng = steel.rng
    spread, girder = height * rng.uniform(0.2, 0.4), height * rng.uniform(0.78, 1.0)
    base, waist = rng.uniform(0.4, 1.4), rng.uniform(0.3, 0.7)
    for s in (-1, 1):
        lean = s * rng.uniform(0, 0.15) * height * 0.2
        column = _stations(height, [(0, base), (height, waist)], rng.uniform(0.9, 1.4))
        steel.column([(c + point(s * spread + lean * (1 - c[2] / height), 0, 0), hx, hy) for c, hx, hy in column])
    half = spread * rng.uniform(1.3, 2.0)
    depth = rng.uniform(0.5, 1.4)
    steel.beam(np.array([-half, 0, girder]), np.array([half, 0, girder]), waist, depth, int(half * 2 / max(depth, 0.8)))
    if rng.random() < 0.6:
        for s in (-1, 1):
            steel.member(np.array([s * spread, 0, height * 0.3]), np.array([-s * spread, 0, girder]), steel.leg_m * 0.8)
    return [np.array([x * half * 0.95, 0, girder]) for x in (-1, 0, 1)]


def _cat_head(steel: _Lattice, draws: Draws, height: float) -> list[F64]:
    rng = steel.rng
    waist_z, girder = height * rng.uniform(0.5, 0.62), height * rng.uniform(0.8, 0.9)
    base, waist = height * rng.uniform(0.08, 0.14), height * rng.uniform(0.015, 0.03)
    steel.column(_stations(waist_z, [(0, base), (waist_z, waist)], rng.uniform(0.8, 1.2)))
    half = height * rng.uniform(0.16, 0.24)
    for s in (-1, 1):
        fork = []
        for t in np.linspace(0, 1, 7):
            fork.append(
                (
                    np.array([s * (waist * 0.5 + half * 0.75 * t), 0, waist_z + (girder - waist_z) * t]),
                    waist * 0.5,
                    waist,
                )
            )
        fork.append((np.array([s * half * 0.85, 0.0, height]), waist * 0.15, waist * 0.2))
        steel.column(fork)
    steel.beam(np.array([-half * 1.35, 0, girder]), np.array([half * 1.35, 0, girder]), waist, height * 0.035, 14)
    return [np.array([x * half * 1.3, 0, girder]) for x in (-1, 0, 1)]
