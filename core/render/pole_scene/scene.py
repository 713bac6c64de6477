"""Whole pole scenes for the pole type: TREE, STEEL, CONCRETE, or NONE where no pole is in frame."""

from __future__ import annotations

import numpy as np

from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.backdrop import add_buildings, add_fence, paint_horizon
from core.render.pole_scene.canvas import F64, FITTING, POLE, Canvas
from core.render.pole_scene.concrete_poles import build_concrete
from core.render.pole_scene.draws import Draws
from core.render.pole_scene.fittings import add_wires
from core.render.pole_scene.geometry import point
from core.render.pole_scene.ground import paint_ground, shadow_of
from core.render.pole_scene.lattice import build_lattice
from core.render.pole_scene.legible import pole_can_be_told
from core.render.pole_scene.light import Light, draw_light
from core.render.pole_scene.sensor import develop
from core.render.pole_scene.sky import paint_sky
from core.render.pole_scene.steel_tubes import build_tube
from core.render.pole_scene.truth import object_mask, top_boxes
from core.render.pole_scene.vegetation import plant_many
from core.render.pole_scene.views import MODES, View, draw_view
from core.render.pole_scene.wood_poles import add_neighbours, build_wood
from core.render.pole_scene.woodland import add_logs, add_stumps, add_trunk
from core.render.result import Render

LABELS = ("TREE", "STEEL", "CONCRETE", "NONE")
LABEL_SHARES = (0.30, 0.25, 0.25, 0.20)
SUPERSAMPLE = 1.5
TRIES = 24
"""How often a scene is drawn until its pole can be told."""

MODE_WEIGHTS = {
    "TREE": (5, 5, 5, 6, 4, 1.5),
    "STEEL": (5, 5.5, 5, 4, 3.5, 0.8),
    "CONCRETE": (5, 5, 5, 6, 4, 1.5),
    "NONE": (6, 5.5, 4.5, 4, 2, 1.2),
}
"""How often each of the six camera modes shows a label: about alike, so that a view tells nothing of the pole."""

_WEATHER = ("sun", "hazy sun", "overcast", "dusk")


def render_scene(seed: int, size_px: int) -> Render:
    """One scene; a view in which the pole's material can hardly be told is drawn again."""
    label = _label(seed)
    for attempt in range(TRIES):
        render, told = _render(Draws(seed, attempt + 1), label, size_px)
        if told:
            break
    return render


def _label(seed: int) -> str:
    return Draws(seed).choice("label", LABELS, LABEL_SHARES)


def _render(draws: Draws, label: str, size_px: int) -> tuple[Render, bool]:
    draws.record["label"] = label
    asm = _structure(draws, label)
    reach = max((abs(float(p[0])) for p, _ in asm.attachments), default=0.5)
    height = float(draws.record["height_m"])
    view = draw_view(draws, draws.choice("mode", MODES, MODE_WEIGHTS[label]), size_px, SUPERSAMPLE, height, reach)
    weather = draws.choice("weather", _WEATHER, (5, 2, 4, 0.7))
    # against the light concrete and zinc look like any other pole: most are shown lit from the camera's side
    shaft = label != "NONE" and "bracing" not in draws.record
    front_lit = shaft and draws.chance("front_lit", 0.5 if label == "TREE" else 0.75)
    light = draw_light(draws, weather, float(draws.record["camera_azimuth_deg"]) if front_lit else None)
    if label == "NONE":
        asm = _without_poles(asm, draws)
    if draws.chance("wires", 0.92):
        add_wires(asm, draws, int(draws.rng.integers(0, 4)) if draws.rng.random() < 0.2 else 0)
        if label in ("TREE", "CONCRETE") and draws.chance("neighbours", 0.4):
            add_neighbours(asm, draws, label)
    canvas = paint_scene(draws, view, light, weather, asm)
    image = develop(canvas.colour, draws, view.width_px, view.height_px, weather)
    boxes = top_boxes(canvas, asm, view.width_px, view.height_px) if label == "TREE" else ()
    mask = object_mask(canvas, (POLE, FITTING), view.width_px, view.height_px)
    told = pole_can_be_told(draws, label, canvas, image, mask)
    masks = {"object": mask if label != "NONE" else np.zeros_like(mask)}
    return Render(image, label=label, boxes=boxes, masks=masks, variables=draws.record), told


def _structure(draws: Draws, label: str) -> Assembly:
    if label == "STEEL":
        return build_lattice(draws) if draws.chance("lattice", 0.78) else build_tube(draws)
    if label == "CONCRETE":
        return build_concrete(draws)
    return build_wood(draws, 0.35)


def _without_poles(asm: Assembly, draws: Draws) -> Assembly:
    """Only the places where wires would hang: a span between poles that are out of frame."""
    bare = Assembly()
    if draws.chance("line_overhead", 0.72):
        bare.attachments = [(p, 0.0) for p, _ in asm.attachments]
    return bare


def _ground_in_view(view: View) -> F64:
    """Where the optical axis meets the ground, at most 60 m away."""
    forward = view.camera.rotation[2]
    reach = min(60.0, float(view.camera.position_m[2]) / max(-float(forward[2]), 1e-3))
    return np.asarray(view.camera.position_m + forward * reach)


def _add_trunks(around: Assembly, rng: np.random.Generator, view: View, ahead_rad: float, nearest_m: float) -> None:
    for _ in range(int(rng.integers(1, 5))):
        distance, bearing = nearest_m * float(np.exp(rng.uniform(0, 2.3))), ahead_rad + rng.normal(0, 0.3)
        at = view.camera.position_m[:2] + distance * np.array([np.cos(bearing), np.sin(bearing)])
        add_trunk(around, rng, point(float(at[0]), float(at[1]), 0.0))


def paint_scene(draws: Draws, view: View, light: Light, weather: str, asm: Assembly) -> Canvas:
    """Sky, ground, shadows, what stands around, and the structure itself."""
    rng, cam = draws.rng, view.camera
    canvas = Canvas(cam, light)
    haze_m = draws.log_uniform("haze_m", 600, 6000)
    paint_sky(canvas, draws, weather)
    paint_ground(canvas, draws, view.from_above, haze_m)
    paint_horizon(canvas, draws)
    around = Assembly()
    ahead = float(np.arctan2(cam.rotation[2, 1], cam.rotation[2, 0]))
    reach = max(8.0, float(np.hypot(*cam.position_m[:2])))
    if draws.chance("stumps", 0.12 if view.from_above else 0.03):
        add_stumps(around, rng, _ground_in_view(view), reach * 0.3)
    if draws.chance("logs", 0.05 if view.from_above else 0.02):
        add_logs(around, rng, _ground_in_view(view), reach * 0.3)
    if not view.from_above:
        if draws.chance("trunks", 0.4 if draws.record["label"] == "NONE" else 0.12):
            nearest_m = 2.5 if draws.record["label"] == "NONE" else max(2.5, 0.8 * reach)
            _add_trunks(around, rng, view, ahead, nearest_m)
        if draws.chance("buildings", 0.3):
            add_buildings(around, rng, ahead, cam.position_m[:2], reach * 1.2)
        if draws.chance("fence", 0.5 if view.mode == "close-up" else 0.25):
            near = rng.uniform(2.5, 6.0) if view.mode == "close-up" else reach * 1.05
            add_fence(around, rng, ahead, cam.position_m[:2], near)
    shadow_of(canvas, asm.strips + around.strips)
    around.paint(canvas, rng)
    if draws.chance("trees", 0.45 if view.from_above else 0.7):
        count = int(rng.integers(1, 40))
        near = float(cam.position_m[2]) * 0.4 if view.from_above else rng.uniform(5, reach * 1.5)
        far = max(float(cam.position_m[2]) * 3, near * 2) if view.from_above else max(reach * 6, near * 2)
        plant_many(canvas, rng, count, max(near, 2.0), far, haze_m, rng.random() < 0.5)
    asm.paint(canvas, rng)
    return canvas
