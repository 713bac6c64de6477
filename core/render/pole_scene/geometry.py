"""Geometry of round bodies: points, rings, and where rays meet cones, cylinders and their ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Indices = NDArray[np.intp]

NEAREST_M = 0.06
_TURN = np.linspace(0, 2 * np.pi, 33)[:-1]
_CIRCLE = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1)


def point(x_m: float, y_m: float, z_m: float) -> F64:
    """A world point or vector."""
    return np.array([x_m, y_m, z_m], np.float64)


def perpendiculars(axis: F64) -> tuple[F64, F64]:
    """Two unit vectors that stand on ``axis`` and on each other."""
    # spelt out: np.cross and np.linalg cost ten times as much on three numbers
    x, y, z = (float(a) for a in axis)
    length = (x * x + y * y + z * z) ** 0.5 + 1e-12
    x, y, z = x / length, y / length, z / length
    if abs(z) < 0.9:  # e1 = axis × up
        flat = (x * x + y * y) ** 0.5
        e1 = (y / flat, -x / flat, 0.0)
    else:  # e1 = axis × x
        flat = (y * y + z * z) ** 0.5
        e1 = (0.0, z / flat, -y / flat)
    e2 = (y * e1[2] - z * e1[1], z * e1[0] - x * e1[2], x * e1[1] - y * e1[0])
    return np.array(e1), np.array(e2)


def ring(centre: F64, axis: F64, radius_m: float) -> F64:
    """32 points (32, 3) on a circle around an axis."""
    e1, e2 = perpendiculars(axis)
    points: F64 = centre + radius_m * (_CIRCLE[:, :1] * e1 + _CIRCLE[:, 1:] * e2)
    return points


@dataclass(frozen=True, slots=True, eq=False)
class SideHit:
    """Where rays met the side of a round body.

    Attributes:
        where: indices of the rays that met it, (N,).
        depth_m: depth along the optical axis, (N,).
        along_m: length from the body's start, (N,).
        arc_m: arc length around it at its mean radius, (N,).
        normals: unit vectors out of the surface, (N, 3).
    """

    where: Indices
    depth_m: F32
    along_m: F32
    arc_m: F32
    normals: F32


def hit_side(rays: F32, origin: F32, axis: F32, length_m: float, radii_m: tuple[float, float]) -> SideHit:
    """Meet a cone frustum's side with rays.

    Args:
        rays: directions (M, 3); a step of 1 is 1 m of depth.
        origin: the camera, relative to the body's start, (3,).
        axis: unit vector from start to end, (3,).
        length_m: of the body.
        radii_m: at start and end.

    Returns:
        The nearest hit of each ray that has one. Solves |p(t)⊥|² = (r₀ + k·p(t)∥)² for depth t, where p∥
        and p⊥ are the parts of the point along and across the axis and k is the radius's slope.
    """
    slope = np.float32((radii_m[1] - radii_m[0]) / length_m)
    d_axis, o_axis = rays @ axis, np.float32(origin @ axis)
    d_perp, o_perp = rays - d_axis[:, None] * axis, origin - o_axis * axis
    reach = np.float32(radii_m[0]) + slope * o_axis
    a = np.einsum("ij,ij->i", d_perp, d_perp) - slope**2 * d_axis**2
    b = d_perp @ o_perp - slope * d_axis * reach
    discriminant = b * b - a * (o_perp @ o_perp - reach**2)
    real, root = discriminant >= 0, np.sqrt(np.maximum(discriminant, 0.0))
    a = np.where(np.abs(a) < 1e-9, np.float32(1e-9), a)
    depth = np.full(rays.shape[0], np.inf, np.float32)
    ends = ((-b - root) / a, (-b + root) / a)
    for t in (np.maximum(*ends), np.minimum(*ends)):  # the nearer one last, so that it stays
        v = o_axis + t * d_axis
        depth = np.where(real & (t > NEAREST_M) & (v >= 0) & (v <= length_m), t, depth)
    where = np.flatnonzero(np.isfinite(depth))
    t = depth[where]
    along = o_axis + t * d_axis[where]
    radial = o_perp + t[:, None] * d_perp[where]
    normals = radial / np.maximum(radii_m[0] + slope * along, np.float32(1e-4))[:, None] - slope * axis
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    e1, e2 = (e.astype(np.float32) for e in perpendiculars(axis.astype(np.float64)))
    arc = np.arctan2(radial @ e2, radial @ e1) * np.float32((radii_m[0] + radii_m[1]) / 2)
    return SideHit(where, t, along, arc, normals.astype(np.float32))


def hit_end(rays: F32, to_end: F32, axis: F32, radius_m: float) -> tuple[Indices, F32, F32, F32]:
    """Meet the disc at a body's end with rays.

    Args:
        rays: directions (M, 3).
        to_end: from the camera to the disc's centre, (3,).
        axis: unit vector out of the disc, (3,).
        radius_m: of the disc.

    Returns:
        (indices of the rays that met it, depth m, x m, y m from the centre); empty where it is turned away.
    """
    facing, d_axis = float(to_end @ axis), rays @ axis
    if facing >= 0 or radius_m < 1e-4:
        none = np.empty(0, np.float32)
        return np.empty(0, np.intp), none, none, none
    depth = np.float32(facing) / np.minimum(d_axis, np.float32(-1e-6))
    local = rays * depth[:, None] - to_end
    inside = (np.einsum("ij,ij->i", local, local) <= radius_m**2) & (d_axis < -1e-6)
    where = np.flatnonzero(inside)
    e1, e2 = (e.astype(np.float32) for e in perpendiculars(axis.astype(np.float64)))
    return where, depth[where], local[where] @ e1, local[where] @ e2
