"""Many renders into a folder that can be left and taken up again.

Layout: ``OUT/images/000000.jpg``, ``OUT/masks/000000_NAME.png``, ``OUT/truth/000000.json`` (one a
render, written last: its presence means that the render is whole), and, rebuilt from the truth files
at the end, ``OUT/dataset.csv`` (DESIGN section 8) and ``OUT/variables.csv``. A full disk or a kill leaves whole
files or none. One process at a time renders into a folder (see ``core.render.folder_lock``).

The rows of ``dataset.csv`` follow the recipe's ``task``: ``classification`` → path, label; ``detection`` →
path, label, x_min, y_min, x_max, y_max, one row a box (a render without boxes is one row with an empty
label); ``regression`` → path, value. Without a task, a render with a value is a regression row and any
other a classification row.
"""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from core.errors import ConfigError, RenderError
from core.render.folder_lock import folder_lock
from core.render.result import Render
from core.types import BoolMask, UInt8Image
from core.whole_files import clear_left_overs, write_whole

TASKS = ("classification", "detection", "regression")
BOX_COLUMNS = ("x_min", "y_min", "x_max", "y_max")

RenderOne = Callable[[int], Render]
"""Seed → render. The same seed gives the same pixels. Must be picklable for more than one worker."""


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """What ``write_dataset`` left behind: how many renders there are, and how many were new."""

    folder: Path
    count: int
    new_count: int


def write_dataset(
    render_one: RenderOne,
    *,
    count: int,
    seed: int,
    folder: Path,
    recipe: dict[str, Any],
    workers: int = 1,
    jpeg_quality: int = 92,
    on_progress: Callable[[int, int], None] | None = None,
) -> DatasetSummary:
    """Render ``count`` scenes into ``folder``; what is already there is kept and not rendered again.

    Args:
        render_one: called with ``seed + index`` for index 0 to count − 1.
        count: renders wanted in all, at least 1.
        seed: first seed.
        folder: made if need be. It must be empty or hold the same recipe.
        recipe: what was rendered (kind, variant, size, names of the HDRIs' files) and its ``task``; stored in
            ``recipe.json`` and compared.
        workers: processes; 1 renders in this process.
        jpeg_quality: 1 to 100. The last encoding; scenes may have gone through a worse one before.
        on_progress: called with (done, count) after each render.

    Raises:
        ConfigError: count < 1, unknown task, or the folder holds another recipe.
        RenderError: another process renders into the folder, or it cannot be made.
        StoreError: a file cannot be written (disk full); what is finished stays, and the same call goes on from there.
    """
    if count < 1:
        raise ConfigError(f"count: expected at least 1, got {count}")
    task = recipe.get("task")
    if task is not None and task not in TASKS:
        raise ConfigError(f"recipe task: expected one of {TASKS}, got {task!r}")
    folder = Path(folder)
    _make(folder)
    with folder_lock(folder, count):
        _claim_folder(folder, {**recipe, "seed": seed})
        missing = [i for i in range(count) if not _truth_path(folder, i).exists()]
        done = count - len(missing)
        if on_progress:
            on_progress(done, count)
        for _ in _run(render_one, missing, seed, folder, jpeg_quality, workers):
            done += 1
            if on_progress:
                on_progress(done, count)
        write_tables(folder, count, task)
    return DatasetSummary(folder, count, len(missing))


def write_tables(folder: Path, count: int, task: str | None = None) -> None:
    """Rebuild ``dataset.csv`` and ``variables.csv`` from the truth files of the first ``count`` renders."""
    truths = [json.loads(_truth_path(folder, i).read_text()) for i in range(count)]
    _write_csv(folder / "dataset.csv", [row for truth in truths for row in _dataset_rows(truth, task)])
    _write_csv(folder / "variables.csv", [{"path": t["path"], **t["variables"]} for t in truths])


def _run(
    render_one: RenderOne, missing: list[int], seed: int, folder: Path, jpeg_quality: int, workers: int
) -> Iterable[int]:
    jobs = [(render_one, index, seed + index, folder, jpeg_quality) for index in missing]
    if workers == 1:
        yield from map(_render_and_save, jobs)
        return
    # Spawned: a forked child would share Mitsuba's threads, which no longer run there.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _end_with_parent, (os.getpid(),)) as pool:
        yield from pool.map(_render_and_save, jobs, chunksize=1)


def _end_with_parent(parent_pid: int) -> None:
    """A worker whose parent was killed would wait for work for ever."""

    def watch() -> None:
        while os.getppid() == parent_pid:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _render_and_save(job: tuple[RenderOne, int, int, Path, int]) -> int:
    render_one, index, seed, folder, jpeg_quality = job
    render = render_one(seed)
    stem = f"{index:06d}"
    _write(folder / "images" / f"{stem}.jpg", encoded_jpeg(render.image_hwc, jpeg_quality))
    for name, mask in render.masks.items():
        _write(folder / "masks" / f"{stem}_{name}.png", encoded_mask(mask))
    truth = {"path": f"images/{stem}.jpg", "seed": seed, **truth_document(render)}
    _write(_truth_path(folder, index), json.dumps(truth).encode())
    return index


def truth_document(render: Render) -> dict[str, Any]:
    """Label, value, boxes and variables of a render as JSON-ready values."""
    return {
        "label": render.label,
        "value": render.value,
        "boxes": [{"label": b.label, "box_xyxy_px": b.box_xyxy_px} for b in render.boxes],
        "variables": dict(render.variables),
    }


def encoded_jpeg(image_hwc: UInt8Image, quality: int = 92) -> bytes:
    """A uint8 RGB image as the bytes of a JPEG; ``quality`` 1 to 100."""
    bgr = cv2.cvtColor(image_hwc, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def encoded_mask(mask_hw: BoolMask) -> bytes:
    """A mask as the bytes of a PNG, 0 and 255."""
    return bytes(cv2.imencode(".png", mask_hw.astype("uint8") * 255)[1])


def _make(folder: Path) -> None:
    try:
        for part in ("images", "masks", "truth"):
            (folder / part).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RenderError(f"{folder}: cannot be made: {error.strerror or error}") from error


def _claim_folder(folder: Path, recipe: dict[str, Any]) -> None:
    path = folder / "recipe.json"
    text = json.dumps(recipe, sort_keys=True, indent=1)
    if path.exists() and path.read_text() != text:
        raise ConfigError(
            f"{folder}: holds renders of another recipe ({path.read_text()}); expected {text}. Choose an empty folder."
        )
    _write(path, text.encode())
    clear_left_overs(folder)


def _dataset_rows(truth: dict[str, Any], task: str | None) -> list[dict[str, Any]]:
    path = truth["path"]
    if task == "regression" or (task is None and truth["value"] is not None):
        return [{"path": path, "value": truth["value"]}]
    if task != "detection":
        return [{"path": path, "label": truth["label"]}]
    boxes = [
        {"path": path, "label": b["label"], **dict(zip(BOX_COLUMNS, b["box_xyxy_px"], strict=True))}
        for b in truth["boxes"]
    ]
    return boxes or [{"path": path, "label": "", **dict.fromkeys(BOX_COLUMNS, "")}]


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    _write(path, text.getvalue().encode())


def _truth_path(folder: Path, index: int) -> Path:
    return folder / "truth" / f"{index:06d}.json"


def _write(path: Path, data: bytes) -> None:
    # What a power cut takes is rendered again; to wait for the disk at every file would cost more.
    write_whole(path, data, is_durable=False)
