"""The plain way, for comparison: full Pillow decode and ``model.predict``. Run as a process of its own.

Usage: ``python benchmarks/plain_way.py FOLDER``; prints JSON, median seconds a photo.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from PIL import Image

from core.config import read_settings
from core.imaging import tile_origins
from core.networks import load
from core.runtime.model_config import find_model

import keras  # isort: skip — core.networks first: see core/networks/load_order.py

Inspect = Callable[[Path], None]


def main() -> None:
    """Time both ways over the folder's photos, the first one left out."""
    paths = sorted(Path(sys.argv[1]).glob("*.jpg"))
    classify, detect = _classifier(), _detector()

    def both(path: Path) -> None:
        classify(path)
        detect(path)

    print(json.dumps({"polecat_s": _median_s(classify, paths), "all_s": _median_s(both, paths)}))


def _median_s(inspect: Inspect, paths: list[Path]) -> float:
    times_s = []
    for path in paths:
        started_s = time.perf_counter()
        inspect(path)
        times_s.append(time.perf_counter() - started_s)
    return statistics.median(times_s[1:])


def _classifier() -> Inspect:
    network: keras.Model = load("polecat")
    size = find_model(read_settings().models_dir, "polecat").config.input

    def classify(path: Path) -> None:
        image = Image.open(path).convert("RGB").resize((size.width_px, size.height_px))
        network.predict(np.asarray(image, np.float32)[None] / 127.5 - 1, verbose=0)

    return classify


def _detector() -> Inspect:
    network: keras.Model = load("topcap")
    size = find_model(read_settings().models_dir, "topcap").config.input

    def detect(path: Path) -> None:
        image = Image.open(path).convert("RGB")
        shrink = (size.long_side_px or 1024) / max(image.size)
        image = image.resize((round(image.width * shrink), round(image.height * shrink)))
        pixels = np.asarray(image, np.float32) / 127.5 - 1
        side_px = size.height_px
        origins = tile_origins(image.height, image.width, side_px, size.tile_overlap_px or 0)
        tiles = np.stack([pixels[y : y + side_px, x : x + side_px] for x, y in origins])
        network.predict(tiles, verbose=0)

    return detect


if __name__ == "__main__":
    main()
