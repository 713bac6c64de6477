"""How fast and how small inspection is: ratios measured side by side in one run.

``python -m benchmarks.bench_inspect [--write]``; with ``--write`` the table goes into
``benchmarks/README.md``. Best on an idle machine. Floor = scaled decode + bare LiteRT calls.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from benchmarks.bench_photos import large_jpeg, write_photos
from benchmarks.tables import Row, as_table, write_table
from core.config import REPOSITORY, Settings, read_settings
from core.imaging import tile_origins
from core.runtime.session import Session
from core.services.batch import DEFAULT_TAG, inspect_files
from core.services.context import Context, open_context
from core.services.inspect import inspect_photo
from core.services.worker import settings_environment
from core.store import Plugin, open_store

FIRST_MEASURED = 16  # files; before that, processes start and models load


def main() -> None:
    """Measure everything, print the table, and write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    parser.add_argument("--single", type=int, default=15, help="photos timed one by one")
    parser.add_argument("--batch", type=int, default=120, help="photos of a throughput run")
    parser.add_argument("--memory", type=int, default=1000, help="photos of the memory run; 0 leaves it out")
    chosen = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="gridlens-bench-") as folder:
        work = Path(folder)
        photo = large_jpeg(6000, 4000, noise=2.5)
        rows += single_photo_rows(work, photo, chosen.single)
        rows += throughput_rows(work, photo, chosen.batch)
        if chosen.memory:
            rows += memory_rows(work, chosen.memory)
    table = as_table(rows, f"24-megapixel JPEGs of {len(photo) / 1e6:.1f} MB, medians; `make bench`")
    print(table)
    if chosen.write:
        write_table("Inspection", table)


def single_photo_rows(work: Path, photo: bytes, count: int) -> list[Row]:
    """One 24-megapixel photo after another, in one process; floor and ours take turns."""
    paths = write_photos(work / "single", count + 1, photo)
    rows: list[Row] = []
    ours_s: dict[bool, float] = {}
    for with_caps, name in ((False, "PoleCat alone"), (True, "PoleCat and TopCap Finder")):
        floor, stored, whole = [], [], []
        with bench_context(work, with_caps) as context:
            bare = bare_calls(context, with_caps)
            for path in paths:
                floor.append(timed(bare, path))
                started_s = time.perf_counter()
                sha256 = context.store.add_photo(path, path.name, tags=(DEFAULT_TAG,)).photo.sha256
                added_s = time.perf_counter()
                inspect_photo(context, sha256)
                stored.append(time.perf_counter() - added_s)
                whole.append(time.perf_counter() - started_s)
        floor_s, stored_s, whole_s = (statistics.median(times[1:]) for times in (floor, stored, whole))
        ours_s[with_caps] = stored_s  # the plain way hashes and keeps nothing either
        ratio = stored_s / floor_s
        rows.append(Row(f"{name}: floor", f"{floor_s * 1e3:.0f} ms", "", True))
        rows.append(
            Row(f"{name}: photo in the store → stored findings", f"{ratio:.2f} × floor", "≤ 1.3 ×", ratio <= 1.3)
        )
        rows.append(Row(f"{name}: file → hashed, kept, stored findings", f"{whole_s / floor_s:.2f} × floor", "", True))
    plain = plain_way(work / "single")
    for with_caps, name, least in ((False, "PoleCat alone", 8.0), (True, "with TopCap Finder", 3.0)):
        factor = plain[with_caps] / ours_s[with_caps]
        words = f"{factor:.1f} × faster ({plain[with_caps] * 1e3:.0f} ms)"
        rows.append(Row(f"Plain way (full decode, model.predict), {name}", words, f"≥ {least:.0f} ×", factor >= least))
    return rows


def throughput_rows(work: Path, photo: bytes, count: int) -> list[Row]:
    """Photos a second from files, everything stored, after start-up."""
    paths = write_photos(work / "batch", count, photo)
    rows: list[Row] = []
    for with_caps, name, least in ((False, "PoleCat alone", 50.0), (True, "all models", 8.0)):
        rate: dict[int, float] = {}
        for workers in (1, 2):
            with bench_context(work, with_caps) as context:
                rate[workers] = steady_rate(context, paths, workers)
        gain = rate[2] / rate[1]
        rows.append(
            Row(f"24 MP photos a second, {name}, 2 workers", f"{rate[2]:.1f}/s", f"≥ {least:.0f}/s", rate[2] >= least)
        )
        rows.append(Row(f"2 workers against 1, {name}", f"{gain:.2f} ×", "≥ 1.7 ×", gain >= 1.7))
    shutil.rmtree(work / "batch")
    return rows


def memory_rows(work: Path, count: int) -> list[Row]:
    """Resident memory of the command and its workers, summed, while a long batch runs."""
    write_photos(work / "memory", count, large_jpeg(6000, 4000, noise=0.8, quality=80))
    samples: list[tuple[int, float]] = []
    with bench_context(work, with_caps=True) as context:
        command = [sys.executable, "-m", "core.cli.main", "inspect", str(work / "memory"), "--workers", "2", "--json"]
        environment = {**os.environ, **settings_environment(context.settings)}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            samples.append((_done(context), resident_mb(process.pid)))
            time.sleep(0.5)
    shutil.rmtree(work / "memory")
    early = max((mb for done, mb in samples if done <= 50), default=0.0)
    peak = max(mb for _, mb in samples)
    late = statistics.median(mb for done, mb in samples if done > count * 0.8)
    after_50 = statistics.median(mb for done, mb in samples if 50 < done <= 150)
    growth = late - after_50
    return [
        Row(f"{count} photos, 2 workers: memory at its highest", f"{peak:.0f} MB", "< 700 MB", peak < 700),
        Row(
            "Memory, last fifth against photos 50 to 150",
            f"{growth:+.0f} MB",
            "flat (≤ 5 %)",
            growth <= 0.05 * after_50,
        ),
        Row("Memory while the first 50 are inspected", f"{early:.0f} MB", "", True),
    ]


@contextmanager
def bench_context(work: Path, with_caps: bool) -> Iterator[Context]:
    """An empty store; TopCap Finder on every photo, whatever PoleCat says of it, or on none."""
    home = Path(tempfile.mkdtemp(dir=work))
    settings: Settings = dataclasses.replace(
        read_settings(), home=home, database_url=f"sqlite:///{home / 'bench.sqlite'}", photos_url=str(home / "photos")
    )
    store = open_store(settings)
    store.delete_plugin("TopCap Finder")
    if with_caps:
        wanted = f'tag = "{DEFAULT_TAG}"'
        store.save_plugin(Plugin("TopCap Finder", "photo.added", wanted, "model:topcap", ("topcap.worst",)))
    store.close()
    context = open_context(settings)
    try:
        yield context
    finally:
        context.store.close()
        shutil.rmtree(home)


def bare_calls(context: Context, with_caps: bool) -> Callable[[Path], None]:
    """The floor: decode at the scale needed, resize, call LiteRT; nothing is looked at or kept."""
    classifier = context.registry.folder("polecat")
    classify, size = Session(classifier.path / "model.tflite"), classifier.config.input
    detector = context.registry.folder("topcap")
    detect, tiles = Session(detector.path / "model.tflite"), detector.config.input
    flag = cv2.IMREAD_REDUCED_COLOR_4 if with_caps else cv2.IMREAD_REDUCED_COLOR_8

    def run(path: Path) -> None:
        image = cv2.imdecode(np.fromfile(path, np.uint8), flag)
        assert image is not None
        small = cv2.resize(image, (size.width_px, size.height_px), interpolation=cv2.INTER_AREA)
        classify.run(small[None].astype(np.float32) / 127.5 - 1)
        if not with_caps:
            return
        shrink = (tiles.long_side_px or 1024) / max(image.shape)
        image = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        side_px = tiles.height_px
        for x, y in tile_origins(image.shape[0], image.shape[1], side_px, tiles.tile_overlap_px or 0):
            detect.run(image[y : y + side_px, x : x + side_px][None].astype(np.float32) / 127.5 - 1)

    return run


def timed(call: Callable[[Path], None], path: Path) -> float:
    """Seconds that a call takes."""
    started_s = time.perf_counter()
    call(path)
    return time.perf_counter() - started_s


def plain_way(folder: Path) -> dict[bool, float]:
    """Median seconds a photo the plain way, in a process of its own, since it needs TensorFlow: with_caps → s."""
    command = [sys.executable, str(REPOSITORY / "benchmarks" / "plain_way.py"), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout.splitlines()[-1])
    return {False: measured["polecat_s"], True: measured["all_s"]}


def steady_rate(context: Context, paths: Sequence[Path], workers: int) -> float:
    """Photos a second, from the first that were done after start-up to the last."""
    moments: list[tuple[int, float]] = []
    inspect_files(context, paths, workers=workers, on_progress=lambda n, _: moments.append((n, time.perf_counter())))
    first = next(moment for moment in moments if moment[0] >= FIRST_MEASURED)
    last = moments[-1]
    return (last[0] - first[0]) / (last[1] - first[1])


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its descendants, MB; pages that they share count several times."""
    total, waiting = 0, [pid]
    while waiting:
        current = waiting.pop()
        try:
            total += int(Path(f"/proc/{current}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            waiting += map(int, Path(f"/proc/{current}/task/{current}/children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total / 1e6


def _done(context: Context) -> int:
    batch = context.store.latest_batch()
    return context.store.progress(batch.id).done if batch else 0


if __name__ == "__main__":
    main()
