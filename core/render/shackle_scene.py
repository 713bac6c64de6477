"""One persistent Mitsuba scene of a shackle joint, updated in place for every render.

A new scene costs about a second of kernel compilation; new vertices, textures, light and camera in the
same scene cost milliseconds.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.render.daylight import SKY_HEIGHT_PX, SKY_WIDTH_PX, Daylight, direction
from core.render.mitsuba_engine import SCALAR_VARIANT, load_mitsuba
from core.render.shackle_geometry import FloatArray, Joint
from core.render.shackle_textures import TEXTURE_PX, SurfaceTextures
from core.render.shackle_variables import ShackleVariables
from core.types import BoolMask, FloatImage

FIELD_OF_VIEW_DEG = 12.0
JOINT_REACH_R = 2.6
AOVS = "normal:sh_normal,place:position,albedo:albedo"


@dataclass(frozen=True, slots=True, eq=False)
class Beauty:
    """What the path tracer saw, in linear light, before any background.

    Attributes:
        radiance_hwc: float32 (H, W, 3), premultiplied by coverage.
        coverage_hw: float32 (H, W), 0 to 1.
        object_hw: bool, where the joint's rods are (finite depth).
        joint_hw: bool, where they are within 2.6 r of the contact.
    """

    radiance_hwc: FloatImage
    coverage_hw: FloatImage
    object_hw: BoolMask
    joint_hw: BoolMask


class ShackleStage:
    """Owns the scene. One render at a time: Mitsuba's scene is shared state, so a lock guards it."""

    def __init__(self) -> None:
        """Load the scene.

        Raises:
            RenderError: Mitsuba does not run on this machine.
        """
        self._mitsuba = load_mitsuba()
        self._lock = threading.Lock()
        self._load({"upper": (3, 1), "lower": (3, 1)})

    def _load(self, mesh_sizes: dict[str, tuple[int, int]]) -> None:
        self._scene = self._mitsuba.load_dict(_scene_dict(self._mitsuba, mesh_sizes))
        self._parameters = self._mitsuba.traverse(self._scene)

    def render(
        self,
        joint: Joint,
        textures: SurfaceTextures,
        daylight: Daylight,
        variables: ShackleVariables,
        *,
        size_px: int,
        samples: int,
    ) -> Beauty:
        """Update the scene and trace it. ``samples`` are paths a pixel; the sampler is seeded from the variables."""
        with self._lock:
            mitsuba = load_mitsuba()  # the variant belongs to the thread
            if mitsuba.variant() == SCALAR_VARIANT:
                # It compiles nothing, so that a new scene is cheap; and its meshes cannot change size.
                rods = {"upper": joint.upper, "lower": joint.lower}
                self._load({name: (len(rod.vertices), len(rod.faces)) for name, rod in rods.items()})
            tilt = mitsuba.ScalarTransform4f().rotate([1, 0, 0], variables.tilt_deg)
            turn = np.array(tilt.matrix, np.float32)[:3, :3]
            for name, rod in (("upper", joint.upper), ("lower", joint.lower)):
                self._set_buffer(f"{name}.vertex_positions", rod.vertices @ turn.T)
                self._set_buffer(f"{name}.vertex_texcoords", rod.texcoords)
                self._set_buffer(f"{name}.faces", rod.faces)
            # New positions make Mitsuba overwrite the normals with its own; ours, split at the worn edge, come after.
            self._parameters.update()
            for name, rod in (("upper", joint.upper), ("lower", joint.lower)):
                self._set_buffer(f"{name}.vertex_normals", rod.normals @ turn.T)
            self._set_textures(textures)
            self._set_daylight(daylight)
            self._set_camera(mitsuba, variables, size_px)
            self._parameters.update()
            seed = variables.detail_seed % 2**31
            layers = np.array(mitsuba.render(self._scene, spp=samples, seed=seed), np.float32)
        return _beauty(layers)

    def _set_buffer(self, key: str, value: NDArray[np.float32] | NDArray[np.uint32]) -> None:
        buffer = type(self._parameters[key])
        self._parameters[key] = buffer(np.ascontiguousarray(value.ravel()))

    def _set_textures(self, textures: SurfaceTextures) -> None:
        nested = "upper.bsdf.nested_bsdf"
        self._set_tensor(f"{nested}.base_color.data", textures.base_color)
        self._set_tensor(f"{nested}.roughness.data", textures.roughness)
        self._set_tensor(f"{nested}.metallic.data", textures.metallic)
        self._set_tensor("upper.bsdf.normalmap.data", textures.normal)

    def _set_daylight(self, daylight: Daylight) -> None:
        # Mitsuba keeps its panorama with wrapped columns on both sides, so that it interpolates over the seam.
        spare = (self._parameters["sky.data"].shape[1] - SKY_WIDTH_PX + 1) // 2
        panorama = daylight.radiance_hwc[:, ::-1]  # its azimuth runs the other way round
        self._set_tensor("sky.data", np.pad(panorama, ((0, 0), (spare, spare), (0, 0)), mode="wrap"))
        self._parameters["sun.irradiance.value"] = type(self._parameters["sun.irradiance.value"])(
            *(float(c) for c in daylight.sun_irradiance)
        )
        self._parameters["sun.to_world"] = self._mitsuba.ScalarTransform4f().look_at(
            [0, 0, 0], (-daylight.sun_direction).tolist(), _any_up(daylight.sun_direction)
        )

    def _set_camera(self, mitsuba: Any, variables: ShackleVariables, size_px: int) -> None:
        self._parameters["sensor.to_world"] = camera_to_world(mitsuba, variables)
        self._parameters["sensor.film.size"] = [size_px, size_px]
        self._parameters["sensor.film.crop_size"] = [size_px, size_px]

    def _set_tensor(self, key: str, value: FloatImage) -> None:
        self._parameters[key] = self._mitsuba.TensorXf(np.ascontiguousarray(value, np.float32))


@lru_cache(maxsize=1)
def shackle_stage() -> ShackleStage:
    """Return this process's one stage, loaded at first use."""
    return ShackleStage()


def camera_to_world(mitsuba: Any, variables: ShackleVariables) -> Any:
    """Camera transform: looks past the contact by the offsets, rolled about its axis."""
    towards = direction(variables.elevation_deg, variables.azimuth_deg)
    origin = towards * variables.distance_r
    right = np.cross([0.0, 0.0, 1.0], towards)
    right /= np.linalg.norm(right)
    up = np.cross(towards, right)
    roll = math.radians(variables.roll_deg)
    up = up * math.cos(roll) - right * math.sin(roll)
    right = np.cross(up, towards)
    frame_r = 2.0 * variables.distance_r * math.tan(math.radians(FIELD_OF_VIEW_DEG / 2))
    aside = (-variables.offset_x * right + variables.offset_y * up) * frame_r
    return mitsuba.ScalarTransform4f().look_at((origin + aside).tolist(), aside.tolist(), up.tolist())


def _beauty(layers: FloatImage) -> Beauty:
    coverage = np.clip(layers[..., 3], 0.0, 1.0)
    solid = np.maximum(coverage, 1e-3)[..., None]
    normal, place, albedo = (np.asarray(layers[..., i : i + 3] / solid, np.float32) for i in (4, 7, 10))
    # Half a pixel's coverage decides: an edge pixel belongs to what fills most of it.
    inside = coverage >= 0.5
    radiance = _guided_smooth(_without_fireflies(layers[..., :3]), normal, albedo, coverage)
    near = np.linalg.norm(place, axis=2) < JOINT_REACH_R
    return Beauty(radiance, coverage, inside, inside & near)


def _without_fireflies(radiance: FloatImage) -> FloatImage:
    """Limit a pixel to three times the brightest of its neighbours' median: lone hot pixels are sampling noise."""
    limit = 3.0 * cv2.medianBlur(radiance, 3) + 0.25 * float(np.mean(radiance))
    return np.asarray(np.minimum(radiance, limit), np.float32)


def _guided_smooth(radiance: FloatImage, normal: FloatImage, albedo: FloatImage, coverage: FloatImage) -> FloatImage:
    """Average neighbours of like normal, albedo and coverage (cross-bilateral): noise goes, edges stay."""
    guide = np.concatenate([normal / 0.12, albedo / 0.06, coverage[..., None] / 0.08], 2)
    side = radiance.shape[:2]
    padded_guide = np.pad(guide, ((2, 2), (2, 2), (0, 0)), mode="edge")
    padded = np.pad(radiance, ((2, 2), (2, 2), (0, 0)), mode="edge")
    total = np.zeros_like(radiance)
    weights = np.zeros((*side, 1), np.float32)
    for dy in range(5):
        for dx in range(5):
            window = (slice(dy, dy + side[0]), slice(dx, dx + side[1]))
            apart = ((padded_guide[window] - guide) ** 2).sum(2, keepdims=True)
            weight = np.exp(-0.5 * apart - 0.25 * ((dy - 2) ** 2 + (dx - 2) ** 2))
            total += weight * padded[window]
            weights += weight
    return np.asarray(total / weights, np.float32)


def _any_up(axis: FloatArray) -> list[float]:
    return [1.0, 0.0, 0.0] if abs(float(axis[2])) > 0.9 else [0.0, 0.0, 1.0]


def _scene_dict(mitsuba: Any, mesh_sizes: dict[str, tuple[int, int]]) -> dict[str, Any]:
    bsdf = _metal(mitsuba)
    return {
        "type": "scene",
        "integrator": {"type": "aov", "aovs": AOVS, "path": {"type": "path", "max_depth": 4, "hide_emitters": True}},
        "sky": {
            "type": "envmap",
            "bitmap": mitsuba.Bitmap(np.ones((SKY_HEIGHT_PX, SKY_WIDTH_PX, 3), np.float32)),
            # Mitsuba's panorama has y up; ours z.
            "to_world": mitsuba.ScalarTransform4f().rotate([1, 0, 0], 90),
        },
        "sun": {
            "type": "directional",
            "direction": [0.0, 1.0, -1.0],
            "irradiance": {"type": "rgb", "value": [1.0, 1.0, 1.0]},
        },
        **{name: placeholder_mesh(mitsuba, name, bsdf, *size) for name, size in mesh_sizes.items()},
        "sensor": sensor_dict(mitsuba, FIELD_OF_VIEW_DEG),
    }


def _metal(mitsuba: Any) -> Any:
    def bitmap(channels: int) -> dict[str, Any]:
        pixels = np.full((TEXTURE_PX, TEXTURE_PX, channels), 0.5, np.float32)
        return {"type": "bitmap", "bitmap": mitsuba.Bitmap(pixels), "raw": True}

    metal = {
        "type": "normalmap",
        "normalmap": bitmap(3),
        "bsdf": {
            "type": "principled",
            "base_color": bitmap(3),
            "roughness": bitmap(1),
            "metallic": bitmap(1),
            "specular": 0.5,
        },
    }
    return mitsuba.load_dict(metal)


def sensor_dict(mitsuba: Any, field_of_view_deg: float) -> dict[str, Any]:
    """A pinhole camera with a box filter (masks and denoising want pixels that share no samples)."""
    return {
        "type": "perspective",
        "fov": field_of_view_deg,
        "to_world": mitsuba.ScalarTransform4f().look_at([0, -60, 0], [0, 0, 0], [0, 0, 1]),
        "near_clip": 0.5,
        "film": {
            "type": "hdrfilm",
            "width": 160,
            "height": 160,
            "pixel_format": "rgba",
            "component_format": "float32",
            "rfilter": {"type": "box"},
        },
        "sampler": {"type": "independent"},
    }


def placeholder_mesh(mitsuba: Any, name: str, bsdf: Any, vertex_count: int, face_count: int) -> Any:
    """A mesh of the given size, one triangle and its copies, that stands in until the real one comes."""
    properties = mitsuba.Properties()
    properties["bsdf"] = bsdf
    mesh = mitsuba.Mesh(
        name, vertex_count, face_count, has_vertex_normals=True, has_vertex_texcoords=True, props=properties
    )
    parameters = mitsuba.traverse(mesh)
    corners = np.resize(np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1]], np.float32), (vertex_count, 3))
    for key, value in (
        ("vertex_positions", corners),
        ("vertex_normals", np.tile(np.array([0, -1, 0], np.float32), (vertex_count, 1))),
        ("vertex_texcoords", corners[:, [0, 2]]),
        ("faces", np.tile(np.array([0, 1, 2], np.uint32), (face_count, 1))),
    ):
        parameters[key] = type(parameters[key])(np.ascontiguousarray(value.ravel()))
    parameters.update()
    return mesh
