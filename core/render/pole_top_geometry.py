"""Solids of a wood pole's top: pole, end grain, cap, crossarm and insulators.

Frame, in radii of the pole's top: the top's centre is the origin, z is up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from manifold3d import CrossSection
from manifold3d import Manifold as Solid

from core.render.pole_top_variables import PoleTopVariables
from core.render.surface import NOTHING, FloatArray, SurfaceMesh, solid_mesh

AROUND = 64
POLE_LENGTH_R = 60.0
POLE_FLARE = 0.008  # widening per radius of length
END_THICKNESS_R = 0.04
CREASE_DEG = 32.0
WIRE_R = 0.07


def build_pole_top(variables: PoleTopVariables) -> Mapping[str, SurfaceMesh]:
    """Mesh all parts; those that the scene does not have are a speck out of sight.

    Returns:
        ``pole``, ``end`` (end grain), ``cap``, ``arm`` (crossarm), ``steel`` (wires, bolts) and ``insulators``.
    """
    rng = np.random.default_rng([variables.detail_seed, 41])
    missing = variables.cap == "missing"
    cut_deg = variables.cut_deg if missing else 0.0
    normal = (math.sin(math.radians(cut_deg)), 0.0, math.cos(math.radians(cut_deg)))
    trunk = Solid.cylinder(POLE_LENGTH_R + 1.0, 1.0 + POLE_FLARE * POLE_LENGTH_R, 1.0, circular_segments=AROUND)
    trunk = trunk.translate((0.0, 0.0, -POLE_LENGTH_R))
    turn_deg = float(rng.uniform(0.0, 360.0))
    pole = trunk.trim_by_plane(tuple(-c for c in normal), 0.0).rotate((0.0, 0.0, turn_deg))
    end = trunk.trim_by_plane(tuple(-c for c in normal), -0.002).trim_by_plane(normal, -END_THICKNESS_R)
    end = end.scale((1.002, 1.002, 1.0)).rotate((0.0, 0.0, turn_deg))
    parts = {
        "pole": solid_mesh(pole, CREASE_DEG, _around),
        "end": solid_mesh(end, CREASE_DEG, _from_above, goes_around=False) if missing else NOTHING,
        "cap": NOTHING if missing else solid_mesh(_cap(variables, rng), CREASE_DEG, _from_above, goes_around=False),
    }
    for name, solids in _crossarm(variables, rng).items():
        turned = Solid.compose([part.rotate((0.0, 0.0, variables.crossarm_azimuth_deg)) for part in solids])
        parts[name] = solid_mesh(turned, CREASE_DEG, _by_side, goes_around=False) if solids else NOTHING
    return MappingProxyType(parts)


def _cap(variables: PoleTopVariables, rng: np.random.Generator) -> Solid:
    outer, skirt, rise = variables.cap_radius_r, variables.cap_skirt_r, variables.cap_height_r
    rim = [(0.0, -0.02), (1.0, -0.02), (1.0, -skirt), (outer, -skirt)]
    if variables.cap == "conical":
        profile = [*rim, (outer, 0.04), (0.04, rise), (0.0, rise)]
    elif variables.cap == "domed":
        angle = np.linspace(0.0, math.pi / 2, 14)
        profile = [*rim, *zip(outer * np.cos(angle), 0.04 + rise * np.sin(angle), strict=True)]
    else:
        edge = float(rng.uniform(0.02, 0.07))
        profile = [*rim, (outer, 0.03), (outer - edge, 0.03 + edge), (0.0, 0.05 + edge)]
    cap = Solid.revolve(CrossSection([profile]), AROUND)
    for bolt in range(int(rng.integers(0, 5)) if variables.cap == "flat" else 0):
        turn = math.radians(90.0 * bolt + rng.normal(0.0, 8.0))
        head = Solid.cylinder(0.07, 0.075, 0.06, circular_segments=12)
        cap += head.translate((0.62 * math.cos(turn), 0.62 * math.sin(turn), 0.07))
    leaning = cap.rotate((variables.cap_tilt_deg, 0.0, float(rng.uniform(0.0, 360.0))))
    # Askew it rests on the pole's edge, or the wood would poke through.
    lift = math.sin(math.radians(variables.cap_tilt_deg))
    return leaning.translate((float(rng.normal(0.0, 0.015)), float(rng.normal(0.0, 0.015)), lift))


def _crossarm(variables: PoleTopVariables, rng: np.random.Generator) -> dict[str, list[Solid]]:
    """Arm beside the pole along x, with its insulators and wires."""
    arm: list[Solid] = []
    steel: list[Solid] = []
    insulators: list[Solid] = []
    parts = {"arm": arm, "steel": steel, "insulators": insulators}
    if variables.crossarm_z_r >= 0.0:
        return parts
    width, height = float(rng.uniform(0.5, 1.0)), float(rng.uniform(0.6, 1.3))
    half_length = float(rng.uniform(6.0, 15.0))
    shift = float(rng.uniform(-0.4, 0.4)) * half_length
    top, aside = variables.crossarm_z_r, 1.0 + width / 2
    arm.append(Solid.cube((2 * half_length, width, height), True).translate((shift, aside, top - height / 2)))
    if rng.random() < 0.3:  # a pair of arms holds the pole between them
        arm.append(arm[0].translate((0.0, -2 * aside, 0.0)))
    middle_z = top - height / 2
    steel.append(_bar((0.0, -1.4, middle_z), (0.0, aside + width, middle_z), 0.12))
    steel.append(Solid.cube((0.7, 0.08, 1.2), True).translate((0.0, -1.0, middle_z)))
    for place in (-0.85, -0.3 * rng.random() - 0.35, 0.35 + 0.3 * rng.random(), 0.85):
        x = shift + half_length * float(place)
        if variables.insulators == "pins":
            insulators.append(_shed_stack(rng, 3).translate((x, aside, top)))
            steel.append(_bar((x, -POLE_LENGTH_R, top + 1.75), (x, POLE_LENGTH_R, top + 1.75), WIRE_R))
        elif variables.insulators == "discs":
            for side in (-1.0, 1.0):
                string = _disc_string(rng).rotate((-90.0 * side, 0.0, 0.0))
                start = aside + side * width / 2
                insulators.append(string.translate((x, start + side * 0.5, top - 0.2)))
                steel.append(_bar((x, start, top - 0.2), (x, side * POLE_LENGTH_R, top - 0.2), WIRE_R))
    return parts


def _shed_stack(rng: np.random.Generator, sheds: int) -> Solid:
    """A pin insulator: sheds that narrow upwards, with a groove for the wire on top."""
    profile = [(0.0, 0.0), (0.12, 0.0), (0.12, 0.35)]
    wide = float(rng.uniform(0.55, 0.85))
    for shed in range(sheds):
        low, reach = 0.35 + 0.4 * shed, wide * (1.0 - 0.17 * shed)
        profile += [(reach, low), (reach, low + 0.08), (0.32, low + 0.32)]
    profile += [(0.28, 1.55), (0.2, 1.68), (0.28, 1.85), (0.0, 1.9)]
    return Solid.revolve(CrossSection([profile]), 32)


def _disc_string(rng: np.random.Generator) -> Solid:
    """Cap-and-pin discs in a row along z, as a strain string."""
    reach = float(rng.uniform(0.6, 0.95))
    profile = [(0.0, 0.0)]
    for disc in range(int(rng.integers(2, 5))):
        low = 0.3 + 0.75 * disc
        profile += [(0.1, low - 0.25), (0.12, low), (reach, low + 0.05), (reach, low + 0.12), (0.3, low + 0.3)]
        profile += [(0.22, low + 0.48)]
    profile += [(0.0, profile[-1][1] + 0.05)]
    return Solid.revolve(CrossSection([profile]), 32)


def _bar(start: tuple[float, float, float], end: tuple[float, float, float], radius: float) -> Solid:
    """A round bar parallel to y."""
    length = abs(end[1] - start[1])
    lying = Solid.cylinder(length, radius, circular_segments=12).rotate((-90.0, 0.0, 0.0))
    return lying.translate((float(start[0]), min(start[1], end[1]), float(start[2])))


def _around(positions: FloatArray, normals: FloatArray) -> FloatArray:
    """Turns about z, and height in circumferences."""
    turns = np.arctan2(positions[:, 1], positions[:, 0]) / (2.0 * math.pi)
    return np.stack([turns % 1.0, positions[:, 2] / (2.0 * math.pi)], 1)


def _from_above(positions: FloatArray, normals: FloatArray) -> FloatArray:
    """The texture's middle lies on the pole's axis and its rim at 1.7 radii, so that nothing repeats on a top."""
    # Height moves it a little, so that upright skirts have a texture direction too.
    return 0.5 + (positions[:, :2] + 0.15 * positions[:, 2:3]) / 3.4


def _by_side(positions: FloatArray, normals: FloatArray) -> FloatArray:
    """Along the longest way, and across it: for beams, whichever side faces out."""
    across = np.where(np.abs(normals[:, 2]) > 0.7, positions[:, 1] + positions[:, 0], positions[:, 2])
    along = positions[:, 0] - 0.6 * positions[:, 1]
    return np.stack([across / 5.0, along / 5.0], 1)
