"""Every measure between two photos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.compare.catalogue import Measure, measures
from core.compare.descriptors import Describer, Records, embedding_names
from core.compare.measuring import measure_all
from core.compare.pixels import fine_measures
from core.types import UInt8Image


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure's answer for two photos."""

    measure: Measure
    value: float


def compare_pictures(a_hwc: UInt8Image, b_hwc: UInt8Image, describer: Describer) -> tuple[Comparison, ...]:
    """All measures between two pictures, uint8 RGB (H, W, 3), upright, of any sizes; the same both ways round."""
    return compare_records(describer.describe(a_hwc), describer.describe(b_hwc), fine_measures(a_hwc, b_hwc))


def compare_records(one: Records, other: Records, fine: Mapping[str, float]) -> tuple[Comparison, ...]:
    """The same, from two records of shape () and what ``fine_measures`` found."""
    found = {name: float(values[0]) for name, values in measure_all(one, other[None]).items()}
    found.update(fine)
    return tuple(Comparison(measure, found[measure.name]) for measure in measures(embedding_names(one.dtype)))
