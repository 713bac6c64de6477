"""Meshes and textures as the renderer takes them, and how they come from closed solids and heights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import manifold3d
import numpy as np
from numpy.typing import NDArray

from core.types import FloatImage

FloatArray = NDArray[np.float64]
TextureMapping = Callable[[FloatArray, FloatArray], FloatArray]
"""(positions, normals), float64 (n, 3) each → texture coordinates, float64 (n, 2). The first turns around at 1."""


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceMesh:
    """A triangle mesh.

    Attributes:
        vertices: float32 (n, 3), in the scene's unit.
        normals: float32 (n, 3), unit length, split at creases.
        texcoords: float32 (n, 2); 1 is once through the texture, which repeats.
        faces: uint32 (m, 3), counter-clockwise from outside.
    """

    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    texcoords: NDArray[np.float32]
    faces: NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceTextures:
    """A set of square textures that tile seamlessly.

    Attributes:
        base_color: float32 (side, side, 3), linear reflectance 0 to 1.
        roughness, metallic: float32 (side, side, 1), 0 to 1.
        normal: float32 (side, side, 3), tangent space, 0 to 1 stands for −1 to 1.
    """

    base_color: FloatImage
    roughness: FloatImage
    metallic: FloatImage
    normal: FloatImage


NOTHING = SurfaceMesh(
    vertices=np.array([[0, 0, -1e4], [1e-3, 0, -1e4], [0, 1e-3, -1e4]], np.float32),
    normals=np.array([[0, 0, 1]] * 3, np.float32),
    texcoords=np.array([[0, 0], [1, 0], [0, 1]], np.float32),
    faces=np.array([[0, 1, 2]], np.uint32),
)
"""Stands in for a part that a scene does not have: a speck far below."""


def solid_mesh(
    solid: manifold3d.Manifold, crease_deg: float, texture_mapping: TextureMapping, *, goes_around: bool = True
) -> SurfaceMesh:
    """Mesh a closed solid.

    Args:
        crease_deg: edges are smooth below this angle and split above it.
        texture_mapping: gives each vertex its texture coordinates.
        goes_around: the first coordinate is an angle that jumps from 1 to 0 at a seam, which is closed.
    """
    mesh = solid.calculate_normals(0, crease_deg).to_mesh()
    table = np.asarray(mesh.vert_properties, np.float64)
    faces = np.asarray(mesh.tri_verts, np.int64)
    texcoords = texture_mapping(table[:, :3], table[:, 3:6])
    source, wrap = np.arange(len(table)), np.zeros(len(table))
    if goes_around:
        source, faces, wrap = _split_seam(texcoords[:, 0], faces)
    texcoords = texcoords[source]
    texcoords[:, 0] += wrap
    return SurfaceMesh(
        vertices=table[source, :3].astype(np.float32),
        normals=table[source, 3:6].astype(np.float32),
        texcoords=texcoords.astype(np.float32),
        faces=faces.astype(np.uint32),
    )


def normal_map(height_hw: FloatImage, strength: float) -> FloatImage:
    """Turn heights into tangent-space normals, tiling; float32 (H, W, 3), 0 to 1 stands for −1 to 1."""
    smooth = cv2.GaussianBlur(np.pad(height_hw, 4, mode="wrap"), (0, 0), 1.2)
    slope_y, slope_x = np.gradient(smooth)
    normal = np.dstack([-strength * slope_x, -strength * slope_y, np.ones_like(smooth)])[4:-4, 4:-4]
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    return np.asarray(0.5 + 0.5 * normal, np.float32)


def cover(noise: FloatImage, part: float, *, softness: float) -> FloatImage:
    """Mask that covers ``part`` of a tile: the highest noise, with soft edges; float32, 0 to 1."""
    if part <= 0.0:
        return np.zeros_like(noise)
    edge = float(np.quantile(noise, 1.0 - part)) if part < 1.0 else -1.0
    return np.asarray(np.clip((noise - edge) / softness + 0.5, 0.0, 1.0), np.float32)


def mix(a: NDArray[np.floating], b: NDArray[np.floating] | float, mask_hw: FloatImage) -> FloatImage:
    """Blend from ``a`` (mask 0) to ``b`` (mask 1)."""
    mask = mask_hw[..., None] if np.ndim(a) == 3 else mask_hw
    return np.asarray(a * (1.0 - mask) + b * mask, np.float32)


def _split_seam(u: FloatArray, faces: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
    """Give faces that run over u = 1 vertices of their own with u + 1. Returns (source vertex, faces, added turns)."""
    corner_u = u[faces]
    over = (corner_u.max(1) - corner_u.min(1)) > 0.5
    moved = over[:, None] & (corner_u < 0.5)
    again, inverse = np.unique(faces[moved], return_inverse=True)
    faces = faces.copy()
    faces[moved] = len(u) + inverse
    return np.concatenate([np.arange(len(u)), again]), faces, np.concatenate([np.zeros(len(u)), np.ones(len(again))])
