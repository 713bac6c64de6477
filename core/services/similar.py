"""Photos like this one, or like a part of it, and the classes that come into question: what stands beside a finding."""

from __future__ import annotations

import filecmp
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.compare.catalogue import EMBEDDING, Measure, measure_named, measures
from core.compare.descriptors import Describer, embedding_names, to_standard
from core.compare.index import read_picture
from core.compare.ranking import (
    LEAST_SHARE,
    NEIGHBOURS,
    ClassInQuestion,
    classes_in_question,
    nearest,
    nearness,
    vote,
)
from core.compare.regions import find_region, region_descriptor
from core.errors import ConfigError
from core.services.photo_library import Library
from core.types import BoxXyxyPx

Floats = NDArray[np.float64]

REGION = Measure("region", "How much of the marked part's colours and edges a part of the photo has", "higher", 0, 1)
VOTE = Measure("vote", "Average place in the orders of all voting measures", "higher", 0, 1)
_LOOKS = {"hsv_intersection": 1.0, "thumbnail_ssim": 1.0, "difference_hash": 1.0}


@dataclass(frozen=True, slots=True)
class SimilarPhoto:
    """A photo of the library.

    Attributes:
        path, label, truth: the file, its class and (regression) its value.
        value: by the measure that was asked for.
        measures: every voting measure's value.
        box_xyxy_px: for a region, where it was found, in pixels of the upright original.
    """

    path: Path
    label: str
    truth: float | None
    value: float
    measures: Mapping[str, float]
    box_xyxy_px: BoxXyxyPx | None = None


@dataclass(frozen=True, slots=True)
class SimilarPhotos:
    """The answer to "which photos are like this one?".

    Attributes:
        measure: what values mean and which way is nearer.
        weights: voting measures; empty for a region.
        photos: the nearest first.
        classes: the ones that come into question, by the criterion.
        examples: nearest photo of each of the classes, in their order.
        criterion: in words.
        known_as: what the photo is taken for already; "" where nothing is.
    """

    measure: Measure
    weights: Mapping[str, float]
    photos: tuple[SimilarPhoto, ...]
    classes: tuple[ClassInQuestion, ...]
    examples: tuple[SimilarPhoto, ...]
    criterion: str
    known_as: str = ""

    @property
    def others(self) -> tuple[tuple[ClassInQuestion, SimilarPhoto], ...]:
        """The classes that come into question beside the one that the photo is taken for, each with its example."""
        pairs = zip(self.classes, self.examples, strict=True)
        return tuple((one, example) for one, example in pairs if one.label != self.known_as)

    @property
    def own_share(self) -> float | None:
        """Share of the class that the photo is taken for; None where it is not among those in question."""
        return next((one.share for one in self.classes if one.label == self.known_as), None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What both questions have in common; see ``similar_photos``."""

    count: int
    neighbours: int
    least_share: float
    copies: bool
    known_as: str


def known_measures(describer: Describer) -> tuple[str, ...]:
    """The measures that a library can be ordered by: those that an index holds."""
    return tuple(one.name for one in measures(list(describer.embedders)) if one.indexed)


def parse_weights(texts: Sequence[str], describer: Describer) -> dict[str, float]:
    """``MEASURE`` or ``MEASURE=WEIGHT`` … as weights; none at all are the default vote.

    The default: colours, layout and edges of the picture at 1 each, and each network's features at 2.

    Raises:
        NotFoundError: no such measure.
        ConfigError: a weight that is no number over 0, a measure twice, or one that no index can hold.
    """
    if not texts:
        return _LOOKS | {f"{EMBEDDING}{name}": 2.0 for name in describer.embedders}
    weights: dict[str, float] = {}
    for text in texts:
        name, _, weight = text.partition("=")
        measure = measure_named(name, list(describer.embedders))
        if not measure.indexed:
            raise ConfigError(f"{name}: expected a measure that an index holds, such as thumbnail_{name}")
        if name in weights:
            raise ConfigError(f"{name}: expected each measure once, received it twice")
        try:
            weights[name] = float(weight or 1)
        except ValueError:
            weights[name] = math.nan
        if not (math.isfinite(weights[name]) and weights[name] > 0):
            raise ConfigError(f"{name}: expected a weight over 0, received {weight!r}")
    return weights


def similar_photos(
    library: Library,
    photo: Path,
    *,
    by: Mapping[str, float],
    count: int = 10,
    neighbours: int = NEIGHBOURS,
    least_share: float = LEAST_SHARE,
    copies: bool = True,
    known_as: str = "",
    max_pixels: int,
) -> SimilarPhotos:
    """The photos of a library nearest to one, and the classes that it might belong to. It itself does not count.

    Args:
        library: see ``open_library``.
        photo: any file; it need not be in the library.
        by: measures and their weights, see ``parse_weights``; one alone is taken as it is, several vote.
        count: how many photos.
        neighbours, least_share: criterion of classes, see ``core.compare.ranking.classes_in_question``.
        copies: whether other files of the same bytes count.
        known_as: the class that it is taken for; "" for the one that the library has for it, if it is in there.
        max_pixels: largest photo that is opened.

    Raises:
        PhotoError: the photo cannot be read.
        ConfigError: a number out of its range.
    """
    query = library.index.describer.describe(read_picture(photo, max_pixels)[0])
    found = library.measure(query, list(by))
    measures = {measure_named(name, embedding_names(query.dtype)): weight for name, weight in by.items()}
    if len(measures) == 1:
        measure = next(iter(measures))
        values, near = found[measure.name].astype(np.float64), nearness(found[measure.name], measure)
    else:
        measure, values = VOTE, vote(found, measures)
        near = values.copy()
    asked = _Asked(count, neighbours, least_share, copies, known_as)
    return _answer(library, photo, measure, by, values, near, found, None, asked)


def similar_regions(
    library: Library,
    photo: Path,
    box_xyxy_px: BoxXyxyPx,
    *,
    count: int = 10,
    neighbours: int = NEIGHBOURS,
    least_share: float = LEAST_SHARE,
    copies: bool = True,
    known_as: str = "",
    max_pixels: int,
) -> SimilarPhotos:
    """The photos of a library in which a part looks most like a part of this one, and where.

    Args:
        box_xyxy_px: the part, in pixels of the upright original.
        library, photo, count, neighbours, least_share, copies, known_as, max_pixels: as ``similar_photos``.

    Raises:
        PhotoError: the photo cannot be read.
        ConfigError: the box lies outside the photo or is too small to show anything.
    """
    image_hwc, facts = read_picture(photo, max_pixels)
    x0, y0, x1, y1 = box_xyxy_px
    if not (0 <= x0 < x1 <= facts.width_px and 0 <= y0 < y1 <= facts.height_px):
        raise ConfigError(
            f"region: expected x_min < x_max up to {facts.width_px} and y_min < y_max up to {facts.height_px} px of "
            f"{photo}, received {x0:g},{y0:g},{x1:g},{y1:g}"
        )
    standard = to_standard(image_hwc)
    height_px, width_px = standard.shape[:2]
    left, right = (round(x * width_px / facts.width_px) for x in (x0, x1))
    top, bottom = (round(y * height_px / facts.height_px) for y in (y0, y1))
    if min(right - left, bottom - top) < 8:
        raise ConfigError(
            f"region: expected at least {math.ceil(8 * facts.width_px / width_px)} px a side in this photo, received "
            f"{x1 - x0:g} × {y1 - y0:g}"
        )
    region = region_descriptor(standard[top:bottom, left:right])
    values, boxes = find_region(region, library.column("cells").astype(np.uint8, copy=False))
    near = values.astype(np.float64)
    asked = _Asked(count, neighbours, least_share, copies, known_as)
    return _answer(library, photo, REGION, {}, near.copy(), near, {}, boxes, asked)


def _answer(
    library: Library,
    photo: Path,
    measure: Measure,
    weights: Mapping[str, float],
    values: Floats,
    near: Floats,
    found: Mapping[str, NDArray[np.float32]],
    boxes: NDArray[np.float32] | None,
    asked: _Asked,
) -> SimilarPhotos:
    if asked.count < 1:
        raise ConfigError(f"count: expected at least 1, received {asked.count}")
    itself = _places_of(library, photo, with_copies=True)
    known_as = asked.known_as or next((library.labels[k] for k in itself), "")
    near[_places_of(library, photo, with_copies=False) if asked.copies else itself] = -np.inf

    def shown(k: int) -> SimilarPhoto:
        box = None if boxes is None else _box_px(library, k, boxes[k])
        measures = {name: float(found[name][k]) for name in weights}
        return SimilarPhoto(library.paths[k], library.labels[k], library.values[k], float(values[k]), measures, box)

    neighbours, least_share = asked.neighbours, asked.least_share
    photos = tuple(shown(k) for k in nearest(near, asked.count).tolist() if np.isfinite(near[k]))
    classes = classes_in_question(near, library.labels, neighbours=neighbours, least_share=least_share)
    criterion = f"at least {least_share:.0%} of the {neighbours} nearest photos, the photo in place k weighing 1/k"
    examples = tuple(shown(one.example) for one in classes)
    return SimilarPhotos(measure, dict(weights), photos, classes, examples, criterion, known_as)


def _places_of(library: Library, photo: Path, *, with_copies: bool) -> list[int]:
    """Where a photo itself is in the library; with copies, also where files of the same bytes are."""
    own, size = photo.resolve(), photo.stat().st_size
    indexed = library.index.photos
    same_size = [k for k, row in enumerate(library.rows.tolist()) if indexed[row].stamp[0] == size]
    return [
        k for k in same_size
        if library.paths[k].resolve() == own or (with_copies and filecmp.cmp(library.paths[k], own, shallow=False))
    ]  # fmt: skip


def _box_px(library: Library, k: int, fractions: NDArray[np.float32]) -> BoxXyxyPx:
    facts = library.index.photos[int(library.rows[k])]
    x0, y0, x1, y1 = (float(part) for part in fractions)
    return x0 * facts.width_px, y0 * facts.height_px, x1 * facts.width_px, y1 * facts.height_px
