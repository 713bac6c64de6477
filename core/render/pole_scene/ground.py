"""Ground from procedural albedo and relief; every kind of ground is a row of data."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from core.render.pole_scene.canvas import F32, F64, Canvas
from core.render.pole_scene.draws import Draws, weighted
from core.render.pole_scene.light import Light, mix, rgb
from core.render.pole_scene.noise import FEATURE_PX, sample
from core.types import BoolMask

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class GroundKind:
    """Colours (sRGB, low to high places), bumps and fine grain of one kind of ground."""

    low: Colour
    middle: Colour
    high: Colour
    patch_m: float
    bump: str
    bump_m: float
    relief: float
    fine: str
    fine_m: float
    grain: float


GROUNDS = {
    "moss": GroundKind((26, 22, 14), (74, 62, 36), (124, 108, 66), 6, "fbm", 1.2, 0.7, "grass", 0.10, 0.5),
    "heath": GroundKind((16, 12, 9), (60, 40, 26), (104, 74, 46), 4, "fbm", 1.5, 0.9, "grass", 0.12, 0.6),
    "tussocks": GroundKind((50, 38, 18), (150, 126, 78), (208, 188, 140), 9, "worley", 0.8, 1.1, "grass", 0.05, 0.5),
    "dry grass": GroundKind((104, 86, 54), (168, 146, 98), (206, 188, 142), 8, "fbm", 1.4, 0.6, "grass", 0.06, 0.5),
    "meadow": GroundKind((42, 54, 28), (84, 100, 52), (132, 140, 84), 14, "fbm", 2.0, 0.4, "grass", 0.06, 0.45),
    "crop field": GroundKind((52, 66, 34), (94, 112, 58), (160, 158, 104), 30, "fibre", 0.8, 0.4, "fine", 0.1, 0.3),
    "canopy": GroundKind((9, 13, 8), (30, 42, 22), (66, 78, 46), 18, "worley", 3.4, 1.4, "fine", 0.35, 0.8),
    "autumn canopy": GroundKind((28, 22, 12), (92, 70, 36), (150, 128, 66), 14, "worley", 4.2, 1.2, "fine", 0.4, 0.8),
    "bare wood": GroundKind((60, 44, 36), (120, 96, 78), (166, 140, 116), 10, "fbm", 2.0, 0.8, "grass", 0.35, 0.9),
    "gravel": GroundKind((92, 92, 92), (150, 151, 153), (196, 196, 198), 12, "worley", 0.18, 0.5, "fine", 0.05, 0.4),
    "rock": GroundKind((50, 48, 46), (112, 110, 106), (168, 165, 160), 5, "edges", 1.4, 0.7, "fine", 0.15, 0.5),
    "scree": GroundKind((40, 38, 36), (138, 138, 140), (200, 200, 202), 10, "worley", 0.6, 1.5, "fine", 0.12, 0.4),
    "dirt": GroundKind((44, 30, 20), (106, 80, 58), (158, 130, 100), 5, "fbm", 1.0, 0.8, "fine", 0.08, 0.5),
    "red soil": GroundKind((112, 76, 56), (168, 124, 94), (210, 180, 150), 8, "fbm", 2.0, 0.3, "fine", 0.08, 0.3),
    "sand": GroundKind((150, 136, 116), (190, 178, 156), (222, 214, 198), 8, "fbm", 1.2, 0.4, "fine", 0.08, 0.25),
    "asphalt": GroundKind((58, 58, 60), (84, 84, 86), (112, 112, 114), 10, "fbm", 6.0, 0.05, "fine", 0.04, 0.25),
    "water": GroundKind((12, 20, 28), (34, 48, 58), (84, 100, 110), 20, "fbm", 1.6, 0.25, "smooth", 1.0, 0.1),
    "snow": GroundKind((208, 216, 228), (230, 234, 242), (248, 249, 251), 12, "smooth", 3.0, 0.3, "fine", 0.1, 0.05),
    "ploughed": GroundKind((42, 30, 24), (78, 60, 48), (112, 92, 76), 12, "fibre", 1.2, 1.0, "fine", 0.12, 0.5),
}
FROM_ABOVE = [
    ("moss", 5), ("heath", 5), ("tussocks", 5), ("dry grass", 5), ("meadow", 2), ("crop field", 1), ("canopy", 3),
    ("autumn canopy", 1), ("bare wood", 2), ("gravel", 3), ("rock", 3), ("scree", 2), ("dirt", 3), ("red soil", 1),
    ("asphalt", 1), ("water", 1.5), ("snow", 2.5), ("ploughed", 1),
]  # fmt: skip
FROM_LEVEL = [
    ("dry grass", 5), ("meadow", 5), ("crop field", 3), ("sand", 3), ("red soil", 3), ("dirt", 3), ("gravel", 2),
    ("asphalt", 3), ("snow", 2), ("moss", 2), ("heath", 2), ("tussocks", 1), ("water", 0.5), ("ploughed", 1),
]  # fmt: skip


def draw_ground_kind(draws: Draws, name: str, from_above: bool) -> str:
    """One of GROUNDS, as common as it is in that view."""
    options = FROM_ABOVE if from_above else FROM_LEVEL
    return draws.choice(name, [o[0] for o in options], [o[1] for o in options])


class _Layer:
    """A noise tile laid on the ground at one scale, turn and offset; fades out where pixels outgrow it."""

    def __init__(self, rng: np.random.Generator, name: str, feature_m: float, stretch: float = 1.0) -> None:
        self.name, self.feature_m = name, feature_m
        scale = FEATURE_PX[name] / feature_m
        a = rng.uniform(0, 2 * np.pi)
        turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) * scale * np.array([[1.0], [1 / stretch]])
        self.turn = turn.astype(np.float32)
        self.offset = rng.uniform(0, 512, 2).astype(np.float32)

    def __call__(self, x_m: F32, y_m: F32, footprint_m: F32) -> F32:
        u = self.turn[0, 0] * x_m + self.turn[0, 1] * y_m + self.offset[0]
        v = self.turn[1, 0] * x_m + self.turn[1, 1] * y_m + self.offset[1]
        fade = np.clip(self.feature_m / (1.6 * footprint_m) - 0.35, 0, 1)
        out: F32 = 0.5 + (sample(self.name, u, v) - 0.5) * fade
        return out


def ground_albedo(rng: np.random.Generator, kind: str, x_m: F32, y_m: F32, footprint_m: F32, light: Light) -> F32:
    """Lit-relief albedo (H, W, 3) of one kind of ground at world positions (H, W)."""
    k = GROUNDS[kind]
    jitter = np.exp(rng.normal(0, 0.16) + rng.normal(0, 0.05, 3)).astype(np.float32)
    grey = np.float32(rng.uniform(0.0, 0.5))
    low, middle, high = (_greyed(rgb(*c) * jitter, grey) for c in (k.low, k.middle, k.high))
    bump_m, tone = k.bump_m * float(np.exp(rng.normal(-0.6, 0.6))), rng.uniform(0.1, 0.7)
    patch = _Layer(rng, "fbm", k.patch_m * float(np.exp(rng.normal(0, 0.5))))(x_m, y_m, footprint_m)
    relief = _Relief(rng, k.bump, bump_m)
    height = relief(x_m, y_m, footprint_m)
    sun = light.sun_direction
    step = 0.15 * bump_m
    rise = height - relief(x_m + sun[0] * step, y_m + sun[1] * step, footprint_m)
    detail = _detail(rng, k, x_m, y_m, footprint_m)
    level = np.clip(0.5 + tone * (patch - 0.5) + 0.5 * (height - 0.5) + 0.6 * detail, 0, 1)
    albedo = np.where((level < 0.5)[..., None], mix(low, middle, level * 2), mix(middle, high, level * 2 - 1))
    strength = 0.45 + 0.9 * float(np.clip(light.sun_rgb[0], 0, 1))
    shade = np.clip(1 + k.relief * strength * 2.0 * rise, 0.3, 1.7)
    out: F32 = np.clip(albedo * (shade * np.exp(2.0 * k.grain * detail))[..., None], 0.003, 0.95)
    return out


def _greyed(colour: F32, share: np.float32) -> F32:
    return np.asarray(colour + (colour.mean() - colour) * share, np.float32)


class _Relief:
    """Height 0 to 1: bumps bent out of their grid, with smaller ones on top."""

    def __init__(self, rng: np.random.Generator, bump: str, bump_m: float) -> None:
        self.bump_m, self.cells = bump_m, bump == "worley"
        self.bend_x, self.bend_y = _Layer(rng, "fbm", bump_m * 3), _Layer(rng, "fbm", bump_m * 3)
        self.large = _Layer(rng, bump, bump_m, rng.uniform(1.0, 1.6))
        self.small = _Layer(rng, "fbm", bump_m * rng.uniform(0.3, 0.6))
        self.share = rng.uniform(0.35, 0.75)

    def __call__(self, x_m: F32, y_m: F32, footprint_m: F32) -> F32:
        bend = 1.1 * self.bump_m
        x = x_m + bend * (self.bend_x(x_m, y_m, footprint_m) - 0.5)
        y = y_m + bend * (self.bend_y(x_m, y_m, footprint_m) - 0.5)
        large = self.large(x, y, footprint_m)
        # cells are round tops with dark gaps; the equalised distance is bent so that tops are broad
        large = 1 - large**1.6 if self.cells else large
        out: F32 = self.share * large + (1 - self.share) * self.small(x_m, y_m, footprint_m)
        return out


def _detail(rng: np.random.Generator, k: GroundKind, x_m: F32, y_m: F32, footprint_m: F32) -> F32:
    """Fine grain around 0; real ground has detail at every scale, so some follows the size of a pixel."""
    pixel = float(np.median(footprint_m))
    # a tile's feature holds some ten tile pixels: under six pixels of ours it would be sampled too coarsely
    finest_m = max(k.fine_m, 6 * pixel)
    fine = _Layer(rng, k.fine, finest_m)(x_m, y_m, footprint_m) - 0.5
    coarse = _Layer(rng, "grass" if rng.random() < 0.6 else "fine", finest_m * rng.uniform(1.8, 5.0))
    weight = rng.uniform(0.35, 0.75)
    out: F32 = weight * fine + (1 - weight) * (coarse(x_m, y_m, footprint_m) - 0.5)
    return out


def paint_ground(canvas: Canvas, draws: Draws, from_above: bool, haze_m: float) -> None:
    """Fill the canvas below the horizon: one or two kinds, at times patched with snow or crossed by a road."""
    cam, rng, rays = canvas.camera, draws.rng, canvas.rays
    lines = np.flatnonzero((rays[..., 2] < -1e-3).any(axis=1))
    if lines.size == 0:
        return
    part = slice(int(lines[0]), int(lines[-1]) + 1)
    rays = rays[part]
    down = np.maximum(-rays[..., 2], np.float32(1e-3))
    depth: F32 = (float(cam.position_m[2]) / down).astype(np.float32)
    x: F32 = rays[..., 0] * depth + np.float32(cam.position_m[0])
    y: F32 = rays[..., 1] * depth + np.float32(cam.position_m[1])
    footprint: F32 = depth / np.float32(cam.focal_px) / np.sqrt(np.clip(down, 0.02, 1))
    lit = _with_grit(draws, _composed(draws, from_above, x, y, footprint, canvas.light))
    lit = lit * (canvas.light.sun_direction[2] * canvas.light.sun_rgb + canvas.light.sky_rgb)
    if draws.chance("cloud_shadow", 0.15):
        shade = _Layer(rng, "smooth", 60.0)(x, y, footprint)
        lit = lit * (1 - 0.6 * np.clip((shade - 0.45) * 6, 0, 1))[..., None]
    haze = np.exp(-depth / np.float32(haze_m))[..., None]
    lit = lit * haze + canvas.light.sky_rgb * np.float32(0.75) * (1 - haze)
    below: BoolMask = rays[..., 2] < -1e-3
    canvas.colour[part][below] = lit[below]
    canvas.inverse_depth[part][below] = (1 / depth)[below]


def _composed(draws: Draws, from_above: bool, x: F32, y: F32, footprint: F32, light: Light) -> F32:
    rng = draws.rng
    kind = draw_ground_kind(draws, "ground", from_above)
    albedo = ground_albedo(rng, kind, x, y, footprint, light)
    span = float(np.percentile(footprint, 50)) * x.shape[1]
    if draws.chance("two_grounds", 0.55):
        other = ground_albedo(rng, draw_ground_kind(draws, "ground_2", from_above), x, y, footprint, light)
        wobble = _Layer(rng, "fbm", span * rng.uniform(0.4, 2.0))(x, y, footprint)
        weight = np.clip((wobble - rng.uniform(0.3, 0.7)) * rng.uniform(8, 60) + 0.5, 0, 1)
        albedo = albedo + (other - albedo) * weight[..., None]
    if draws.chance("road", 0.15):
        albedo = _road(rng, albedo, x, y, footprint, light)
    if draws.chance("stones", 0.3):
        albedo = _stones(rng, albedo, x, y, footprint, light)
    if draws.chance("snow_patches", 0.28 if from_above else 0.1):
        snow = ground_albedo(rng, "snow", x, y, footprint, light)
        name = weighted(rng, ["fbm", "fbm", "fbm", "worley"])
        cover = _Layer(rng, name, max(span * rng.uniform(0.04, 0.5), 0.5), rng.uniform(1, 2.5))(x, y, footprint)
        for share in (0.06, 0.015):
            rough = _Layer(rng, "fbm", span * share + 0.05)(x, y, footprint)
            cover = cover + rng.uniform(0.1, 0.4) * (rough - 0.5)
        weight = np.clip((cover - rng.uniform(0.2, 0.85)) * rng.uniform(15, 60), 0, 1)
        albedo = albedo * (1 - 0.35 * ((weight > 0) & (weight < 1)))[..., None]
        albedo = albedo + (snow - albedo) * weight[..., None]
    return albedo


def _stones(rng: np.random.Generator, albedo: F32, x: F32, y: F32, footprint: F32, light: Light) -> F32:
    """Scattered stones, stumps or shrubs: small mounds with a lit side and a shadow."""
    apart_m = float(np.median(footprint)) * x.shape[1] * rng.uniform(0.03, 0.15)
    where, bend = _Layer(rng, "worley", apart_m), _Layer(rng, "fbm", apart_m * 0.7)
    thin = _Layer(rng, "fbm", apart_m * 4)(x, y, footprint)
    limit = rng.uniform(0.02, 0.14) * (thin > rng.uniform(0.2, 0.7)) * (0.5 + bend(x, y, footprint))
    sun = light.sun_direction
    reach = apart_m * 0.12
    height = where(x, y, footprint)
    lee = where(x + sun[0] * reach, y + sun[1] * reach, footprint)
    colour = rgb(*weighted(rng, [(150, 150, 150), (110, 106, 100), (60, 70, 44), (96, 80, 62), (180, 178, 172)]))
    tone = np.clip(1 + 4.0 * (lee - height), 0.4, 1.6)[..., None]
    shadow = np.where((lee < limit) & (height >= limit), 1 - 0.7 * light.shadow, 1.0)[..., None]
    out: F32 = np.where((height < limit)[..., None], colour * tone, albedo * shadow).astype(np.float32)
    return out


def _with_grit(draws: Draws, albedo: F32) -> F32:
    """Blades and grains as small as a pixel; snow, being bright, has hardly any."""
    strength = draws.uniform("grit", 0.05, 0.5)
    grain = cv2.GaussianBlur(draws.rng.standard_normal(albedo.shape[:2], dtype=np.float32), (0, 0), 0.9)
    dark = np.clip(1.05 - albedo.mean(axis=2) * 1.4, 0.08, 1)
    return np.asarray(albedo * np.exp(np.float32(1.8 * strength) * grain * dark)[..., None], np.float32)


def _road(rng: np.random.Generator, albedo: F32, x: F32, y: F32, footprint: F32, light: Light) -> F32:
    a, width = rng.uniform(0, np.pi), rng.uniform(2.0, 8.0)
    bend = _Layer(rng, "smooth", 80.0)(x, y, footprint)
    offset = x * np.cos(a) + y * np.sin(a) + (bend - 0.5) * 12 - rng.uniform(-8, 8)
    kind = str(weighted(rng, ["asphalt", "gravel", "dirt", "sand"]))
    surface = ground_albedo(rng, kind, x, y, footprint, light)
    if kind == "asphalt" and rng.random() < 0.6:
        surface = np.where((np.abs(np.abs(offset) - width * 0.45) < 0.08)[..., None], rgb(225, 225, 220), surface)
    weight = np.clip((width / 2 - np.abs(offset)) / (0.3 + footprint), 0, 1)
    out: F32 = albedo + (surface - albedo) * weight[..., None]
    return out


def shadow_of(canvas: Canvas, strips: list[tuple[F64, F64, float]]) -> None:
    """Darken the ground under the sun's shadows of straight members, given as (p0, p1, width_m)."""
    light, cam = canvas.light, canvas.camera
    if light.shadow < 0.2 or light.sun_direction[2] < 0.08:
        return
    mask = np.zeros(canvas.ids.shape, np.uint8)
    slant = light.sun_direction[:2] / light.sun_direction[2]
    for p0, p1, width in strips:
        a, b = (np.array([*(p[:2] - p[2] * slant), 0.0]) for p in (p0, p1))
        along = b - a
        length = float(np.hypot(along[0], along[1]))
        if length < 1e-3:
            continue
        side = np.array([-along[1], along[0], 0.0]) / length * width / 2
        xy, z = cam.project(np.stack([a + side, b + side, b - side, a - side]))
        if z.min() < 0.3 or np.abs(xy).max() > 3e4:
            continue
        if np.hypot(*(xy[0] - xy[3])) < 0.7 and width < 0.05:
            continue
        cv2.fillConvexPoly(mask, np.round((xy - 0.5) * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.2).astype(np.float32) / 255 * light.shadow
    soft[canvas.inverse_depth <= 0] = 0
    canvas.colour *= (1 - soft)[..., None]
