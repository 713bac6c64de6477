"""Poles of wood with what they carry, and the next poles of their line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.canvas import F64, POLE, Surface
from core.render.pole_scene.clutter import Trunk, add_clutter
from core.render.pole_scene.draws import Draws
from core.render.pole_scene.fittings import (
    add_hardware,
    add_stay,
    add_transformer,
    crossarm_surface,
    draw_insulator_kind,
    hang_phases,
    up,
)
from core.render.pole_scene.geometry import point
from core.render.pole_scene.light import rgb
from core.render.pole_scene.street import add_lamp, add_nest, add_street_cables
from core.render.pole_scene.surfaces import concrete, wood
from core.render.pole_scene.tops import add_top, draw_top_kind


def add_wood_pole(
    asm: Assembly,
    draws: Draws,
    foot: Sequence[float],
    end: F64,
    top_radius_m: float,
    surface: Surface,
    top_kind: dict[str, float | str],
) -> None:
    """One tapering wood pole with its cap or bare end."""
    base = np.asarray(foot, float)
    length = float(np.linalg.norm(end - base))
    axis = (end - base) / length
    _add_shaft(asm, draws.rng, (base, end), (top_radius_m * (1 + 0.045 * length), top_radius_m), surface)
    add_top(asm, draws, top_kind, (end, axis, top_radius_m), surface, length)


def _add_shaft(
    asm: Assembly, rng: np.random.Generator, axis: tuple[F64, F64], radii_m: tuple[float, float], surface: Surface
) -> None:
    """A pole as it grew: swept a little to one side below, of uneven thickness, true at its top."""
    base, end = axis
    length = float(np.linalg.norm(end - base))
    sweep = length * rng.normal(0, 0.0022 if rng.random() < 0.85 else 0.005, 2)
    shares = np.linspace(0, 1, 7)
    bow = 6.75 * shares * (1 - shares) ** 2  # highest a third up, and no slope left at the top
    points = base + (end - base) * shares[:, None] + bow[:, None] * np.array([*sweep, 0.0])
    radii = np.interp(shares, [0, 1], radii_m) * np.concatenate([[1.04], rng.normal(1, 0.02, 5), [1]])
    for k, (p, q) in enumerate(pairwise(points)):
        pair = (float(radii[k]), float(radii[k + 1]))
        asm.round(p, q, pair, surface, POLE, surface, v_start_m=length * float(shares[k]))


def build_wood(draws: Draws, missing_share: float, for_tops: bool = False) -> Assembly:
    """A wood structure: single pole, H-frame (two poles under one crossarm) or three poles in a row."""
    asm, rng = Assembly(), draws.rng
    height = draws.uniform("height_m", 8.0, 17.0)
    radius = draws.uniform("top_radius_m", 0.085, 0.165)
    kind = draws.choice("wood", ["creosote", "brown", "weathered grey", "pale", "green"], [4, 4, 5.5, 1.5, 1])
    form = draws.choice("form", ["single", "h-frame", "triple"], [3, 7, 0.5] if for_tops else [6, 4.5, 0.5])
    wrapped = height - draws.uniform("mesh_m", 0.8, 4.0) if draws.chance("mesh_wrap", 0.28) else None
    top_kind = draw_top_kind(draws, missing_share)
    spacing = draws.uniform("pole_spacing_m", 1.6, 4.5)
    xs = {"single": [0.0], "h-frame": [-spacing / 2, spacing / 2], "triple": [-spacing, 0.0, spacing]}[form]
    lean = rng.normal(0, 0.02, 2) if rng.random() < 0.65 else rng.normal(0, 0.11, 2)
    for x in xs:
        end = np.array([x + lean[0] * height, lean[1] * height, height + rng.normal(0, 0.08)])
        splay = rng.normal(0, 0.05) + (0.03 * x * height / 10 if form == "h-frame" else 0)
        surface = wood(rng, kind, wrapped, stands=True)
        add_wood_pole(asm, draws, (x + splay, 0, 0), end, radius * rng.uniform(0.93, 1.07), surface, top_kind)
        if rng.random() < 0.5:
            add_clutter(asm, rng, Trunk(point(x + splay, 0, 0), end, (radius * (1 + 0.045 * height), radius)))
        if rng.random() < 0.6:
            add_hardware(asm, rng, end, radius)
    _dress(asm, draws, xs, height, radius, kind, lean * height)
    return asm


def _dress(asm: Assembly, draws: Draws, xs: list[float], height: float, radius: float, kind: str, shift: F64) -> None:
    rng = draws.rng
    single = len(xs) == 1
    if single and draws.chance("bare_pole", 0.22):
        hooks = int(rng.integers(0, 4))
        for k in range(hooks):
            asm.attachments.append((np.array([shift[0] + radius * 1.5, shift[1], height - 0.25 - 0.35 * k]), 0.0))
        return
    arms = 1 if not single or rng.random() < 0.7 else 2
    surface = crossarm_surface(draws, kind)
    insulator = draw_insulator_kind(draws)
    style = draws.choice("suspension", ["strain", "suspension", "pin"], [3, 2, 4] if single else [5, 3, 1])
    drop = draws.log_uniform("crossarm_drop_m", 0.06, 1.2)
    for arm in range(arms):
        z = height - drop - arm * rng.uniform(0.6, 1.4)
        half = rng.uniform(0.6, 1.6) if single else xs[-1] + rng.uniform(0.2, 2.2)
        section = rng.uniform(0.09, 0.22)
        for side in (1, -1) if (not single and rng.random() < 0.25) else (1,):
            y = shift[1] + side * (radius + section / 2) * rng.uniform(0.85, 1.05)
            a, b = (shift[0] - half, y, z), (shift[0] + half, y, z + rng.normal(0, 0.03))
            if rng.random() < 0.15:
                asm.round(a, b, (section / 2, section / 2), surface, v_start_m=0.0)
            else:
                asm.beam(a, b, section * rng.uniform(0.6, 1.0), section, surface)
        phases = [-half * 0.93, rng.choice([0.0, half * 0.3]), half * 0.93]
        if not single and rng.random() < 0.4:  # beside the poles rather than at the crossarm's ends
            phases = [xs[0] - rng.uniform(0.2, 0.5), 0.0, xs[-1] + rng.uniform(0.2, 0.5)]
        hang_phases(asm, draws, [shift[0] + p for p in phases], z, y, section / 2, insulator, style)
        if single and rng.random() < 0.6:
            for s in (-1, 1):
                asm.rod(
                    (shift[0] + s * half * 0.6, y, z),
                    (shift[0], y, z - half * 0.6),
                    0.035,
                    rgb(150, 152, 154),
                    tone=0.2,
                )
    if not single and draws.chance("x_brace", 0.5):
        low, high = height * rng.uniform(0.3, 0.6), height - drop - rng.uniform(0.3, 1.5)
        brace = rgb(80, 66, 54) if rng.random() < 0.6 else rgb(140, 142, 144)
        for s in (-1, 1):
            asm.rod((s * xs[0], 0.1 * s, low), (-s * xs[0], 0.1 * s, high), rng.uniform(0.05, 0.14), brace, tone=0.15)
    trunk = Trunk(point(xs[0], 0, 0), point(xs[0] + float(shift[0]), float(shift[1]), height), (radius * 1.4, radius))
    if draws.chance("nest", 0.03):
        add_nest(asm, rng, point(float(shift[0]) + rng.uniform(-0.6, 0.6), float(shift[1]), height - drop + 0.15))
    if single and draws.chance("lamp", 0.15):
        add_lamp(asm, rng, trunk)
    if single and draws.chance("street_cables", 0.35):
        add_street_cables(asm, rng, trunk)
    if draws.chance("transformer", 0.15):
        add_transformer(asm, draws, 0.0 if not single else radius + 0.35, 0.45, height - rng.uniform(1.5, 3.0))
    for _ in range(int(rng.integers(0, 3)) if rng.random() < 0.35 else 0):
        add_stay(asm, rng, np.array([xs[0], 0, height - drop - 0.2]), rng.uniform(3, 9), rng.uniform(0, 2 * np.pi))


def add_neighbours(asm: Assembly, draws: Draws, label: str) -> None:
    """The line's next poles of wood or concrete, where its spans end; they are too far for details."""
    rng, height = draws.rng, float(draws.record["height_m"])
    span = float(draws.record["span_m"])
    surface = wood(rng, str(draws.record["wood"])) if label == "TREE" else concrete(rng)
    for side, way in ((-1, "back"), (1, "ahead")):
        turn = np.radians(float(draws.record[f"line_turn_{way}_deg"]))
        foot = point(float(np.sin(turn)) * span, side * float(np.cos(turn)) * span, 0)
        spread = float(draws.record.get("pole_spacing_m", 0.0)) if draws.record["form"] == "h-frame" else 0.0
        for x in (-spread / 2, spread / 2) if spread else (0.0,):
            at = foot + point(x, 0, 0)
            asm.round(at, at + up(height), (0.2, 0.13), surface, POLE, surface)
        arm = max((abs(float(p[0])) for p, _ in asm.attachments), default=0.5)
        asm.rod(foot + point(-arm, 0, height - 0.3), foot + point(arm, 0, height - 0.3), 0.14, rgb(90, 84, 78))
