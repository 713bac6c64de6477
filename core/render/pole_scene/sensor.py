"""From linear light to the file a camera would have left: exposure, optics, noise, JPEG."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.render.pole_scene.canvas import F32
from core.render.pole_scene.draws import Draws
from core.types import UInt8Image


def develop(linear: F32, draws: Draws, width_px: int, height_px: int, weather: str) -> UInt8Image:
    """Expose, blur, shrink to (height_px, width_px), add noise and compress.

    Args:
        linear: float32 (H, W, 3), linear RGB on the supersampled canvas.
        draws: draws and records exposure, blur, noise and quality.
        width_px, height_px: size of the photo.
        weather: dusk photos are darker and noisier.
    """
    rng = draws.rng
    shrink = linear.shape[1] / width_px
    linear = _exposed(linear, draws, weather)
    blur_px = (
        draws.log_uniform("defocus_px", 0.12, 0.5) if rng.random() < 0.88 else draws.uniform("defocus_px", 0.5, 1.0)
    )
    linear = cv2.GaussianBlur(linear, (0, 0), blur_px * shrink)
    if draws.chance("motion_blur", 0.07):
        linear = _motion_blurred(linear, rng, shrink)
    small = cv2.resize(linear, (width_px, height_px), interpolation=cv2.INTER_AREA)
    encoded = _tone_curve(small, draws)
    encoded = _noisy(encoded, draws, 2.0 if weather == "dusk" else 1.0)
    if draws.chance("sharpened", 0.45):
        soft = cv2.GaussianBlur(encoded, (0, 0), rng.uniform(0.6, 1.3))
        encoded = encoded + (encoded - soft) * np.float32(rng.uniform(0.2, 1.2))
    image: UInt8Image = (np.clip(encoded, 0, 1) * 255 + 0.5).astype(np.uint8)
    quality = int(draws.uniform("jpeg_quality", 45, 98))
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


def _exposed(linear: F32, draws: Draws, weather: str) -> F32:
    target = {"sun": 0.24, "hazy sun": 0.24, "overcast": 0.22, "dusk": 0.12}[weather]
    target *= float(np.exp(draws.rng.normal(0, 0.32)))
    sparse = linear[::7, ::7]
    # half by the mean, half by the highlights: snow comes out white and sky bright, as meters do it
    by_mean, by_highlight = target / (sparse.mean() + 1e-4), 3.2 * target / (np.percentile(sparse, 95) + 1e-4)
    gain = draws.keep("exposure_gain", float(np.clip(np.sqrt(by_mean * by_highlight), 0.15, 6.0)))
    balance = np.exp(draws.rng.normal(0, 0.05, 3)).astype(np.float32)
    out = linear * (balance * np.float32(gain))
    h, w = out.shape[:2]
    vignette = draws.uniform("vignetting", 0.0, 0.35)
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j].astype(np.float32)
    exposed: F32 = out * (1 - vignette * (x * x + y * y) / 2)[..., None]
    veil = draws.uniform("veiling_glare", 0.0, 0.04) * exposed.mean()
    return (exposed + np.float32(veil)).astype(np.float32)


def _tone_curve(linear: F32, draws: Draws) -> F32:
    # a shoulder keeps highlights from clipping hard, as cameras do
    knee = np.float32(draws.rng.uniform(0.6, 0.95))
    over = np.maximum(linear - knee, 0)
    linear = np.minimum(linear, knee) + (1 - knee) * (1 - np.exp(-over / (1 - knee)))
    encoded = np.power(np.maximum(linear, 0), np.float32(1 / 2.2))
    contrast = np.float32(draws.uniform("contrast", 0.85, 1.3))
    encoded = (encoded - 0.45) * contrast + 0.45
    grey = encoded.mean(axis=2, keepdims=True)
    out: F32 = grey + (encoded - grey) * np.float32(draws.uniform("saturation", 0.5, 1.15))
    return out.astype(np.float32)


def _noisy(encoded: F32, draws: Draws, factor: float) -> F32:
    level = draws.log_uniform("noise_of_255", 0.4, 3.5) * factor / 255
    shape = encoded.shape
    grain = draws.rng.standard_normal((*shape[:2], 1), dtype=np.float32)
    chroma = draws.rng.standard_normal(shape, dtype=np.float32)
    chroma = cv2.GaussianBlur(chroma, (0, 0), 1.0)
    out: F32 = encoded + np.float32(level) * (grain + 0.8 * chroma)
    return out


def _motion_blurred(linear: F32, rng: np.random.Generator, shrink: float) -> F32:
    length = int(np.clip(rng.uniform(1.2, 4.0) * shrink, 3, 15)) | 1
    kernel: NDArray[np.float32] = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    half = length // 2
    a = (round(half - half * np.cos(angle)), round(half - half * np.sin(angle)))
    b = (round(half + half * np.cos(angle)), round(half + half * np.sin(angle)))
    cv2.line(kernel, a, b, 1.0)
    out: F32 = cv2.filter2D(linear, -1, kernel / kernel.sum())
    return out
