"""The two rods of a shackle joint as closed solids, worn where they bear on each other.

Frame, in rod radii: the contact is the origin and the load pulls along z. The upper rod is a U that
opens upwards, its bend along x; the lower rod is a U that opens downwards, its bend along y (turned by
the twist). With overlap depth d the rods' centres at the contact are D = 2 − d apart.

The overlap of the whole rods is divided by a saddle: the upper rod's top surface lowered by ``share``
of the local overlap height. What lies above it is cut from the upper rod and what lies below from the
lower rod, so that the worn rods touch on the saddle, share the loss, and never interpenetrate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import manifold3d
import numpy as np
from numpy.typing import NDArray

from core.errors import RenderError
from core.render.shackle_variables import ShackleVariables
from core.render.surface import FloatArray, SurfaceMesh, solid_mesh

AROUND = 48  # vertices around a rod
ARC_STEP_R = 0.22  # longest step along a bend
SADDLE_NODES = 33
SADDLE_HALF_R = 1.03
CREASE_DEG = 38.0


@dataclass(frozen=True, slots=True)
class Bend:
    """A U-shaped rod's centre line in its own plane: coordinate s along the bend, t across the plane.

    Attributes:
        bend_radius_r: radius of the arc.
        leg_length_r: length of the straight legs.
        flare_deg: each leg's lean outwards from parallel.
    """

    bend_radius_r: float
    leg_length_r: float
    flare_deg: float

    @property
    def half_arc_rad(self) -> float:
        """Angle from the lowest point of the arc to where the legs begin."""
        return math.pi / 2 - math.radians(self.flare_deg)

    def stations(self) -> tuple[FloatArray, FloatArray]:
        """Centre line and tangents, each float64 (n, 2) as (s, height above the arc's lowest point)."""
        half = self.half_arc_rad
        # Odd, so that the arc's lowest point is a vertex: unworn rods then touch in it exactly.
        count = 2 * math.ceil(half * (self.bend_radius_r + 1.0) / ARC_STEP_R) + 1
        phi = np.linspace(-half, half, count)
        arc = np.stack([np.sin(phi), 1.0 - np.cos(phi)], 1) * self.bend_radius_r
        tangent = np.stack([np.cos(phi), np.sin(phi)], 1)
        first = arc[0] - tangent[0] * self.leg_length_r
        last = arc[-1] + tangent[-1] * self.leg_length_r
        return np.vstack([first, arc, last]), np.vstack([tangent[0], tangent, tangent[-1]])

    def inner_height(self, s: FloatArray, t: FloatArray) -> FloatArray:
        """Height of the bend's inner surface above the arc's lowest centre, in closed form (a torus)."""
        reach = self.bend_radius_r - np.sqrt(np.maximum(1.0 - t * t, 0.0))
        return self.bend_radius_r - np.sqrt(np.maximum(reach * reach - s * s, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class RodMesh(SurfaceMesh):
    """One rod, ready to render, in rod radii; texture coordinates are turns around and circumferences along.

    Attributes:
        whole_volume_r3, volume_r3: before and after wear.
    """

    whole_volume_r3: float
    volume_r3: float


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """Both worn rods, as meshes and as the solids that the meshes were taken from."""

    upper: RodMesh
    lower: RodMesh
    upper_solid: manifold3d.Manifold
    lower_solid: manifold3d.Manifold

    def interpenetration_r3(self) -> float:
        """Volume that the worn rods share: 0 but for rounding."""
        return float((self.upper_solid ^ self.lower_solid).volume())


def build_joint(variables: ShackleVariables) -> Joint:
    """Sweep, cut and mesh the two rods of a joint.

    Raises:
        RenderError: the boolean leaves an empty or open solid.
    """
    centre_r = 1.0 - variables.overlap_depth_r / 2.0
    upper_bend = Bend(variables.bend_radius_r, variables.leg_length_r, variables.flare_deg)
    lower_bend = Bend(2.0 + variables.clearance_r, variables.leg_length_r, variables.flare_deg)
    upper_axes = _axes(0.0, opens=1.0)
    lower_axes = _axes(90.0 + variables.twist_deg, opens=-1.0)
    upper = _rod(upper_bend, variables.ending, upper_axes, -centre_r)
    lower = _rod(lower_bend, variables.ending, lower_axes, centre_r)
    above, below = _saddle_halves(variables, upper_bend, lower_bend, centre_r)
    overlap = upper ^ lower
    worn_upper, worn_lower = upper, lower
    if not overlap.is_empty():
        worn_upper, worn_lower = upper - (overlap ^ above), lower - (overlap ^ below)
    for name, solid in (("upper rod", worn_upper), ("lower rod", worn_lower)):
        if solid.is_empty() or solid.status() != manifold3d.Error.NoError:
            raise RenderError(f"{name}: expected a closed solid, received {solid.status()}; choose other variables")
    return Joint(
        upper=_mesh(worn_upper, upper.volume(), upper_bend, upper_axes, -centre_r, 0.0),
        lower=_mesh(worn_lower, lower.volume(), lower_bend, lower_axes, centre_r, 0.37),
        upper_solid=worn_upper,
        lower_solid=worn_lower,
    )


def _axes(turn_deg: float, *, opens: float) -> FloatArray:
    """Rows: directions of s (along the bend), t (across it) and of the opening, in the joint's frame."""
    turn = math.radians(turn_deg)
    along = np.array([math.cos(turn), math.sin(turn), 0.0])
    opening = np.array([0.0, 0.0, opens])
    return np.stack([along, np.cross(opening, along), opening])


def _rod(bend: Bend, ending: str, axes: FloatArray, lowest_z: float) -> manifold3d.Manifold:
    """The whole rod with what closes its legs, placed in the joint's frame."""
    centre, tangent = bend.stations()
    solid = _sweep(centre, tangent)
    if ending == "link":
        solid += _sweep(*_closing_arc(centre[0], centre[-1]))
    else:
        solid += _pin_and_eyes(float(centre[-1, 0]), float(centre[-1, 1]))
    place = np.concatenate([axes.T, [[0.0], [0.0], [lowest_z]]], 1)
    return solid.transform(place)


def _closing_arc(first: FloatArray, last: FloatArray) -> tuple[FloatArray, FloatArray]:
    radius = (last[0] - first[0]) / 2.0
    phi = np.linspace(0.0, math.pi, 2 * math.ceil(math.pi * (radius + 1.0) / ARC_STEP_R / 2) + 1)
    centre = np.stack([np.cos(phi), np.sin(phi)], 1) * radius + (first + last) / 2.0
    return centre, np.stack([-np.sin(phi), np.cos(phi)], 1)


def _pin_and_eyes(half_width: float, height: float) -> manifold3d.Manifold:
    """Eyes at the legs' ends with a bolt through them: head at one side, nut at the other."""

    def along_s(radius: float, start: float, length: float, segments: int) -> manifold3d.Manifold:
        lying = manifold3d.Manifold.cylinder(length, radius, circular_segments=segments).rotate((0.0, 90.0, 0.0))
        return lying.translate((start, 0.0, height))

    parts = [along_s(1.75, side * half_width - 1.0, 2.0, AROUND) for side in (-1, 1)]
    parts.append(along_s(0.95, -half_width - 2.6, 2 * half_width + 5.0, AROUND))
    parts.append(along_s(1.6, half_width + 1.0, 0.9, 6))
    parts.append(along_s(1.6, -half_width - 2.1, 1.1, 6))
    return manifold3d.Manifold.batch_boolean(parts, manifold3d.OpType.Add)


def _sweep(centre: FloatArray, tangent: FloatArray) -> manifold3d.Manifold:
    """A round rod of radius 1 along a centre line in the plane t = 0, with flat ends."""
    angle = np.arange(AROUND) * (-2.0 * math.pi / AROUND)  # counter-clockwise about the tangent
    inward = np.stack([-tangent[:, 1], tangent[:, 0]], 1)  # points into the bend
    plane = centre[:, None] + np.cos(angle)[None, :, None] * inward[:, None]
    across = np.broadcast_to(np.sin(angle)[None, :, None], (*plane.shape[:2], 1))
    points = np.concatenate([plane[..., :1], across, plane[..., 1:]], -1).reshape(-1, 3)
    ends = np.stack([centre[0], centre[-1]])
    end_points = np.stack([ends[:, 0], np.zeros(2), ends[:, 1]], 1)
    faces = _tube_faces(len(centre))
    mesh = manifold3d.Mesh(
        np.concatenate([points, end_points]).astype(np.float32), np.ascontiguousarray(faces, dtype=np.uint32)
    )
    solid = manifold3d.Manifold(mesh)
    if solid.volume() < 0 or solid.is_empty():
        raise RenderError(f"rod: expected a closed solid, received {solid.status()}; choose other variables")
    return solid


def _tube_faces(rings: int) -> NDArray[np.int64]:
    ring, step = np.meshgrid(np.arange(rings - 1), np.arange(AROUND), indexing="ij")
    a = ring * AROUND + step
    b = ring * AROUND + (step + 1) % AROUND
    sides = np.concatenate(
        [np.stack([a, b, a + AROUND], -1).reshape(-1, 3), np.stack([b, b + AROUND, a + AROUND], -1).reshape(-1, 3)]
    )
    here = np.arange(AROUND)
    after = (here + 1) % AROUND
    last = (rings - 1) * AROUND
    first_cap = np.stack([after, here, np.full(AROUND, rings * AROUND)], -1)
    last_cap = np.stack([last + here, last + after, np.full(AROUND, rings * AROUND + 1)], -1)
    return np.concatenate([sides, first_cap, last_cap])


def _saddle_halves(
    variables: ShackleVariables, upper: Bend, lower: Bend, centre_r: float
) -> tuple[manifold3d.Manifold, manifold3d.Manifold]:
    """Closed blocks above and below the saddle, as wide as the overlap can be."""
    # Sine spacing: the rods' surfaces fall off vertically at their sides.
    node = SADDLE_HALF_R * np.sin(np.linspace(-math.pi / 2, math.pi / 2, SADDLE_NODES))
    turn = math.radians(variables.twist_deg)
    x, y = np.meshgrid(node / math.cos(turn), node, indexing="ij")
    x = x + y * -math.tan(turn)  # a rhombus: |y| ≤ 1 holds the upper rod, |across| ≤ 1 the lower one
    along = math.cos(turn) * y - math.sin(turn) * x
    across = math.cos(turn) * x + math.sin(turn) * y
    upper_top = -centre_r + upper.inner_height(x, y)
    lower_bottom = centre_r - lower.inner_height(along, across)
    height = (1.0 - variables.share) * upper_top + variables.share * lower_bottom
    return _block(x, y, height, 4.0), _block(x, y, height, -4.0)


def _block(x: FloatArray, y: FloatArray, height: FloatArray, flat_z: float) -> manifold3d.Manifold:
    surface = np.stack([x, y, height], -1).reshape(-1, 3)
    flat = np.stack([x, y, np.full_like(x, flat_z)], -1).reshape(-1, 3)
    n = SADDLE_NODES
    index = np.arange(n * n).reshape(n, n)
    a, b, c, d = (index[:-1, :-1].ravel(), index[1:, :-1].ravel(), index[1:, 1:].ravel(), index[:-1, 1:].ravel())
    sheet = np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)])  # faces +z
    rim = np.concatenate([index[:-1, 0], index[-1, :-1], index[:0:-1, -1], index[0, :0:-1]])
    after = np.roll(rim, -1)
    under = n * n
    walls = np.concatenate([np.stack([rim, rim + under, after], -1), np.stack([after, rim + under, after + under], -1)])
    faces = np.concatenate([sheet, sheet[:, ::-1] + under, walls])  # right way out when flat lies below
    if flat_z > 0:
        faces = faces[:, ::-1]
    return manifold3d.Manifold(
        manifold3d.Mesh(
            np.concatenate([surface, flat]).astype(np.float32), np.ascontiguousarray(faces, dtype=np.uint32)
        )
    )


def _mesh(
    solid: manifold3d.Manifold, whole_r3: float, bend: Bend, axes: FloatArray, lowest_z: float, turn: float
) -> RodMesh:
    def texcoords(positions: FloatArray, normals: FloatArray) -> FloatArray:
        return _texcoords((positions - np.array([0.0, 0.0, lowest_z])) @ axes.T, bend, turn)

    mesh = solid_mesh(solid, CREASE_DEG, texcoords)
    return RodMesh(mesh.vertices, mesh.normals, mesh.texcoords, mesh.faces, float(whole_r3), float(solid.volume()))


def _texcoords(local: FloatArray, bend: Bend, turn: float) -> FloatArray:
    """Turns around the rod (0 to 1) and length along it in rod circumferences, from positions."""
    s, t, height = local.T
    rise = bend.bend_radius_r - height
    phi = np.clip(np.arctan2(s, rise), -bend.half_arc_rad, bend.half_arc_rad)
    inward = bend.bend_radius_r - (s * np.sin(phi) + rise * np.cos(phi))
    leg = s * np.cos(phi) - rise * np.sin(phi)  # 0 on the arc, beyond it the way along the leg
    length = phi * bend.bend_radius_r + leg
    around = np.arctan2(t, inward) / (2.0 * math.pi)
    return np.stack([around % 1.0, length / (2.0 * math.pi) + turn], 1)
