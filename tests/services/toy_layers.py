"""In place of a network's layers: colours and contrast of photos, without TensorFlow."""

from collections.abc import Sequence

import numpy as np

from core.explain.pooled_batch import PooledBatch
from core.types import BoolMask, UInt8Image


class ToyLayers:
    """``first`` means red, green and blue; ``last`` their spread as well."""

    layers = ("first", "last")

    def read(self, images: Sequence[UInt8Image], masks: Sequence[BoolMask | None]) -> PooledBatch:
        means = np.array([image.mean(axis=(0, 1)) / 255 for image in images], np.float32)
        spread = np.array([image.std(axis=(0, 1)) / 255 for image in images], np.float32)
        found = {"first": means, "last": np.hstack([means, spread])}
        return PooledBatch(found, {name: values / 2 for name, values in found.items()})
