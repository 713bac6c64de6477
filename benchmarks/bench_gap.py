"""The synthetic gap over 2 × 500 photos and 12 layers: seconds from files to intervals, and whether memory stays flat.

Usage: ``python -m benchmarks.bench_gap [--photos N] [--model NAME] [--write]``.

Photos are made-up 2-megapixel JPEGs, forty different ones a side; every file is decoded and goes through the network.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.bench_photos import large_jpeg, write_photos
from benchmarks.tables import Row, as_table, write_table
from core.config import read_settings
from core.services.gap import GapOrder, measure_gap

HEADING = "Synthetic gap"
DIFFERENT = 40
SIZE_PX = (1600, 1200)
WARM = 64  # photos after which the network and its memory pools are there


class Memory:
    """Resident memory of this process, photo by photo."""

    def __init__(self) -> None:
        self.warm_mb = self.most_mb = 0.0
        self.seconds: dict[str, float] = {}
        self._began_s = time.perf_counter()

    def note(self, words: str, done: int, total: int) -> None:
        now_mb = _resident_mb()
        if words.startswith("reading synthetic") and done <= WARM:
            self.warm_mb = now_mb
        self.most_mb = max(self.most_mb, now_mb)
        self.seconds.setdefault(words, time.perf_counter() - self._began_s)


def measure(folder: Path, count: int, model: str) -> list[Row]:
    """Measure one gap from nothing."""
    for side, noise in (("synthetic", 2.0), ("real", 9.0)):
        for seed in range(DIFFERENT):
            data = large_jpeg(*SIZE_PX, noise=noise, seed=seed + (1000 if side == "real" else 0))
            share = count // DIFFERENT + (seed < count % DIFFERENT)
            write_photos(folder / side / f"{seed:02}", share, data)
    settings = replace(read_settings(), home=folder / "home")
    memory = Memory()
    began_s = time.perf_counter()
    study = measure_gap(settings, GapOrder(model, str(folder / "synthetic"), str(folder / "real")), memory.note)
    spent_s = time.perf_counter() - began_s
    distances_s = spent_s - memory.seconds["measuring distances"]
    grown_mb = memory.most_mb - memory.warm_mb
    per_photo_kb = sum(layer.channels for layer in study.layers) * 2 * 4 / 1024
    what, is_flat = (
        f"Gap of 2 × {count} photos, {len(study.layers)} layers of {model}",
        grown_mb <= 0.1 * memory.warm_mb,
    )
    return [
        Row(what, f"{spent_s:.0f} s", "< 120 s", spent_s < 120),
        Row("of it: intervals, floors and distances", f"{distances_s:.0f} s", "", True),
        Row(f"Memory after {WARM} photos", f"{memory.warm_mb:.0f} MB", "", True),
        Row("Memory at its highest, against that", f"+{grown_mb:.0f} MB", "flat (≤ 10 %)", is_flat),
        Row("Kept of a photo", f"{per_photo_kb:.0f} KB", "", True),
    ]  # fmt: skip


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Measure and print, or write into ``benchmarks/README.md``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=500, help="of each side")
    parser.add_argument("--model", default="polecat")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        rows = measure(Path(name), chosen.photos, chosen.model)
    table = as_table(rows, "2-megapixel JPEGs, from nothing; `python -m benchmarks.bench_gap`")
    print(table)
    if chosen.write:
        write_table(HEADING, table)


if __name__ == "__main__":
    main()
