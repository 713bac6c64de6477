"""All measures of one photo against many, from their records."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from core.compare import histograms
from core.compare.catalogue import EMBEDDING, Measure, measures
from core.compare.descriptors import Records, embedding_names
from core.compare.edges import EDGE_MEASURES
from core.compare.hashes import HASHES, differing_bits
from core.compare.pixels import thumbnail_measures

Floats = NDArray[np.float32]

_CHUNK = 2048  # records a step: large enough that threads seldom wait for the interpreter, 2 MB at a time
_OF_HISTOGRAMS = {
    "correlation": histograms.correlation,
    "chi_square": histograms.chi_square,
    "intersection": histograms.intersection,
    "bhattacharyya": histograms.bhattacharyya,
}


def indexed_measures(dtype: np.dtype[np.void]) -> tuple[Measure, ...]:
    """The measures that records of this kind can give."""
    return tuple(measure for measure in measures(embedding_names(dtype)) if measure.indexed)


def measure_all(query: Records, records: Records, names: Iterable[str] | None = None) -> dict[str, Floats]:
    """Measures of one photo against many.

    Args:
        query: one record, shape ().
        records: shape (N,), of the same kind; may be mapped from disk.
        names: which measures; None for all that records give.

    Returns:
        Measure → float32 (N,), in the catalogue's order.
    """
    wanted = set(names) if names is not None else None
    chosen = [m.name for m in indexed_measures(query.dtype) if wanted is None or m.name in wanted]
    out = {name: np.empty(len(records), np.float32) for name in chosen}

    def fill(start: int) -> None:
        chunk = slice(start, start + _CHUNK)
        for name, values in _measures_of(query, records[chunk], set(chosen)).items():
            out[name][chunk] = values

    starts = range(0, len(records), _CHUNK)
    if len(starts) <= 1:
        for start in starts:
            fill(start)
    else:
        with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:  # NumPy lets go of the interpreter inside
            list(pool.map(fill, starts))
    return out


def _measures_of(query: Records, records: Records, names: set[str]) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for space in histograms.COLOUR_SPACES:
        wanted = {f"{space}_{kind}": compare for kind, compare in _OF_HISTOGRAMS.items() if f"{space}_{kind}" in names}
        if wanted:
            many = np.ascontiguousarray(records[space])
            found |= {name: compare(query[space], many) for name, compare in wanted.items()}
    for k, name in enumerate(HASHES):
        if name in names:
            found[name] = differing_bits(query["hashes"][k], records["hashes"][:, k])
    if any(name.startswith("thumbnail_") for name in names):
        thumbnails = thumbnail_measures(query["thumbnail"], records["thumbnail"], records["thumbnail_sums"])
        found |= {name: values for name, values in thumbnails.items() if name in names}
    for k, name in enumerate(EDGE_MEASURES):
        if name in names:
            found[name] = np.abs(records["edges"][:, k] - query["edges"][k])
    for name in names:
        if name.startswith(EMBEDDING):
            found[name] = _cosine(query[name], records[name])
    return found


def _cosine(one: NDArray[np.int8], many: NDArray[np.int8]) -> Floats:
    """Cosines of (D,) with (N, D); 0 where one of both has no direction."""
    x, y = one.astype(np.float32), many.astype(np.float32)
    lengths = np.sqrt(np.einsum("nd,nd->n", y, y) * np.float32(x @ x))
    along = np.einsum("nd,d->n", y, x)
    return np.asarray(np.clip(along / np.where(lengths > 0, lengths, 1), -1, 1), dtype=np.float32)
