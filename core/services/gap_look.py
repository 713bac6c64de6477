"""Looking into a measured gap: the channels that a layer shifts most, their photos, and a map of both sets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

from core.compare.gap import LayerGap, SetMap, ShiftedChannel, map_sets, shifted_channels, wide
from core.compare.set_distances import GapNumber
from core.services.gap import GapStudy

Distance = Literal["mmd", "frechet"]


def gap_verdict(layers: Sequence[LayerGap], distance: Distance = "mmd") -> str:
    """What a gap comes to in one sentence: at how many layers the whole interval lies beyond the floor.

    Args:
        layers: in the network's order.
        distance: which one.
    """
    numbers: dict[str, GapNumber] = {layer.name: getattr(layer, distance) for layer in layers}
    if not any(math.isfinite(one.low) and math.isfinite(one.floor) for one in numbers.values()):
        return "Too few photos to say whether renders lie further away than halves of the field photos from each other."
    sure = {name: one for name, one in numbers.items() if one.is_sure}
    if not sure:
        return "No layer tells renders from field photos more surely than it tells halves of the field photos apart."
    name, most = max(sure.items(), key=lambda item: item[1].low / max(item[1].floor, 1e-12))
    lie = "layer lies" if len(sure) == 1 else "layers lie"
    return (
        f"{len(sure)} of {len(layers)} {lie} surely beyond the floor, {name} the furthest: {most.value:.3g} "
        f"({most.low:.3g} to {most.high:.3g}) against {most.floor:.3g}."
    )


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
