"""Turn a folder of labelled field photos into dataset CSVs for ``gridlens evaluate``.

usage: python benchmarks/field_photos.py FOLDER OUT

FOLDER holds ``labels.csv`` (columns path, pole_type, top_cap) and, beside photos, folders
``top_cap_masks`` of PNG masks (255 = cap, any scale). Writes OUT/polecat.csv (photos with a pole type)
and OUT/topcap.csv (a box around each connected part of a mask; photos without a mask are left out,
because nobody has said that they show no cap).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import cv2
import numpy as np

from core.errors import ConfigError

_SMALLEST_PART_PX = 10


def write_datasets(folder: Path, out: Path) -> None:
    """Write both CSVs.

    Raises:
        ConfigError: the folder has no labels.csv.
    """
    table = folder / "labels.csv"
    if not table.is_file():
        raise ConfigError(f"{table}: expected a table of field photos, found nothing")
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    out.mkdir(parents=True, exist_ok=True)
    with (out / "polecat.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label"])
        writer.writerows([(folder / r["path"]).resolve(), r["pole_type"]] for r in rows if r["pole_type"])
    with (out / "topcap.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label", "x_min", "y_min", "x_max", "y_max"])
        for row in rows:
            photo = (folder / row["path"]).resolve()
            mask = photo.parent / "top_cap_masks" / f"{photo.stem}.png"
            if mask.is_file():
                size_px = (int(row["width_px"]), int(row["height_px"]))
                writer.writerows([photo, "whole top cap", *box] for box in mask_boxes(mask, size_px))


def mask_boxes(mask_path: Path, size_px: tuple[int, int]) -> list[tuple[float, float, float, float]]:
    """Boxes around the connected parts of a mask, in pixels of a photo of (width, height)."""
    mask = cv2.imread(str(mask_path), cv2.IMREAD_GRAYSCALE)
    scale_x, scale_y = size_px[0] / mask.shape[1], size_px[1] / mask.shape[0]
    _, _, stats, _ = cv2.connectedComponentsWithStats((mask > 127).astype(np.uint8))
    return [
        (x * scale_x, y * scale_y, (x + w) * scale_x, (y + h) * scale_y)
        for x, y, w, h, area in stats[1:].tolist()
        if area > _SMALLEST_PART_PX
    ]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    write_datasets(Path(sys.argv[1]), Path(sys.argv[2]))
