"""Changes to training photos: geometry, colour and the sensor's side. NumPy and OpenCV only."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from core.training.config import AugmentSection
from core.types import UInt8Image

Affine = NDArray[np.float64]  # (2, 3), source pixels → target pixels


def plain_affine(height_px: int, width_px: int, size_px: int) -> Affine:
    """Stretch a photo to size_px × size_px, nothing else; what serving does."""
    return np.array([[size_px / width_px, 0, 0], [0, size_px / height_px, 0]], dtype=np.float64)


def random_affine(
    height_px: int, width_px: int, size_px: int, settings: AugmentSection, rng: np.random.Generator
) -> Affine:
    """Stretch to size_px × size_px with a random mirror, rotation, zoom, aspect and shift about the centre."""
    zoom = math.exp(rng.uniform(-1, 1) * math.log1p(settings.scale))
    aspect = math.exp(rng.uniform(-0.5, 0.5) * math.log1p(settings.aspect))
    angle = math.radians(rng.uniform(-1, 1) * settings.rotation_deg)
    mirror = -1.0 if settings.flip and rng.random() < 0.5 else 1.0
    cos, sin = math.cos(angle), math.sin(angle)
    upside = -1.0 if settings.flip_vertical and rng.random() < 0.5 else 1.0
    turn = np.array([[cos, -sin], [sin, cos]]) @ np.diag([mirror * zoom * aspect, upside * zoom / aspect])
    linear = turn @ np.diag([size_px / width_px, size_px / height_px])
    centre = np.array([width_px / 2, height_px / 2])
    target = size_px / 2 + rng.uniform(-1, 1, 2) * settings.shift * size_px
    return np.hstack([linear, (target - linear @ centre)[:, None]])


def warp(image_hwc: UInt8Image, affine: Affine, size_px: int) -> UInt8Image:
    """Apply an affine map; beyond the frame the photo is mirrored, so that no black corner gives it away."""
    scale = math.sqrt(abs(np.linalg.det(affine[:, :2])))
    if scale < 0.7:  # linear sampling alone would alias thin wires
        image_hwc = cv2.GaussianBlur(image_hwc, (0, 0), 0.35 / scale)
    warped = cv2.warpAffine(
        image_hwc, affine, (size_px, size_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(warped, dtype=np.uint8)


def warp_boxes(boxes_xyxy: NDArray[np.float64], affine: Affine, size_px: int) -> NDArray[np.float64]:
    """Map boxes (N, 4): the hull of their four corners, not yet cut to the frame."""
    if len(boxes_xyxy) == 0:
        return boxes_xyxy
    x0, y0, x1, y1 = boxes_xyxy.T
    corners = np.stack([[x0, x1, x1, x0], [y0, y0, y1, y1]])  # (2, 4, N)
    moved = np.einsum("ij,jkn->ikn", affine[:, :2], corners) + affine[:, 2][:, None, None]
    return np.stack([*moved.min(axis=1), *moved.max(axis=1)], axis=1)


def change_colour(image_hwc: UInt8Image, strength: float, rng: np.random.Generator) -> UInt8Image:
    """Random exposure, contrast, gamma, white balance, saturation and hue; sometimes grey."""
    if strength <= 0:
        return image_hwc
    # All but saturation maps one grey level of one channel to another: 256 powers in place of one a pixel.
    levels = (np.arange(256) / 255) ** math.exp(rng.uniform(-0.7, 0.7) * strength)
    table = levels[:, None] * np.exp(rng.uniform(-0.2, 0.2, 3) * strength)
    table = (table - 0.5) * math.exp(rng.uniform(-0.5, 0.5) * strength) + 0.5 + rng.uniform(-0.2, 0.2) * strength
    saturation = 0.0 if rng.random() < 0.1 * strength else math.exp(rng.uniform(-0.9, 0.6) * strength)
    mix = 255 * (saturation * np.eye(3) + (1 - saturation) / 3)
    x = cv2.transform(cv2.LUT(image_hwc, table.astype(np.float32)[None]), mix.astype(np.float32))
    changed: UInt8Image = np.clip(x, 0, 255, out=x).astype(np.uint8)
    if rng.random() >= 0.4 * strength:
        return changed
    hsv = cv2.cvtColor(changed, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(int) + int(rng.uniform(-18, 18) * strength)) % 180
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), dtype=np.uint8)


def defocus(image_hwc: UInt8Image, rng: np.random.Generator) -> UInt8Image:
    """Blur, either round (lens) or along a short line (motion)."""
    if rng.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(image_hwc, (0, 0), rng.uniform(0.4, 1.6)), dtype=np.uint8)
    return _smear(image_hwc, int(rng.integers(3, 7)), rng)


def shake(image_hwc: UInt8Image, rng: np.random.Generator) -> UInt8Image:
    """Blur along a line of 3 to 11 px, as of a camera that moved."""
    return _smear(image_hwc, int(rng.integers(3, 12)), rng)


def _smear(image_hwc: UInt8Image, length: int, rng: np.random.Generator) -> UInt8Image:
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, math.pi)
    half = (length - 1) / 2
    dx, dy = half * math.cos(angle), half * math.sin(angle)
    start, end = (round(half - dx), round(half - dy)), (round(half + dx), round(half + dy))
    cv2.line(kernel, start, end, 1.0, 1)
    return np.asarray(cv2.filter2D(image_hwc, -1, kernel / kernel.sum()), dtype=np.uint8)


def add_noise(image_hwc: UInt8Image, rng: np.random.Generator) -> UInt8Image:
    """Gaussian sensor noise of 2 to 14 grey levels."""
    noise = rng.standard_normal(image_hwc.shape, dtype=np.float32) * rng.uniform(2, 14)
    return np.clip(image_hwc + noise, 0, 255).astype(np.uint8)


def recompress(image_hwc: UInt8Image, rng: np.random.Generator) -> UInt8Image:
    """Through JPEG at quality 25 to 90."""
    _, data = cv2.imencode(".jpg", image_hwc, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


def resample(image_hwc: UInt8Image, rng: np.random.Generator) -> UInt8Image:
    """Down to 40–90 % and up again, as a photo that was small or soft."""
    height, width = image_hwc.shape[:2]
    share = rng.uniform(0.4, 0.9)
    small = cv2.resize(image_hwc, (int(width * share), int(height * share)), interpolation=cv2.INTER_AREA)
    how = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(small, (width, height), interpolation=how), dtype=np.uint8)


def erase(image_hwc: UInt8Image, rng: np.random.Generator) -> UInt8Image:
    """Cover one rectangle of 2 to 12 % of the photo with its own mean colour (Zhong et al. 2017)."""
    height, width = image_hwc.shape[:2]
    area, ratio = rng.uniform(0.02, 0.12) * height * width, math.exp(rng.uniform(-1, 1))
    h, w = min(int(math.sqrt(area * ratio)), height - 1), min(int(math.sqrt(area / ratio)), width - 1)
    top, left = int(rng.integers(0, height - h)), int(rng.integers(0, width - w))
    covered = image_hwc.copy()
    covered[top : top + h, left : left + w] = image_hwc.mean(axis=(0, 1)).astype(np.uint8)
    return covered


_SENSOR: tuple[Callable[[UInt8Image, np.random.Generator], UInt8Image], ...] = (
    resample,
    defocus,
    add_noise,
    recompress,
)


def augment_pixels(image_hwc: UInt8Image, settings: AugmentSection, rng: np.random.Generator) -> UInt8Image:
    """Colour, then the sensor's changes in the order that light meets them."""
    image_hwc = change_colour(image_hwc, settings.colour, rng)
    if rng.random() < settings.erase:
        image_hwc = erase(image_hwc, rng)
    if settings.motion and rng.random() < settings.motion:
        image_hwc = shake(image_hwc, rng)
    for change in _SENSOR:
        if rng.random() < settings.sensor:
            image_hwc = change(image_hwc, rng)
    return image_hwc
