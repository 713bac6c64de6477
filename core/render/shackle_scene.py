"""A shackle joint before Mitsuba's camera: light without background, and masks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from core.render.close_up import camera_pose
from core.render.daylight import Daylight
from core.render.mitsuba_engine import mitsuba_session
from core.render.mitsuba_stage import MitsubaStage
from core.render.shackle_geometry import Joint, RodMesh
from core.render.shackle_textures import TEXTURE_PX
from core.render.shackle_variables import ShackleVariables
from core.render.surface import SurfaceTextures
from core.types import BoolMask, FloatImage

FIELD_OF_VIEW_DEG = 12.0
JOINT_REACH_R = 2.6


@dataclass(frozen=True, slots=True, eq=False)
class Beauty:
    """The rods in linear light, before any background.

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


@lru_cache(maxsize=1)
def shackle_stage() -> MitsubaStage:
    """Return this process's one stage for shackles, loaded at first use."""
    return MitsubaStage({"upper": TEXTURE_PX, "lower": "upper"}, FIELD_OF_VIEW_DEG)


def trace_shackle(
    joint: Joint,
    textures: SurfaceTextures,
    daylight: Daylight,
    variables: ShackleVariables,
    *,
    size_px: int,
    samples: int,
) -> Beauty:
    """Path-trace a joint. ``samples`` are paths a pixel; the sampler is seeded from the variables.

    Raises:
        RenderError: Mitsuba does not run on this machine.
    """
    with mitsuba_session():  # a second thread must not load a second stage
        layers = shackle_stage().render(
            {"upper": _tilted(joint.upper, variables.tilt_deg), "lower": _tilted(joint.lower, variables.tilt_deg)},
            {"upper": textures},
            daylight,
            camera_pose(variables),
            size_px=size_px,
            samples=samples,
            seed=variables.detail_seed,
        )
    # Half a pixel's coverage decides: an edge pixel belongs to what fills most of it.
    inside = layers.coverage_hw >= 0.5
    near = np.linalg.norm(layers.place_hwc, axis=2) < JOINT_REACH_R
    return Beauty(layers.radiance_hwc, layers.coverage_hw, inside, inside & near)


def _tilted(rod: RodMesh, tilt_deg: float) -> RodMesh:
    """Lean the joint about its contact, away from the vertical, around x."""
    with mitsuba_session() as mitsuba:
        turn = np.array(mitsuba.ScalarTransform4f().rotate([1, 0, 0], tilt_deg).matrix, np.float32)[:3, :3]
    return replace(rod, vertices=rod.vertices @ turn.T, normals=rod.normals @ turn.T)
