"""How many poles photos show: told by their metadata, or estimated from where they were taken."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from core.store import PhotoPoint

POLE_KEY = "pole"
SAME_POLE_M = 25.0  # spans are 40 m and more; a helicopter hovers within this of the pole that it looks at
_M_PER_DEGREE = 111_320.0


def is_placed(point: PhotoPoint) -> bool:
    """Whether a photo tells a pole by name or position."""
    return point.gps is not None or point.values.get(POLE_KEY) not in (None, "")


def count_poles(points: Iterable[PhotoPoint]) -> int | None:
    """Names in the metadata ``pole``, and places of the photos without one; None where no photo tells either."""
    named: set[str] = set()
    places: list[tuple[float, float]] = []
    for point in points:
        pole = point.values.get(POLE_KEY)
        if pole not in (None, ""):
            named.add(str(pole))
        elif point.gps is not None:
            places.append(point.gps)
    if not named and not places:
        return None
    return len(named) + count_places(np.array(places, dtype=np.float64).reshape(-1, 2))


def count_places(lat_lon_deg: NDArray[np.float64], apart_m: float = SAME_POLE_M) -> int:
    """Places that lie more than ``apart_m`` from each other, taken up in the order given.

    A photo belongs to the first place within reach, so that photos along a line do not run together into one.

    Args:
        lat_lon_deg: (N, 2), degrees, WGS 84.
        apart_m: reach of a place.
    """
    kept: dict[tuple[int, int], list[tuple[float, float]]] = {}
    count = 0
    for lat, lon in lat_lon_deg.tolist():
        north, east = lat * _M_PER_DEGREE, lon * _M_PER_DEGREE * math.cos(math.radians(lat))
        row, column = math.floor(north / apart_m), math.floor(east / apart_m)
        near = (place for r in (-1, 0, 1) for c in (-1, 0, 1) for place in kept.get((row + r, column + c), ()))
        if not any(math.hypot(north - y, east - x) <= apart_m for y, x in near):
            kept.setdefault((row, column), []).append((north, east))
            count += 1
    return count
