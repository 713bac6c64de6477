"""The picture being painted: linear colour, inverse depth and what each pixel belongs to."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from core.render.pole_scene.camera import Camera
from core.render.pole_scene.geometry import hit_end, hit_side, ring
from core.render.pole_scene.light import Light

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Surface = Callable[[F32, F32], F32]
"""(u_m around or across, v_m along) → linear RGB albedo (N, 3)."""

BACKGROUND, POLE, FITTING, WIRE, DISTRACTOR = 0, 1, 2, 3, 4
FIRST_TOP = 16
"""Ids of what a pixel shows; pole tops count up from FIRST_TOP."""

NEAR_M = 0.12


class Canvas:
    """Colour (H, W, 3) float32, inverse depth (H, W) in 1/m, and ids (H, W) uint8, painted in any order."""

    def __init__(self, camera: Camera, light: Light) -> None:
        self.camera = camera
        self.light = light
        shape = (camera.height_px, camera.width_px)
        self.colour: F32 = np.zeros((*shape, 3), np.float32)
        self.inverse_depth: F32 = np.zeros(shape, np.float32)
        self.ids: NDArray[np.uint8] = np.zeros(shape, np.uint8)
        # of every pixel, once: sky, ground and horizon all start from them
        columns, rows = np.arange(camera.width_px)[None], np.arange(camera.height_px)[:, None]
        self.rays: F32 = camera.rays(columns, rows)

    def polygon_pixels(self, polygon_px: F64) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows and columns of the canvas inside a convex polygon (N, 2)."""
        h, w = self.ids.shape
        low = np.floor(polygon_px.min(axis=0)).astype(int)
        high = np.ceil(polygon_px.max(axis=0)).astype(int) + 1
        x0, y0 = max(low[0], 0), max(low[1], 0)
        x1, y1 = min(high[0], w), min(high[1], h)
        if x0 >= x1 or y0 >= y1:
            return np.empty(0, np.intp), np.empty(0, np.intp)
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        local = np.clip((polygon_px - (x0, y0) - 0.5) * 16, -(2**24), 2**24)
        cv2.fillConvexPoly(mask, np.round(local).astype(np.int32), 1, cv2.LINE_8, 4)
        rows, columns = np.nonzero(mask)
        return rows + y0, columns + x0

    def paint(
        self,
        rows: NDArray[np.intp],
        columns: NDArray[np.intp],
        inverse_depth: F32,
        colour: F32,
        identity: int,
        opacity: float = 1.0,
    ) -> None:
        """Paint pixels where they are nearer than what is there; colour is (N, 3) or (3,)."""
        nearer = inverse_depth > self.inverse_depth[rows, columns]
        rows, columns = rows[nearer], columns[nearer]
        if colour.ndim == 2:
            colour = colour[nearer]
        if opacity < 1.0:
            colour = colour * opacity + self.colour[rows, columns] * (1.0 - opacity)
        self.colour[rows, columns] = colour
        if opacity > 0.5:
            self.inverse_depth[rows, columns] = inverse_depth[nearer]
            self.ids[rows, columns] = identity

    def rod(
        self, p0: F64, p1: F64, width_m: tuple[float, float], colour: F32, identity: int, tone: float = 0.0
    ) -> None:
        """A thin straight member as a flat strip; ``tone`` lightens one edge and darkens the other.

        Strips thinner than a pixel are painted one pixel wide with the opacity of their true width.
        """
        ends = np.stack([p0, p1])
        local = (ends - self.camera.position_m) @ self.camera.rotation.T
        widths = np.array(width_m, np.float64)
        z = local[:, 2]
        if z.max() <= NEAR_M:
            return
        if z.min() < NEAR_M:
            far, near = (0, 1) if z[0] > z[1] else (1, 0)
            t = (z[far] - NEAR_M) / (z[far] - z[near])
            local[near] = local[far] + t * (local[near] - local[far])
            z = local[:, 2]
        xy = local[:, :2] * (self.camera.focal_px / z)[:, None] + np.asarray(self.camera.centre_px)
        along = xy[1] - xy[0]
        length = float(np.hypot(along[0], along[1]))
        if length < 0.3:
            return
        true_px = widths * self.camera.focal_px / z
        margin = true_px.max() / 2 + 1
        if (xy.max(axis=0) < -margin).any() or (
            xy.min(axis=0) > (self.ids.shape[1] + margin, self.ids.shape[0] + margin)
        ).any():
            return
        drawn_px = np.maximum(true_px, 1.0)
        side = np.array([-along[1], along[0]]) / length
        half = side * (drawn_px / 2)[:, None]
        polygon = np.stack([xy[0] + half[0], xy[1] + half[1], xy[1] - half[1], xy[0] - half[0]])
        rows, columns = self.polygon_pixels(polygon)
        if rows.size == 0:
            return
        dx, dy = columns + 0.5 - xy[0, 0], rows + 0.5 - xy[0, 1]
        t = np.clip((dx * along[0] + dy * along[1]) / length**2, 0, 1)
        inverse = (1 / z[0] + (1 / z[1] - 1 / z[0]) * t).astype(np.float32)
        painted = colour
        if tone and drawn_px.max() > 2.0:
            across = (dx * side[0] + dy * side[1]) / (drawn_px[0] + (drawn_px[1] - drawn_px[0]) * t) * 2
            painted = (colour * (1 + tone * np.sign(across))[:, None]).astype(np.float32)
        opacity = float(np.clip((true_px / drawn_px).mean() * 1.15, 0.12, 1.0))
        self.paint(rows, columns, inverse, painted, identity, opacity)

    def radius_px(self, centre: F64, radius_m: float) -> float:
        """How large a ball of that radius appears; 0 behind the camera."""
        depth = float((centre - self.camera.position_m) @ self.camera.rotation[2])
        return radius_m * self.camera.focal_px / depth if depth > NEAR_M else 0.0

    def disc(self, centre: F64, axis: F64, radius_m: float, colour: F32, identity: int, opacity: float = 1.0) -> None:
        """A flat disc of one colour."""
        xy, z = self.camera.project(ring(centre, axis, radius_m))
        if z.min() < NEAR_M:
            return
        rows, columns = self.polygon_pixels(xy)
        if rows.size:
            inverse = np.full(rows.size, 1.0 / float(z.mean()), np.float32)
            self.paint(rows, columns, inverse, colour, identity, opacity)

    def quad(self, corners: F64, surface: Surface | F32, identity: int) -> None:
        """A flat quadrilateral (4, 3); the surface sees metres across (0→1) and along (0→3)."""
        e_u, e_v = corners[1] - corners[0], corners[3] - corners[0]
        normal = np.cross(e_u, e_v)
        normal = normal / (np.linalg.norm(normal) + 1e-9)
        to_camera = self.camera.position_m - corners[0]
        if normal @ to_camera < 0:
            normal = -normal
        polygon = self._clipped(corners)
        if polygon is None:
            return
        rows, columns = self.polygon_pixels(polygon)
        if rows.size == 0:
            return
        rays = self.camera.rays(columns, rows)
        slope = rays @ normal.astype(np.float32)
        depth = np.float32(-(normal @ to_camera)) / np.where(np.abs(slope) < 1e-6, -1e-6, slope)
        keep = depth > NEAR_M * 0.5
        rows, columns, depth, rays = rows[keep], columns[keep], depth[keep], rays[keep]
        light = self.light.shade(normal.astype(np.float32))
        if callable(surface):
            hit = rays * depth[:, None] + (self.camera.position_m - corners[0]).astype(np.float32)
            u = hit @ (e_u / np.linalg.norm(e_u)).astype(np.float32)
            v = hit @ (e_v / np.linalg.norm(e_v)).astype(np.float32)
            colour = surface(u, v) * light
        else:
            colour = surface * light
        self.paint(rows, columns, (1.0 / depth).astype(np.float32), colour.astype(np.float32), identity)

    def frustum(
        self,
        p0: F64,
        p1: F64,
        radii_m: tuple[float, float],
        surface: Surface,
        end: Surface | None,
        identity: int,
        gloss: float = 0.0,
        v_start_m: float = 0.0,
    ) -> None:
        """Ray-cast a round body from p0 to p1.

        Args:
            p0, p1: axis ends, metres.
            radii_m: radius at p0 and at p1; 0 at p1 makes a cone.
            surface: of the side, (arc length, length from p0 plus ``v_start_m``) in metres.
            end: of the disc at p1, (x, y) in metres from its centre; the side's albedo where None.
            identity: what its pixels belong to.
            gloss: strength of the sun's highlight, 0 to 1.
            v_start_m: where p0 lies on the surface's own length scale.
        """
        span = self._axis_in_front(p0, p1)
        if span is None:
            return
        q0, q1 = p0 + (p1 - p0) * span[0], p0 + (p1 - p0) * span[1]
        s0, s1 = (radii_m[0] + (radii_m[1] - radii_m[0]) * s for s in span)
        axis = p1 - p0
        rim = np.concatenate([ring(q0, axis, s0 * 1.02 + 1e-4), ring(q1, axis, s1 * 1.02 + 1e-4)])
        xy, z = self.camera.project(rim)
        if z.min() < NEAR_M * 0.2:
            h, w = self.ids.shape
            hull = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float64)
        else:
            hull = cv2.convexHull(xy.astype(np.float32))[:, 0].astype(np.float64)
        rows, columns = self.polygon_pixels(hull)
        if rows.size == 0:
            return
        unit, length = (axis / np.linalg.norm(axis)).astype(np.float32), float(np.linalg.norm(axis))
        rays = self.camera.rays(columns, rows)
        hit = hit_side(rays, (self.camera.position_m - p0).astype(np.float32), unit, length, radii_m)
        if hit.where.size:
            albedo = surface(hit.arc_m, hit.along_m + np.float32(v_start_m))
            colour = self._shaded(albedo, hit.normals, rays[hit.where], gloss)
            self.paint(rows[hit.where], columns[hit.where], np.reciprocal(hit.depth_m), colour, identity)
        where, depth, x, y = hit_end(rays, (p1 - self.camera.position_m).astype(np.float32), unit, radii_m[1])
        if where.size:
            normals = np.broadcast_to(unit, (where.size, 3))
            colour = self._shaded((end or surface)(x, y), normals, rays[where], gloss)
            self.paint(rows[where], columns[where], np.float32(1.0005) / depth, colour, identity)

    def _shaded(self, albedo: F32, normals: F32, rays: F32, gloss: float) -> F32:
        colour = albedo * self.light.shade(normals)
        if gloss:
            half = self.light.sun_direction - rays / np.linalg.norm(rays, axis=1, keepdims=True)
            half /= np.linalg.norm(half, axis=1, keepdims=True) + 1e-6
            shine = np.clip(np.einsum("ij,ij->i", normals, half), 0, 1)[:, None] ** 24
            colour = colour + shine * self.light.sun_rgb * np.float32(0.5 * gloss)
        return np.asarray(colour, np.float32)

    def outline(self, p0: F64, p1: F64, radii_m: tuple[float, float]) -> F64 | None:
        """Convex outline (N, 2) of a round body on the canvas plane, cut by no frame; None if behind."""
        xy, z = self.camera.project(np.concatenate([ring(p0, p1 - p0, radii_m[0]), ring(p1, p1 - p0, radii_m[1])]))
        if z.min() < NEAR_M:
            return None
        hull: F64 = cv2.convexHull(xy.astype(np.float32))[:, 0].astype(np.float64)
        return hull

    def _axis_in_front(self, p0: F64, p1: F64) -> tuple[float, float] | None:
        z = (np.stack([p0, p1]) - self.camera.position_m) @ self.camera.rotation[2]
        if z.max() <= NEAR_M:
            return None
        if z.min() > NEAR_M:
            return 0.0, 1.0
        t = float((NEAR_M - z[0]) / (z[1] - z[0]))
        return (t, 1.0) if z[1] > z[0] else (0.0, t)

    def _clipped(self, corners: F64) -> F64 | None:
        """Project a quad, cut at the near plane (Sutherland-Hodgman)."""
        local = (corners - self.camera.position_m) @ self.camera.rotation.T
        kept = []
        for a, b in zip(local, np.roll(local, -1, axis=0), strict=True):
            if a[2] >= NEAR_M:
                kept.append(a)
            if (a[2] >= NEAR_M) != (b[2] >= NEAR_M):
                kept.append(a + (b - a) * (NEAR_M - a[2]) / (b[2] - a[2]))
        if len(kept) < 3:
            return None
        cut = np.array(kept)
        out: F64 = cut[:, :2] * (self.camera.focal_px / cut[:, 2:]) + np.asarray(self.camera.centre_px)
        return out


def even(colour: F32) -> Surface:
    """One colour everywhere."""

    def surface(u: F32, v: F32) -> F32:
        return np.broadcast_to(colour, (*u.shape, 3))

    return surface
