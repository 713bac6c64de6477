"""What a camera does to light: exposure, tone curve, focus, sharpening, noise and JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from core.types import FloatImage, UInt8Image

MIDDLE_GREY = 0.18


def tone_map(linear_hwc: FloatImage, *, exposure: float) -> FloatImage:
    """Expose and encode linear light as sRGB with a soft shoulder, so that highlights roll off.

    Args:
        linear_hwc: float32 (H, W, 3), radiance in any unit, 0 or more.
        exposure: factor that brings middle grey to 0.18.

    Returns:
        float32 (H, W, 3), sRGB-encoded, 0 to 1.
    """
    light = np.maximum(linear_hwc, 0.0) * exposure
    # Below the knee as it is; above it approaches 1 without ever clipping.
    knee = 0.55
    over = np.maximum(light - knee, 0.0)
    light = np.minimum(light, knee) + (1.0 - knee) * over / (over + (1.0 - knee))
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-8) ** (1 / 2.4) - 0.055)
    return np.asarray(encoded, np.float32)


def auto_exposure(linear_hwc: FloatImage, weight_hw: FloatImage) -> float:
    """Exposure factor that a camera would choose: the weighted log-mean luminance becomes middle grey."""
    luminance = linear_hwc @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    floor = 1e-4 * max(float(luminance.max()), 1e-9)
    log_mean = float((np.log(luminance + floor) * weight_hw).sum() / max(float(weight_hw.sum()), 1e-9))
    return MIDDLE_GREY / float(np.exp(log_mean))


def photograph(
    encoded_hwc: FloatImage,
    rng: np.random.Generator,
    *,
    defocus_px: float = 0.0,
    sharpness: float = 0.0,
    noise: float = 0.0,
    jpeg_quality: int = 95,
) -> UInt8Image:
    """Put an encoded picture through lens, sensor and JPEG.

    Args:
        encoded_hwc: float32 (H, W, 3), sRGB-encoded RGB, 0 to 1.
        rng: makes the noise.
        defocus_px: Gaussian sigma. sharpness: unsharp mask's amount.
        noise: standard deviation at full scale 1, stronger in the shadows as in a real sensor.
        jpeg_quality: 1 to 100.

    Returns:
        uint8 RGB, shape (H, W, 3).
    """
    image = encoded_hwc
    if defocus_px > 0.05:
        image = cv2.GaussianBlur(image, (0, 0), defocus_px, borderType=cv2.BORDER_REFLECT)
    if noise > 0.0:
        grain = rng.normal(0.0, noise, image.shape[:2])[..., None] + rng.normal(0.0, 0.4 * noise, image.shape)
        image = image + grain * (1.3 - 0.6 * image)
    if sharpness > 0.0:
        image = image + sharpness * (image - cv2.GaussianBlur(image, (0, 0), 1.0))
    pixels = (np.clip(image, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    coded = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])[1]
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
