"""What layers say of a batch of photos, on average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class PooledBatch:
    """What a batch gave.

    Attributes:
        means: layer → float32 (N, C), mean over rows and columns.
        inside: layer → float32 (N, C), the part of each mean that comes from the mask: ``means`` less what is beside
            it; 0 where a photo has no mask.
    """

    means: dict[str, Floats]
    inside: dict[str, Floats]
