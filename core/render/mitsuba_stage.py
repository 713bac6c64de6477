"""A persistent Mitsuba scene: named meshes with textures under one sky, updated in place for every render.

A new scene costs about a second of kernel compilation; new vertices, textures, light and camera in the
same scene cost milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.render.daylight import SKY_HEIGHT_PX, SKY_WIDTH_PX, Daylight, direction
from core.render.denoise import guided_smooth, without_fireflies
from core.render.mitsuba_engine import SCALAR_VARIANT, mitsuba_session
from core.render.surface import SurfaceMesh, SurfaceTextures
from core.types import FloatImage

AOVS = "normal:sh_normal,place:position,albedo:albedo"
MAX_BOUNCES = 4


@dataclass(frozen=True, slots=True)
class CameraPose:
    """Where the camera is, looking at the scene's origin.

    Attributes:
        elevation_deg, azimuth_deg: as in ``core.render.daylight.direction``.
        roll_deg: turn about the viewing axis.
        distance: to the origin, in the scene's unit.
        offset_x, offset_y: where the origin falls, from the frame's centre, in fractions of the frame's side.
    """

    elevation_deg: float
    azimuth_deg: float
    roll_deg: float
    distance: float
    offset_x: float = 0.0
    offset_y: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """What the path tracer saw, in linear light, before any background.

    Attributes:
        radiance_hwc: float32 (H, W, 3), premultiplied by coverage, denoised.
        coverage_hw: float32 (H, W), 0 to 1.
        place_hwc: float32 (H, W, 3), mean position of what a pixel shows; 0 where it shows nothing.
        shape_hw: int32 (H, W), which mesh, in the order of the stage's names; −1 for none. Only where asked for.
    """

    radiance_hwc: FloatImage
    coverage_hw: FloatImage
    place_hwc: FloatImage
    shape_hw: NDArray[np.int32] | None


class MitsubaStage:
    """Owns one scene; one render at a time."""

    def __init__(self, surfaces: Mapping[str, int | str], field_of_view_deg: float) -> None:
        """Load the scene.

        Args:
            surfaces: mesh name → side of its square textures in pixels, or the name of an earlier mesh
                whose textures it shares.
            field_of_view_deg: across the frame's side.

        Raises:
            RenderError: Mitsuba does not run on this machine.
        """
        self._surfaces = dict(surfaces)
        self._field_of_view_deg = field_of_view_deg
        with mitsuba_session() as mitsuba:
            self._mitsuba = mitsuba
            self._load(dict.fromkeys(surfaces, (3, 1)))

    def render(
        self,
        meshes: Mapping[str, SurfaceMesh],
        textures: Mapping[str, SurfaceTextures],
        daylight: Daylight,
        pose: CameraPose,
        *,
        size_px: int,
        samples: int,
        seed: int,
        with_shapes: bool = False,
    ) -> Layers:
        """Update the scene and trace it.

        Args:
            meshes: one for every name of the stage.
            textures: one for every mesh that has its own.
            samples: light paths a pixel.
            seed: of the sampler; the same scene and seed give the same pixels.
            with_shapes: also find which mesh each pixel shows.
        """
        with mitsuba_session():
            self._set_meshes(meshes)
            for name, texture in textures.items():
                self._set_textures(name, texture)
            self._set_daylight(daylight)
            self._set_camera(pose, size_px)
            self._parameters.update()
            layers = self._traced(samples, seed % 2**31)
            shape_hw = self._shapes(seed) if with_shapes else None
        return _layers(layers, shape_hw)

    def _traced(self, samples: int, seed: int) -> FloatImage:
        """Radiance and coverage, then what ``AOVS`` names; float32 (H, W, 4 + 9).

        Compiled, Mitsuba's ``aov`` integrator traces the paths of an integrator inside it twice. Light and guides
        are therefore rendered one after the other, along the same rays, since these are drawn first from one seed.
        """
        light = self._mitsuba.render(self._scene, spp=samples, seed=seed)
        if self._guides is None:
            return np.array(light, np.float32)
        guides = self._mitsuba.render(self._scene, integrator=self._guides, spp=samples, seed=seed)
        return np.concatenate([np.array(light, np.float32), np.array(guides, np.float32)], 2)

    def _load(self, mesh_sizes: Mapping[str, tuple[int, int]]) -> None:
        self._scene = self._mitsuba.load_dict(self._scene_dict(mesh_sizes))
        self._parameters = self._mitsuba.traverse(self._scene)
        is_scalar = self._mitsuba.variant() == SCALAR_VARIANT
        self._guides = None if is_scalar else self._mitsuba.load_dict({"type": "aov", "aovs": AOVS})
        self._shape_finder = self._mitsuba.load_dict({"type": "aov", "aovs": "shape:shape_index"})

    def _scene_dict(self, mesh_sizes: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
        mitsuba = self._mitsuba
        finishes: dict[str, Any] = {}
        for name, surface in self._surfaces.items():
            finishes[name] = finishes[surface] if isinstance(surface, str) else _finish(mitsuba, surface)
        path = {"type": "path", "max_depth": MAX_BOUNCES, "hide_emitters": True}
        # Scalar, one sampler serves all samples of a pixel: only together do light and guides share their rays.
        is_scalar = mitsuba.variant() == SCALAR_VARIANT
        return {
            "type": "scene",
            "integrator": {"type": "aov", "aovs": AOVS, "path": path} if is_scalar else path,
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
            **{name: _placeholder(mitsuba, name, finishes[name], *size) for name, size in mesh_sizes.items()},
            "sensor": _sensor(mitsuba, self._field_of_view_deg),
        }

    def _set_meshes(self, meshes: Mapping[str, SurfaceMesh]) -> None:
        if self._mitsuba.variant() == SCALAR_VARIANT:
            # It compiles nothing, so that a new scene is cheap; and its meshes cannot change size.
            self._load({name: (len(meshes[name].vertices), len(meshes[name].faces)) for name in self._surfaces})
        for name in self._surfaces:
            self._set_buffer(f"{name}.vertex_positions", meshes[name].vertices)
            self._set_buffer(f"{name}.vertex_texcoords", meshes[name].texcoords)
            self._set_buffer(f"{name}.faces", meshes[name].faces)
        # New positions make Mitsuba overwrite the normals with its own; ours, split at creases, come after.
        self._parameters.update()
        for name in self._surfaces:
            self._set_buffer(f"{name}.vertex_normals", meshes[name].normals)

    def _set_textures(self, name: str, textures: SurfaceTextures) -> None:
        nested = f"{name}.bsdf.nested_bsdf"
        self._set_tensor(f"{nested}.base_color.data", textures.base_color)
        self._set_tensor(f"{nested}.roughness.data", textures.roughness)
        self._set_tensor(f"{nested}.metallic.data", textures.metallic)
        self._set_tensor(f"{name}.bsdf.normalmap.data", textures.normal)

    def _set_daylight(self, daylight: Daylight) -> None:
        # Mitsuba keeps its panorama with wrapped columns on both sides, so that it interpolates over the seam.
        spare = (self._parameters["sky.data"].shape[1] - SKY_WIDTH_PX + 1) // 2
        panorama = daylight.radiance_hwc[:, ::-1]  # its azimuth runs the other way round
        self._set_tensor("sky.data", np.pad(panorama, ((0, 0), (spare, spare), (0, 0)), mode="wrap"))
        color = type(self._parameters["sun.irradiance.value"])
        self._parameters["sun.irradiance.value"] = color(*(float(c) for c in daylight.sun_irradiance))
        any_up = [1.0, 0.0, 0.0] if daylight.sun_direction[2] > 0.9 else [0.0, 0.0, 1.0]
        self._parameters["sun.to_world"] = self._mitsuba.ScalarTransform4f().look_at(
            [0, 0, 0], (-daylight.sun_direction).tolist(), any_up
        )

    def _set_camera(self, pose: CameraPose, size_px: int) -> None:
        towards = direction(pose.elevation_deg, pose.azimuth_deg)
        right = np.cross([0.0, 0.0, 1.0], towards)
        right /= np.linalg.norm(right)
        roll = math.radians(pose.roll_deg)
        up = np.cross(towards, right) * math.cos(roll) - right * math.sin(roll)
        right = np.cross(up, towards)
        frame = 2.0 * pose.distance * math.tan(math.radians(self._field_of_view_deg / 2))
        aside = (-pose.offset_x * right + pose.offset_y * up) * frame
        origin = towards * pose.distance + aside
        self._parameters["sensor.to_world"] = self._mitsuba.ScalarTransform4f().look_at(
            origin.tolist(), aside.tolist(), up.tolist()
        )
        self._parameters["sensor.film.size"] = [size_px, size_px]
        self._parameters["sensor.film.crop_size"] = [size_px, size_px]

    def _shapes(self, seed: int) -> NDArray[np.int32]:
        # One sample a pixel: numbers of shapes must not be averaged.
        found = self._mitsuba.render(self._scene, integrator=self._shape_finder, spp=1, seed=seed % 2**31)
        number = np.rint(np.array(found, np.float64)[..., -1])
        shape_hw = np.full(number.shape, -1, np.int32)
        names = list(self._surfaces)
        for place, shape in enumerate(self._scene.shapes()):
            shape_hw[number == self._shape_number(place, shape)] = names.index(shape.id())
        return shape_hw

    def _shape_number(self, place: int, shape: Any) -> int:
        """What the shape finder writes for a shape: 0 is none, then the order in the scene or, compiled, in Dr.Jit."""
        if self._mitsuba.variant() == SCALAR_VARIANT:
            return place + 1
        import drjit

        numbers: Any = drjit.reinterpret_array(self._mitsuba.UInt32, self._mitsuba.ShapePtr(shape))
        return int(numbers[0])

    def _set_buffer(self, key: str, value: NDArray[np.float32] | NDArray[np.uint32]) -> None:
        buffer = type(self._parameters[key])
        self._parameters[key] = buffer(np.ascontiguousarray(value.ravel()))

    def _set_tensor(self, key: str, value: FloatImage) -> None:
        self._parameters[key] = self._mitsuba.TensorXf(np.ascontiguousarray(value, np.float32))


def _layers(layers: FloatImage, shape_hw: NDArray[np.int32] | None) -> Layers:
    coverage = np.clip(layers[..., 3], 0.0, 1.0)
    solid = np.maximum(coverage, 1e-3)[..., None]
    normal, place, albedo = (np.asarray(layers[..., i : i + 3] / solid, np.float32) for i in (4, 7, 10))
    radiance = guided_smooth(without_fireflies(layers[..., :3]), normal, albedo, coverage)
    return Layers(radiance, coverage, place, shape_hw)


def _finish(mitsuba: Any, texture_px: int) -> Any:
    def bitmap(channels: int) -> dict[str, Any]:
        pixels = np.full((texture_px, texture_px, channels), 0.5, np.float32)
        return {"type": "bitmap", "bitmap": mitsuba.Bitmap(pixels), "raw": True}

    principled = {
        "type": "principled",
        "base_color": bitmap(3),
        "roughness": bitmap(1),
        "metallic": bitmap(1),
        "specular": 0.5,
    }
    return mitsuba.load_dict({"type": "normalmap", "normalmap": bitmap(3), "bsdf": principled})


def _sensor(mitsuba: Any, field_of_view_deg: float) -> dict[str, Any]:
    """A pinhole camera with a box filter: masks and denoising want pixels that share no samples."""
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


def _placeholder(mitsuba: Any, name: str, finish: Any, vertex_count: int, face_count: int) -> Any:
    """A mesh of the given size, one triangle and its copies, that stands in until the real one comes."""
    properties = mitsuba.Properties()
    properties["bsdf"] = finish
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
