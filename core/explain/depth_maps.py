"""LayerCAM at several depths, multiplied: a place counts where fine layers and coarse ones agree on it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.explain.layers import last_spatial_layer, list_layers
from core.explain.pixel_maps import repeated
from core.explain.subject import Subject
from core.explain.target import Target
from core.types import FloatImage

DEPTHS = 3
_BLUR_SHARE = 1 / 40  # standard deviation, share of a side: neighbouring cells agree, too


def depth_layers(subject: Subject) -> tuple[str, ...]:
    """The last layer of every resolution of the network, finest first.

    What lies beside the answer (a detector's sides) or is the answer itself has no map of its own.
    """
    last: dict[tuple[int | None, ...], str] = {}
    for info in list_layers(subject.network, spatial=True):
        if info.kind != "ZeroPadding2D":  # a rim of zeros, at a size of its own
            last[info.shape[:2]] = info.name
    return tuple(name for name in last.values() if name not in (subject.output, "head", "sides"))


def layercam_depths(subject: Subject, x_nhwc: FloatImage, target: Target, *, signed: bool) -> FloatImage:
    """The product of LayerCAM's maps at the ``DEPTHS`` resolutions before the coarsest, in one pass.

    A single deep map is right but a few cells wide, a single fine one speckled over the photo. Each is scaled to its
    peak, so the product says how far all depths agree, 0 to 1.

    Args:
        subject, x_nhwc, target: the network, its input (1, H, W, C), what is explained.
        signed: give each place the sign of the maps' sum; else what raises the answer alone.

    Returns:
        float32 (H', W') at the finest of the resolutions; all 0 where one of the maps is, NaN where one has any.

    Raises:
        ConfigError: the network has no layer with rows and columns.

    Source: LayerCAM: Jiang et al. 2021, doi:10.1109/TIP.2021.3089943; maps of two depths multiplied as in Guided
    Grad-CAM: Selvaraju et al. 2017, arXiv:1610.02391, section 3.2.
    """
    from core.explain.passes import layer_maps

    names = depth_layers(subject)
    names = names[:-1][-DEPTHS:] or (last_spatial_layer(subject.network),)
    index, sign = repeated(target, 1)
    found, _ = layer_maps(subject.network, subject.output, names, "layercam", x_nhwc, index, sign, signed=signed)
    maps = [found[name].maps_nhw[0] for name in names]
    rows, columns = maps[0].shape
    scaled = np.stack([_to_peak(cv2.resize(m, (columns, rows), interpolation=cv2.INTER_LINEAR)) for m in maps])
    agreed = np.abs(scaled).prod(axis=0)
    return np.asarray(agreed * np.sign(scaled.sum(axis=0)) if signed else agreed, np.float32)


def _to_peak(map_hw: NDArray[Any]) -> NDArray[Any]:
    smooth = cv2.GaussianBlur(map_hw, (0, 0), _BLUR_SHARE * max(map_hw.shape))
    return np.asarray(smooth / (np.abs(smooth).max() or 1.0))
