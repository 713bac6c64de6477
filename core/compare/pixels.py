"""SSIM, MSE and PSNR: of two photos at their own fineness, and of a 32 × 32 thumbnail against many.

Luminance, 0 to 1, throughout. The thumbnail's measures compare the layout of two pictures and blur all else away;
they are what an index of 100,000 photos can afford. Noise and focus show in the fine ones alone.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.imaging.decode import resize_to
from core.imaging.quality import luminance
from core.types import FloatImage, UInt8Image

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

FINE_LONG_SIDE_PX = 1024
THUMBNAIL_PX, WINDOW_PX = 32, 8
WINDOWS = (THUMBNAIL_PX // WINDOW_PX) ** 2
MAX_PSNR_DB = 100.0
_K1, _K2 = 0.01**2, 0.03**2
_LEAST_PX = 11  # SSIM's window
_ROWS = 64  # thumbnails widened at a time, into the same memory: fresh memory costs more than the products


def to_common_size(a_hwc: UInt8Image, b_hwc: UInt8Image) -> tuple[UInt8Image, UInt8Image]:
    """Two pictures, uint8 (H, W, 3), at one size: the smaller height and the smaller width of both, at most 1024 px.

    So neither is enlarged (but for one under 11 px), and where proportions differ both are stretched.
    """
    height_px, width_px = np.minimum(a_hwc.shape[:2], b_hwc.shape[:2])
    scale = min(1.0, FINE_LONG_SIDE_PX / max(height_px, width_px))
    size = max(_LEAST_PX, round(float(height_px * scale))), max(_LEAST_PX, round(float(width_px * scale)))
    return resize_to(a_hwc, *size), resize_to(b_hwc, *size)


def fine_measures(a_hwc: UInt8Image, b_hwc: UInt8Image) -> dict[str, float]:
    """``ssim``, ``mse`` and ``psnr`` of two pictures, uint8 (H, W, 3), at their common size."""
    a, b = (luminance(image) for image in to_common_size(a_hwc, b_hwc))
    mse = float(np.mean((a.astype(np.float64) - b) ** 2))
    return {"ssim": ssim(a, b), "mse": mse, "psnr": float(psnr_of(np.array(mse)))}


def ssim(a: FloatImage, b: FloatImage) -> float:
    """Mean structural similarity.

    Args:
        a, b: luminance, float32, shape (H, W) of one size, at least 11 px a side, range 0 to 1.

    Returns:
        −1 to 1; 1 for equal ones. Gaussian window of 11 px, σ 1.5; windows that reach over the border do not count.

    Source: Wang et al. 2004, doi:10.1109/TIP.2003.819861.
    """
    x, y = a.astype(np.float64), b.astype(np.float64)

    def mean(picture: NDArray[np.float64]) -> NDArray[np.float64]:
        blurred = cv2.GaussianBlur(picture, (_LEAST_PX, _LEAST_PX), 1.5)
        edge = _LEAST_PX // 2
        return np.asarray(blurred[edge:-edge, edge:-edge])

    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    return float(np.mean((2 * mx * my + _K1) * (2 * cov + _K2) / ((mx**2 + my**2 + _K1) * (vx + vy + _K2))))


def psnr_of(mse: NDArray[np.floating]) -> NDArray[np.float64]:
    """Peak signal-to-noise ratio, dB, of mean squared errors over 0 to 1; at most 100, which equal pictures get."""
    return np.asarray(-10 * np.log10(np.maximum(mse, 10 ** (-MAX_PSNR_DB / 10)).astype(np.float64)))


def thumbnail(image_hwc: UInt8Image) -> Bytes:
    """A picture's luminance at 32 × 32 px, stretched: uint8 (16, 64), one row for each window of 8 × 8 px.

    So small a picture still says what kind of scene it is: Torralba et al. 2008, doi:10.1109/TPAMI.2008.128.
    """
    grey = cv2.cvtColor(resize_to(image_hwc, THUMBNAIL_PX, THUMBNAIL_PX), cv2.COLOR_RGB2GRAY)
    side = THUMBNAIL_PX // WINDOW_PX
    windows = grey.reshape(side, WINDOW_PX, side, WINDOW_PX).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(windows.reshape(WINDOWS, WINDOW_PX**2), dtype=np.uint8)


def thumbnail_sums(windows: Bytes) -> Floats:
    """Sums and sums of squares over each window of a thumbnail (16, 64): float32 (2, 16), whole numbers."""
    wide = windows.astype(np.float32)
    return np.stack([wide.sum(axis=1), (wide * wide).sum(axis=1)])


def thumbnail_measures(one: Bytes, many: Bytes, many_sums: Floats) -> dict[str, Floats]:
    """SSIM, MSE and PSNR of one thumbnail against many.

    Args:
        one: as ``thumbnail``.
        many: uint8, shape (N, 16, 64).
        many_sums: float32, shape (N, 2, 16), ``thumbnail_sums`` of each: a third of the work, done once a photo.

    Returns:
        ``thumbnail_ssim`` (−1 to 1), ``thumbnail_mse`` (0 to 1), ``thumbnail_psnr`` (dB, to 100), each (N,).
        SSIM's windows are the 16, evenly weighted.
    """
    products = _window_products(one, many)
    (x_sums, x_squares), sums, squares = thumbnail_sums(one), many_sums[:, 0], many_sums[:, 1]
    n = np.float32(one.shape[1])
    # Σ (a − b)² over a window stays exact in float32: equal pictures come out as equal.
    errors = squares - 2 * products
    errors += x_squares
    mse = np.maximum(np.einsum("nw->n", errors).astype(np.float64) / one.size / 255**2, 0)
    mx, my = x_sums / n, sums / n
    vx, vy = x_squares / n - mx**2, squares / n - my**2
    means, covariances = mx * my, products
    covariances /= n
    covariances -= means
    k1, k2 = np.float32(_K1 * 255**2), np.float32(_K2 * 255**2)
    found = (2 * means + k1) * (2 * covariances + k2)
    found /= my * my + (mx * mx + k1)
    found /= vy + (vx + k2)
    return {
        "thumbnail_ssim": np.asarray(np.einsum("nw->n", found) / np.float32(WINDOWS), dtype=np.float32),
        "thumbnail_mse": mse.astype(np.float32),
        "thumbnail_psnr": psnr_of(mse).astype(np.float32),
    }


def _window_products(one: Bytes, many: Bytes) -> Floats:
    """Σ a b over each window, of 0 to 255: (16, 64) and (N, 16, 64) → (N, 16). Whole numbers, exact in float32."""
    products = np.empty((len(many), WINDOWS), np.float32)
    x = one.astype(np.float32)[:, :, None]
    # Records lie far apart: copied close together first, they are widened twice as fast. 64 of them stay in the
    # processor's cache, and products this small start no threads of their own.
    close = np.empty((min(_ROWS, len(many)), *one.shape), np.uint8)
    wide = np.zeros(close.shape, np.float32)
    for start in range(0, len(many), _ROWS):
        count = min(_ROWS, len(many) - start)
        close[:count] = many[start : start + count]
        cv2.accumulateWeighted(close[:count], wide[:count], 1.0)  # wide = close: widens twice as fast as NumPy does
        products[start : start + count] = np.matmul(wide[:count].transpose(1, 0, 2), x)[..., 0].T
    return products
