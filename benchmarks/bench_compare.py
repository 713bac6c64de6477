"""All measures of one photo against an index, beside looping imagehash and OpenCV pair by pair.

Usage: ``python -m benchmarks.bench_compare [--photos N] [--largest N] [--read N] [--write]``.

The index is filled with records of varied made-up pictures (making a hundred thousand JPEGs would take an hour and say
nothing about queries); reading is timed on real JPEG files.

The loop is what a person would write: ``cv2.compareHist`` of two histograms, imagehash's difference of two hashes,
``cv2.PSNR``, SSIM out of ``cv2.blur`` and a dot product of features, for one pair after the other in one process. It
gets what it needs for free: histograms, hashes, thumbnails and features of all photos lie in its memory, in the form
that each function takes, so that comparing alone is timed. Its values have to agree with ours. Both sides are measured
in turns, so that what else the machine does weighs on both.
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import imagehash
import numpy as np

from benchmarks.tables import Row, as_table, write_table
from core.compare.descriptors import Describer, Records
from core.compare.duplicates import near_duplicates
from core.compare.hashes import HASHES
from core.compare.histograms import COLOUR_SPACES
from core.compare.index import PhotoIndex
from core.compare.measuring import measure_all
from core.compare.pixels import WINDOW_PX, thumbnail_sums
from core.compare.regions import find_region
from core.config import read_settings
from core.services.compare import make_describer
from core.types import UInt8Image

HEADING = "Comparison"
LOOPED = 300
REPEATS = 5
_METHODS = {
    "correlation": cv2.HISTCMP_CORREL,
    "chi_square": cv2.HISTCMP_CHISQR_ALT,
    "intersection": cv2.HISTCMP_INTERSECT,
    "bhattacharyya": cv2.HISTCMP_BHATTACHARYYA,
}


def picture(rng: np.random.Generator, height_px: int = 120, width_px: int = 160) -> UInt8Image:
    """A smooth coloured picture with some grain."""
    coarse = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    smooth = cv2.resize(coarse, (width_px, height_px), interpolation=cv2.INTER_CUBIC).astype(np.int16)
    grain = rng.integers(-12, 13, smooth.shape, dtype=np.int16)
    return np.asarray(np.clip(smooth + grain, 0, 255), dtype=np.uint8)


def fill(path: Path, count: int, describer: Describer, seed: int = 0) -> Records:
    """``count`` records on disk, mapped: those of 200 pictures, each copy with a changed thumbnail and hashes."""
    rng = np.random.default_rng(seed)
    base = np.stack([describer.describe(picture(rng)) for _ in range(200)])
    records = np.memmap(path, dtype=describer.dtype, mode="w+", shape=(count,))
    for start in range(0, count, len(base)):
        part = base[: min(len(base), count - start)].copy()
        part["thumbnail"] ^= rng.integers(0, 8, part["thumbnail"].shape, dtype=np.uint8)
        part["thumbnail_sums"] = np.stack([thumbnail_sums(one) for one in part["thumbnail"]])
        part["hashes"] ^= rng.integers(0, 2**63, part["hashes"].shape, dtype=np.uint64)
        records[start : start + len(part)] = part
    records.flush()
    return np.memmap(path, dtype=describer.dtype, mode="r", shape=(count,))


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median of several runs, after one that maps the file."""
    work()
    times_s = []
    for _ in range(repeats):
        started_s = time.perf_counter()
        work()
        times_s.append(time.perf_counter() - started_s)
    return float(np.median(times_s))


def in_turns(ours: Callable[[], object], theirs_s: Callable[[], float]) -> tuple[float, float]:
    """Medians of both: seconds that ours takes, and seconds that the other says."""
    times_s = [(seconds(ours, 1), theirs_s()) for _ in range(REPEATS)]
    mine_s, other_s = np.median(times_s, axis=0).tolist()
    return float(mine_s), float(other_s)


def loop_s(query: Records, records: Records) -> float:
    """Seconds a pair of the plain way; stops the run where its values are not ours."""
    ours = measure_all(query, records)
    prepared = [_prepared(record) for record in records]
    mine = _prepared(query)
    started_s = time.perf_counter()
    theirs = [_pair(mine, other) for other in prepared]
    spent_s = time.perf_counter() - started_s
    for name in theirs[0]:
        if name != "thumbnail_ssim":  # theirs has a window at every pixel
            np.testing.assert_allclose(ours[name], [pair[name] for pair in theirs], atol=2e-3, err_msg=name)
    return spent_s / len(records)


def _prepared(record: Records) -> dict[str, object]:
    side = int(math.sqrt(len(record["thumbnail"])))
    windows = record["thumbnail"].reshape(side, side, WINDOW_PX, WINDOW_PX).transpose(0, 2, 1, 3)
    bits = np.unpackbits(record["hashes"].astype(">u8").view(np.uint8)).reshape(len(HASHES), 64).astype(bool)
    return {
        **{space: np.ascontiguousarray(record[space]) for space in COLOUR_SPACES},
        **{name: imagehash.ImageHash(row) for name, row in zip(HASHES, bits, strict=True)},
        "thumbnail": np.ascontiguousarray(windows.reshape(side * WINDOW_PX, -1)),
        "edges": record["edges"],
        "embeddings": [record[n].astype(np.float32) for n in record.dtype.names or () if n.startswith("embedding_")],
    }


def _pair(a: dict[str, object], b: dict[str, object]) -> dict[str, float]:
    found = {
        f"{space}_{name}": cv2.compareHist(a[space], b[space], method)
        for space in COLOUR_SPACES
        for name, method in _METHODS.items()
    }
    found |= {name: float(a[name] - b[name]) for name in HASHES}  # type: ignore[operator]
    x, y = (np.asarray(one["thumbnail"]).astype(np.float32) / 255 for one in (a, b))
    found["thumbnail_mse"] = float(np.mean((x - y) ** 2))
    found["thumbnail_psnr"] = cv2.PSNR(x, y, 1.0)
    blurred = [cv2.blur(part, (WINDOW_PX, WINDOW_PX)) for part in (x, y, x * x, y * y, x * y)]
    mx, my, xx, yy, xy = blurred
    top = (2 * mx * my + 1e-4) * (2 * (xy - mx * my) + 9e-4)
    found["thumbnail_ssim"] = float(np.mean(top / ((mx**2 + my**2 + 1e-4) * (xx - mx**2 + yy - my**2 + 9e-4))))
    apart = np.abs(np.asarray(a["edges"]) - np.asarray(b["edges"]))
    found |= dict(zip(("edge_density", "sharpness", "edge_straightness"), apart.tolist(), strict=True))
    for one, other in zip(a["embeddings"], b["embeddings"], strict=True):  # type: ignore[call-overload]
        float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
    return found


def query_rows(folder: Path, count: int, describer: Describer) -> list[Row]:
    """One query at the size that is asked for, and the plain way."""
    records = fill(folder / "records.bin", count, describer)
    query = records[count // 3].copy()
    ours_s, pair_s = in_turns(lambda: measure_all(query, records), lambda: loop_s(query, records[:LOOPED]))
    factor = pair_s * count / ours_s
    region = np.full(21, 1 / 21, np.float32)
    region_s = seconds(lambda: find_region(region, records["cells"]), 1)
    hashes = np.asarray(records["hashes"][:, 3:5])
    copies_s = seconds(lambda: near_duplicates(hashes, 4), 1)
    size, measures = describer.dtype.itemsize, len(measure_all(query, records[:1]))
    looped = f"{factor:.0f} × slower ({_s(pair_s * count)})"
    return [
        Row(f"All {measures} measures of a photo against {count:,}", _s(ours_s), "< 0.5 s", ours_s < 0.5),
        Row("Looping imagehash and OpenCV pair by pair", looped, "≥ 50 ×", factor >= 50),
        Row("A photo in the index", f"{size / 1024:.1f} KB", "≤ 8 KB", size <= 8192),
        Row(f"A marked part against {count:,} photos", _s(region_s), "", True),
        Row(f"Near-duplicates (4 bits) among {count:,} photos", _s(copies_s), "", True),
    ]  # fmt: skip


def growth_rows(folder: Path, largest: int, describer: Describer) -> list[Row]:
    """Seconds of a query as the index grows by tens, and what that means for a million."""
    sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= largest]
    times_s = {}
    for size in sizes:
        records = fill(folder / f"{size}.bin", size, describer)
        query = records[0].copy()
        times_s[size] = seconds(lambda query=query, records=records: measure_all(query, records), 3)  # type: ignore[misc]
        (folder / f"{size}.bin").unlink()
    rows = [Row(f"All measures, {size:,} photos", _s(times_s[size]), "", True) for size in sizes]
    last, before = sizes[-1], sizes[-2]
    slope = (times_s[last] - times_s[before]) / (last - before)
    rows.append(Row(f"Slope from {before:,} to {last:,}", f"{slope * 1e6:.2f} s a million photos", "", True))
    return rows


def reading_row(folder: Path, count: int, describer: Describer) -> Row:
    """Photos a second from JPEG files into the index."""
    rng = np.random.default_rng(1)
    photos = folder / "photos"
    photos.mkdir()
    for k in range(count):
        cv2.imwrite(str(photos / f"{k:04}.jpg"), picture(rng, 3000, 4000))
    index = PhotoIndex(folder / "index", describer, 10**9)
    started_s = time.perf_counter()
    failed = index.add(sorted(photos.iterdir()))
    spent_s = time.perf_counter() - started_s
    if failed:
        raise SystemExit(f"{failed}")
    return Row(f"{count} 12-megapixel JPEGs into the index", f"{count / spent_s:.1f} photos/s", "", True)


def _s(spent_s: float) -> str:
    return f"{spent_s:.2f} s" if spent_s >= 1 else f"{spent_s * 1e3:.0f} ms"


def main() -> None:
    """Measure and print, or write into ``benchmarks/README.md``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--largest", type=int, default=1_000_000, help="of the growth table; 3.4 KB of disk a photo")
    parser.add_argument("--read", type=int, default=60, help="JPEG files to read")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    describer = make_describer(read_settings())
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        rows = query_rows(folder, chosen.photos, describer)
        rows += growth_rows(folder, chosen.largest, describer)
        rows.append(reading_row(folder, chosen.read, describer))
    models = " and ".join(describer.embedders)
    table = as_table(rows, f"Records with the features of {models}, medians; `python -m benchmarks.bench_compare`")
    print(table)
    if chosen.write:
        write_table(HEADING, table)


if __name__ == "__main__":
    main()
