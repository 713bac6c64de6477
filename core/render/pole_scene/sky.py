"""Sky: gradient, clouds, glow around the sun."""

from __future__ import annotations

import numpy as np

from core.render.pole_scene.canvas import Canvas
from core.render.pole_scene.draws import Draws
from core.render.pole_scene.light import mix, rgb
from core.render.pole_scene.noise import sample


def paint_sky(canvas: Canvas, draws: Draws, weather: str) -> None:
    """Fill the canvas above the horizon. Brightness follows the weather; dusk is warm at the horizon."""
    rng = draws.rng
    lines = np.flatnonzero((canvas.rays[..., 2] > -0.03).any(axis=1))
    if lines.size == 0:
        return
    part = slice(int(lines[0]), int(lines[-1]) + 1)
    rays = canvas.rays[part]
    length = np.sqrt(np.einsum("ijk,ijk->ij", rays, rays))
    up = rays[..., 2] / length
    above = up > -0.02
    zenith, horizon = {
        "sun": ((48, 104, 186), (176, 208, 236)),
        "hazy sun": ((140, 168, 200), (214, 222, 230)),
        "overcast": ((164, 170, 178), (216, 219, 222)),
        "dusk": ((92, 110, 148), (232, 196, 164)),
    }[weather]
    jitter = np.exp(rng.normal(0, 0.12) + rng.normal(0, 0.03, 3)).astype(np.float32)
    weight = np.clip(np.maximum(up, 0), 0, 1) ** rng.uniform(0.35, 0.8)
    sky = mix(rgb(*horizon) * jitter, rgb(*zenith) * jitter, weight.astype(np.float32))
    flat = (rays[..., :2] / np.maximum(rays[..., 2:], 0.06)).astype(np.float32)
    scale, off = rng.uniform(20, 130), rng.uniform(0, 512, 4).astype(np.float32)
    cloud = sample("fbm", flat[..., 0] * scale + off[0], flat[..., 1] * scale + off[1])
    detail = sample("fbm", flat[..., 0] * scale * 3 + off[2], flat[..., 1] * scale * 3 + off[3])
    cloud = 0.75 * cloud + 0.25 * detail
    if weather == "overcast":
        depth = draws.uniform("cloud_contrast", 0.0, 0.55)
        # clouds seen near the horizon are too thin slices for this flat layer: they fade out there
        sky = sky * (1 + 2 * depth * (cloud - 0.5) * np.clip(up * 6, 0, 1))[..., None]
    elif draws.chance("clouds", 0.5):
        cover = np.clip((cloud - rng.uniform(0.45, 0.9)) * rng.uniform(2, 8), 0, 1) * np.clip(up * 6 - 0.2, 0, 1)
        tone = rgb(236, 238, 240) * (0.6 + 0.5 * detail[..., None])
        sky = sky + (tone - sky) * cover[..., None]
    toward = rays @ canvas.light.sun_direction / length
    if weather != "overcast":
        glow = np.clip(toward, 0, 1) ** 40 * 1.2 + np.clip(toward, 0, 1) ** 600 * 8
        sky = sky + glow[..., None] * canvas.light.sun_rgb * 0.5
    gain = np.float32(rng.uniform(1.0, 1.8) * {"sun": 1.3, "hazy sun": 1.4, "overcast": 1.2, "dusk": 0.8}[weather])
    canvas.colour[part][above] = (sky * gain)[above]
