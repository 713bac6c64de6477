"""Looking into a measured gap: the channels that a layer shifts most, their photos, and a map of both sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.compare.gap import SetMap, ShiftedChannel, map_sets, shifted_channels, wide
from core.services.gap import GapStudy


def shifted_at(study: GapStudy, layer: str, count: int = 8, photos: int = 3) -> tuple[ShiftedChannel, ...]:
    """A layer's most shifted channels; their photos' indices point into the study's sets.

    Raises:
        NotFoundError: the layer was not measured.
    """
    study.layer(layer)
    return shifted_channels(wide(study.synthetic, layer), wide(study.real, layer), count, photos)


def map_at(study: GapStudy, layer: str) -> SetMap:
    """Both sets in the plane in which a layer's answers vary most.

    Raises:
        NotFoundError: the layer was not measured.
        ConfigError: fewer than 3 photos in all.
    """
    study.layer(layer)
    return map_sets(wide(study.synthetic, layer), wide(study.real, layer))


def shift_document(study: GapStudy, channels: Sequence[ShiftedChannel]) -> list[dict[str, Any]]:
    """JSON-ready; photos by their paths."""
    return [
        {
            "channel": one.channel,
            "shift": one.shift,
            "synthetic": [str(study.synthetic.files[k]) for k in one.first],
            "real": [str(study.real.files[k]) for k in one.second],
        }
        for one in channels
    ]
