"""Photos → what a model's layers say of them on average: read as a stream, so that memory stays flat."""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.compare.index import read_picture
from core.errors import InputError
from core.types import BoolMask, BoxXyxyPx, UInt8Image

if TYPE_CHECKING:
    from core.explain.pooling import PooledLayers

BATCH = 8
_LONG_SIDE_PX = 640  # at least; every network of whole photos sees less

Floats = NDArray[np.float32]
OnProgress = Callable[[int, int], None]
ObjectPlace = Path | tuple[BoxXyxyPx, ...] | None
"""Where the object is in a photo: a mask's picture, boxes in pixels of the upright original, or nobody knows."""


@dataclass(frozen=True, eq=False)
class Activations:
    """What layers say of the photos of a set.

    Attributes:
        files: the photos that could be read.
        means: layer → float32 (N, C), mean over rows and columns.
        inside: layer → float32 (N, C), the part of each mean that the object gives; see ``has_mask``.
        has_mask: bool (N,), whether it is known where the object is in a photo.
        failed: file → why it could not be read.
    """

    files: tuple[Path, ...]
    means: Mapping[str, Floats]
    inside: Mapping[str, Floats]
    has_mask: NDArray[np.bool_]
    failed: Mapping[Path, str]

    def rows(self, places: Sequence[int]) -> Activations:
        """The same of some of the photos, in the order given."""
        take = np.asarray(places, np.int64)
        return Activations(
            tuple(self.files[k] for k in take.tolist()),
            {name: values[take] for name, values in self.means.items()},
            {name: values[take] for name, values in self.inside.items()},
            self.has_mask[take],
            self.failed,
        )


def read_activations(
    pooled: PooledLayers,
    files: Sequence[Path],
    *,
    place_of: Callable[[Path], ObjectPlace],
    max_pixels: int,
    on_progress: OnProgress | None = None,
) -> Activations:
    """Read photos, eight at a time; what a layer says of a photo is a few hundred numbers, and that alone is kept.

    Args:
        pooled: the model's layers.
        files: photos of any sizes and colour spaces; one that cannot be read is noted and stops nothing.
        place_of: file → where the object is in it.
        max_pixels: largest photo that is opened.
        on_progress: called with (done, count).
    """
    kept: list[Path] = []
    means: dict[str, list[Floats]] = {name: [] for name in pooled.layers}
    inside: dict[str, list[Floats]] = {name: [] for name in pooled.layers}
    has_mask: list[bool] = []
    failed: dict[Path, str] = {}
    done = 0
    for batch in _batches(files, place_of, max_pixels):
        done += len(batch)
        failed.update({file: one for file, one in batch if isinstance(one, str)})
        good = [(file, *one) for file, one in batch if not isinstance(one, str)]
        if good:
            found = pooled.read([image for _, image, _ in good], [mask for _, _, mask in good])
            for name in pooled.layers:
                means[name].append(found.means[name])
                inside[name].append(found.inside[name])
            kept += [file for file, _, _ in good]
            has_mask += [mask is not None for _, _, mask in good]
        if on_progress:
            on_progress(done, len(files))
    return Activations(
        tuple(kept), _joined(means), _joined(inside), np.array(has_mask, dtype=np.bool_), failed
    )  # fmt: skip


def activations_key(
    model_version: str, layers: Sequence[str], files: Sequence[Path], place_of: Callable[[Path], ObjectPlace]
) -> str:
    """What names the activations of files as they are now: another model, layer, file, mask or box is another name."""
    stamps = [(str(file.absolute()), *_stamp(file), _place_stamp(place_of(file))) for file in files]
    return hashlib.sha256(repr((model_version, tuple(layers), stamps)).encode()).hexdigest()[:20]


def activations_bytes(found: Activations) -> bytes:
    """The same as a file, which ``parse_activations`` reads."""
    names = {
        "files": [str(file) for file in found.files],
        "layers": list(found.means),
        "failed": {str(file): error for file, error in found.failed.items()},
    }
    arrays: dict[str, Any] = {f"means.{k}": values for k, values in enumerate(found.means.values())}
    arrays |= {f"inside.{k}": values for k, values in enumerate(found.inside.values())}
    buffer = io.BytesIO()
    np.savez(buffer, names=np.array(json.dumps(names)), has_mask=found.has_mask, **arrays)
    return buffer.getvalue()


def parse_activations(file: Path) -> Activations:
    """Read what ``activations_bytes`` gave."""
    with np.load(file, allow_pickle=False) as arrays:
        names = json.loads(str(arrays["names"]))
        layers: list[str] = names["layers"]
        return Activations(
            tuple(map(Path, names["files"])),
            {name: arrays[f"means.{k}"] for k, name in enumerate(layers)},
            {name: arrays[f"inside.{k}"] for k, name in enumerate(layers)},
            arrays["has_mask"],
            {Path(path): error for path, error in names["failed"].items()},
        )


def _batches(
    files: Sequence[Path], place_of: Callable[[Path], ObjectPlace], max_pixels: int
) -> Iterator[list[tuple[Path, tuple[UInt8Image, BoolMask | None] | str]]]:
    """Decoded one batch ahead of the network, and no further."""

    def read(file: Path) -> tuple[UInt8Image, BoolMask | None] | str:
        try:
            image_hwc, photo = read_picture(file, max_pixels, _LONG_SIDE_PX)
        except (InputError, OSError) as error:
            return str(error)
        return image_hwc, object_mask(place_of(file), image_hwc, (photo.width_px, photo.height_px))

    rest = iter(files)
    with ThreadPoolExecutor(2) as pool:  # OpenCV lets go of the interpreter inside
        batch = list(islice(rest, BATCH))
        reading = [pool.submit(read, file) for file in batch]
        while batch:
            following = list(islice(rest, BATCH))
            ahead = [pool.submit(read, file) for file in following]
            yield [(file, one.result()) for file, one in zip(batch, reading, strict=True)]
            batch, reading = following, ahead


def object_mask(place: ObjectPlace, image_hwc: UInt8Image, original_size_px: tuple[int, int]) -> BoolMask | None:
    """Where the object is in a picture.

    Args:
        place: in the original.
        image_hwc: uint8 (H, W, 3), the upright original or smaller.
        original_size_px: width and height of the upright original.

    Returns:
        bool, of the mask's own size, or (H, W) with the pixels that any box touches; None where nobody knows, or the
        mask cannot be read.
    """
    if place is None:
        return None
    if isinstance(place, Path):
        mask = cv2.imread(str(place), cv2.IMREAD_GRAYSCALE)
        return None if mask is None else np.asarray(mask > 0)
    height_px, width_px = image_hwc.shape[:2]
    across, down = width_px / original_size_px[0], height_px / original_size_px[1]
    inside = np.zeros((height_px, width_px), np.bool_)
    for x_min, y_min, x_max, y_max in place:
        columns = slice(max(0, int(x_min * across)), math.ceil(x_max * across))
        inside[max(0, int(y_min * down)) : math.ceil(y_max * down), columns] = True
    return inside


def _place_stamp(place: ObjectPlace) -> object:
    return (str(place.absolute()), *_stamp(place)) if isinstance(place, Path) else place


def _joined(parts: Mapping[str, list[Floats]]) -> dict[str, Floats]:
    return {name: np.concatenate(ones) if ones else np.empty((0, 0), np.float32) for name, ones in parts.items()}


def _stamp(file: Path) -> tuple[int, int]:
    try:
        facts = file.stat()
    except OSError:
        return 0, 0
    return facts.st_size, facts.st_mtime_ns
