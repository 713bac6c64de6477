"""Maps from what the answer becomes when parts of the photo are hidden: Score-CAM, occlusion, D-RISE.

They ask the network many times and need no gradient. A few inputs exist at a time, so that memory stays flat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from core.explain.pixel_maps import GREY
from core.explain.subject import CHUNK, Subject
from core.explain.target import Target
from core.explain.worth import worths
from core.types import FloatImage

WINDOW_SHARE = 1 / 8  # of the photo's side
MASK_COUNT = 400
MASK_CELLS = 8
SHOWN_SHARE = 0.5


def scorecam(
    subject: Subject, x_nhwc: FloatImage, activations_hwc: FloatImage, target: Target, *, signed: bool
) -> FloatImage:
    """Channels weighted by what the target is worth where only they are lit, less what it is worth on grey.

    Channels that are the same everywhere light nothing and are left out: in a network with ReLU half of them.

    Args:
        subject, x_nhwc, target: the network, its input (1, H, W, C), what is explained.
        activations_hwc: float32 (H', W', C'), the layer's output for the input.
        signed: False keeps what raises the answer alone.

    Returns:
        float32 (H', W').

    Source: Wang et al. 2020, arXiv:1910.01279, equations 5 to 7, without a softmax over channels, which would
    make every weight positive.
    """
    low, high = activations_hwc.min(axis=(0, 1)), activations_hwc.max(axis=(0, 1))
    live = np.flatnonzero(high > low)
    size_px = (x_nhwc.shape[2], x_nhwc.shape[1])

    def lit() -> Iterator[FloatImage]:
        for k in live:
            mask = (activations_hwc[..., k] - low[k]) / (high[k] - low[k])
            yield cv2.resize(np.ascontiguousarray(mask), size_px, interpolation=cv2.INTER_LINEAR)

    weights = masked_worths(subject, x_nhwc, target, lit()) - grey_worth(subject, x_nhwc, target)
    relevance = np.asarray(activations_hwc[..., live] @ weights.astype(np.float32), np.float32)
    return relevance if signed else np.maximum(relevance, 0)


def occlusion(
    subject: Subject, x_nhwc: FloatImage, target: Target, *, signed: bool, window_share: float = WINDOW_SHARE
) -> FloatImage:
    """How much the target's worth falls where a grey window lies, averaged over the windows on each pixel.

    Args:
        subject, x_nhwc, target: the network, its input (1, H, W, C), what is explained.
        signed: False keeps falls alone.
        window_share: the window's side as a share of the photo's; it moves by half of itself.

    Returns:
        float32 (H, W), in units of the worth.

    Source: Zeiler and Fergus 2013, arXiv:1311.2901, section 4.2.
    """
    height_px, width_px = x_nhwc.shape[1:3]
    windows = list(_windows(height_px, width_px, window_share))

    def shown() -> Iterator[FloatImage]:
        for rows, columns in windows:
            mask = np.ones((height_px, width_px), np.float32)
            mask[rows, columns] = 0
            yield mask

    whole = worths(subject, target, subject.ask(x_nhwc))[0]
    falls = whole - masked_worths(subject, x_nhwc, target, shown())
    total, count = np.zeros((height_px, width_px)), np.zeros((height_px, width_px))
    for (rows, columns), fall in zip(windows, falls, strict=True):
        total[rows, columns] += fall
        count[rows, columns] += 1
    relevance = np.asarray(total / count, np.float32)
    return relevance if signed else np.maximum(relevance, 0)


def drise(
    subject: Subject,
    x_nhwc: FloatImage,
    target: Target,
    *,
    signed: bool,
    mask_count: int = MASK_COUNT,
    seed: int = 0,
) -> FloatImage:
    """Which pixels are shown when the chosen box is found: random masks weighted by the target's worth.

    The mean worth is taken off, so that a pixel that matters to nothing is 0 and not the photo's mean.

    Args:
        subject, x_nhwc, target: the network, its input (1, H, W, C), what is explained.
        signed: False keeps what raises the worth alone.
        mask_count: random masks; noise falls with its square root.
        seed: of the masks.

    Returns:
        float32 (H, W): difference of the mean worth where the pixel is shown from the mean worth.

    Source: Petsiuk et al. 2021, arXiv:2006.03204, section 3; for one output RISE, 2018, arXiv:1806.07421.
    """
    height_px, width_px = x_nhwc.shape[1:3]
    found = masked_worths(subject, x_nhwc, target, random_masks(height_px, width_px, mask_count, seed))
    found -= found.mean()
    total, shown = np.zeros((height_px, width_px)), np.full((height_px, width_px), 1e-9)
    for mask, worth in zip(random_masks(height_px, width_px, mask_count, seed), found, strict=True):
        total += mask * worth
        shown += mask
    relevance = np.asarray(total / shown, np.float32)
    return relevance if signed else np.maximum(relevance, 0)


def random_masks(height_px: int, width_px: int, count: int, seed: int) -> Iterator[FloatImage]:
    """Smooth random masks, float32 (H, W), 0 to 1; the same ones for the same seed.

    Source: Petsiuk et al. 2018, arXiv:1806.07421, section 3.2.
    """
    rng = np.random.default_rng(seed)
    cell_height, cell_width = -(-height_px // MASK_CELLS), -(-width_px // MASK_CELLS)
    large = ((MASK_CELLS + 1) * cell_width, (MASK_CELLS + 1) * cell_height)
    for _ in range(count):
        coarse = (rng.random((MASK_CELLS + 1, MASK_CELLS + 1)) < SHOWN_SHARE).astype(np.float32)
        smooth = cv2.resize(coarse, large, interpolation=cv2.INTER_LINEAR)
        top, left = rng.integers(0, cell_height), rng.integers(0, cell_width)
        yield np.asarray(smooth[top : top + height_px, left : left + width_px], np.float32)


def masked_worths(
    subject: Subject, x_nhwc: FloatImage, target: Target, masks: Iterable[FloatImage]
) -> NDArray[np.float64]:
    """The target's worth in the photo under each mask (1 shows, 0 is grey): float64 (N,)."""
    photo, masks = x_nhwc[0] - GREY, iter(masks)
    parts = [np.zeros(0)]
    while chunk := list(islice(masks, CHUNK)):
        x = np.stack([photo * mask[..., None] + GREY for mask in chunk]).astype(np.float32, copy=False)
        parts.append(worths(subject, target, subject.ask(x)))
    return np.concatenate(parts)


def grey_worth(subject: Subject, x_nhwc: FloatImage, target: Target) -> float:
    """The target's worth where there is nothing to see."""
    return float(worths(subject, target, subject.ask(np.full_like(x_nhwc, GREY)))[0])


def _windows(height_px: int, width_px: int, share: float) -> Iterator[tuple[slice, slice]]:
    tall, wide = max(1, round(height_px * share)), max(1, round(width_px * share))
    for top in _starts(height_px, tall):
        for left in _starts(width_px, wide):
            yield slice(top, top + tall), slice(left, left + wide)


def _starts(length: int, window: int) -> list[int]:
    """Half a window apart, the last one against the edge."""
    last = length - window
    return sorted({*range(0, last + 1, max(1, window // 2)), last})
