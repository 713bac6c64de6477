"""Windows for the top-cap detector, cut from virtual photos whose long side is 1024 px."""

from __future__ import annotations

import numpy as np

from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.camera import Camera, look
from core.render.pole_scene.canvas import F64, FITTING, POLE
from core.render.pole_scene.concrete_poles import build_concrete
from core.render.pole_scene.draws import Draws
from core.render.pole_scene.fittings import add_wires
from core.render.pole_scene.lattice import build_lattice
from core.render.pole_scene.light import draw_light
from core.render.pole_scene.scene import paint_scene
from core.render.pole_scene.sensor import develop
from core.render.pole_scene.steel_tubes import build_tube
from core.render.pole_scene.truth import object_mask, top_boxes, top_mask
from core.render.pole_scene.views import View
from core.render.pole_scene.wood_poles import build_wood
from core.render.result import Render

PHOTO_LONG_SIDE_PX = 1024
SUPERSAMPLE = 1.5
EMPTY_SHARE = 0.2


def render_top(seed: int, size_px: int) -> Render:
    """One window; about one in five shows no top. A window that should show one and does not is drawn again."""
    empty = Draws(seed).rng.random() < EMPTY_SHARE
    for attempt in range(12):
        draws = Draws(seed, attempt + 1)
        render = _render(draws, size_px, empty)
        if bool(render.boxes) != empty:
            break
    return render


def _render(draws: Draws, size_px: int, empty: bool) -> Render:
    draws.record["label"] = "NONE" if empty else "TREE"
    asm = _structure(draws, empty)
    radius = float(draws.record.get("top_radius_m", 0.12))
    cap_px = draws.log_uniform("cap_diameter_px", 14, 140)
    focus = _focus(asm, draws, empty)
    view = _view(draws, size_px, focus, cap_px / (2.1 * radius))
    weather = draws.choice("weather", ("sun", "hazy sun", "overcast", "dusk"), (6, 2, 3, 1))
    light = draw_light(draws, weather)
    add_wires(asm, draws)
    canvas = paint_scene(draws, view, light, weather, asm)
    image = develop(canvas.colour, draws, size_px, size_px, weather)
    boxes = top_boxes(canvas, asm, size_px, size_px)
    masks = {
        "object": object_mask(canvas, (POLE, FITTING), size_px, size_px),
        "cap": top_mask(canvas, size_px, size_px),
    }
    return Render(image, label="TREE" if boxes else "NONE", boxes=boxes, masks=masks, variables=draws.record)


def _structure(draws: Draws, empty: bool) -> Assembly:
    if not empty:
        caps = draws.choice("caps", ("whole", "missing", "mixed"), (5, 4.5, 1))
        return build_wood(draws, {"whole": 0.0, "missing": 1.0, "mixed": 0.5}[caps], True)
    kind = draws.choice("negative", ("wood below top", "lattice", "tube", "concrete", "ground"), (4, 3, 2, 2, 1.5))
    if kind == "lattice":
        return build_lattice(draws)
    if kind == "tube":
        return build_tube(draws)
    if kind == "concrete":
        return build_concrete(draws)
    asm = build_wood(draws, 0.5, True)
    if kind == "ground":
        bare = Assembly()
        bare.attachments = [(p, 0.0) for p, _ in asm.attachments]
        return bare
    return asm


def _focus(asm: Assembly, draws: Draws, empty: bool) -> F64:
    """What the window is about: a pole top, or, in an empty one, a fitting, the line or the pole farther down."""
    rng = draws.rng
    if not empty:
        top = asm.tops[int(rng.integers(len(asm.tops)))]
        return np.asarray(top.bodies[0][1])
    places = [p for p, _ in asm.attachments] or [np.array([0.0, 0.0, float(draws.record["height_m"]) * 0.6])]
    place = np.array(places[int(rng.integers(len(places)))])
    if draws.record["negative"] == "wood below top":
        place = np.array([place[0] * 0.5, 0.0, float(draws.record["height_m"]) * rng.uniform(0.2, 0.8)])
    if draws.record["negative"] in ("tube", "concrete") and rng.random() < 0.7:  # their bare ends look like caps
        place = np.array([0.0, 0.0, float(draws.record["height_m"])])
    return place


def _view(draws: Draws, size_px: int, focus: F64, px_per_m: float) -> View:
    """A camera on the whole photo; the canvas is the window, so the optical axis may lie outside it."""
    rng = draws.rng
    elevation = (
        draws.uniform("elevation_deg", 25, 90) if rng.random() < 0.72 else draws.uniform("elevation_deg", -22, 25)
    )
    focal_photo = PHOTO_LONG_SIDE_PX * draws.log_uniform("focal_of_long_side", 0.7, 3.0)
    distance = max(focal_photo / px_per_m, 0.9)
    focal_photo = distance * px_per_m
    roll = rng.uniform(0, 360) if elevation > 75 else rng.normal(0, 8)
    position, rotation = look(focus, draws.uniform("camera_azimuth_deg", 0, 360), elevation, distance, roll)
    if position[2] < 0.5:
        position = position + np.array([0, 0, 0.5 - position[2]])
    window = size_px * SUPERSAMPLE
    # the focus sits anywhere in the window, and the window anywhere in the photo
    off_axis = rng.uniform(-0.32, 0.32, 2) * PHOTO_LONG_SIDE_PX * SUPERSAMPLE
    turned = _turned(rotation, off_axis / (focal_photo * SUPERSAMPLE))
    camera = Camera(position, turned, focal_photo * SUPERSAMPLE, (0.0, 0.0), round(window), round(window))
    at, _ = camera.project(focus[None])
    wanted = rng.uniform(0.1, 0.9, 2) * window
    centre = (float(wanted[0] - at[0, 0]), float(wanted[1] - at[0, 1]))
    camera = Camera(position, turned, camera.focal_px, centre, camera.width_px, camera.height_px)
    return View("steep from above" if elevation > 12 else "level near", camera, size_px, size_px)


def _turned(rotation: F64, off_axis: F64) -> F64:
    """Turn a camera by small tangents (right, down) away from what it looked at."""
    forward = rotation[2] + off_axis[0] * rotation[0] + off_axis[1] * rotation[1]
    forward /= np.linalg.norm(forward)
    right = rotation[0] - (rotation[0] @ forward) * forward
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(forward, right), forward])
