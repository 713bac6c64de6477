"""Measure the shipped models on a folder of labelled field photos, and say so in their cards.

usage: python benchmarks/field_photos.py FOLDER OUT [--write]

FOLDER holds ``labels.csv`` (columns path, pole_type, top_cap) and, beside photos, folders
``top_cap_masks`` of PNG masks (255 = cap, any scale). Writes OUT/polecat.csv (photos with a pole type)
and OUT/topcap.csv (a box around each connected part of a mask; photos without a mask are left out,
because nobody has said that they show no cap), prints the scores, and with ``--write`` puts them into
the model cards. ``gridlens evaluate`` gives the same figures on the same CSVs.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import cv2
import numpy as np

from core.config import read_settings
from core.errors import ConfigError
from core.runtime.model_config import ModelFolder, find_model
from core.services.evaluate import Evaluation, evaluate_model

_SMALLEST_PART_PX = 10
_FOUND_OVERLAP = 0.3  # caps are a few dozen pixels: a box that overlaps by this points at the cap
_HEADING = "## On field photos"
_CAVEAT = (
    "None of these photos was used in fitting. They were looked at while the renderer was built, so these are "
    "development scores; photos of other places will do worse."
)


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


def field_section(evaluation: Evaluation) -> str:
    """The card's section on field photos, in Markdown."""
    lines = [_HEADING, "", f"{evaluation.count} labelled photos. {_CAVEAT}", ""]
    if evaluation.overlap is not None:
        lines += [f"A cap counts as found at IoU {evaluation.overlap} and the shipped thresholds.", ""]
    lines += ["| measure | value |", "|---|---|"]
    lines += [f"| {name} | {value:.3f} |" for name, value in evaluation.metrics.items() if name != "map_50"]
    for label, rates in evaluation.per_label.items():
        if rates["count"]:
            shown = ", ".join(f"{k} {rates[k]:.3f}" for k in ("precision", "recall", "f1"))
            lines.append(f"| {label} ({rates['count']:.0f}) | {shown} |")
    absent = [label for label, rates in evaluation.per_label.items() if not rates["count"]]
    if absent:
        lines += ["", f"Not among these photos: {', '.join(absent)}."]
    return "\n".join(lines) + "\n"


def write_into_card(folder: ModelFolder, section: str) -> None:
    """Put the section before the card's limits, in place of an earlier one."""
    card = folder.path / "card.md"
    text = card.read_text()
    before, limits = text.split("## Limits", 1)
    card.write_text(before.split(_HEADING)[0] + section + "\n## Limits" + limits)


def main() -> None:
    """Write the CSVs, evaluate, print, and update the cards if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--write", action="store_true", help="put the figures into the model cards")
    chosen = parser.parse_args()
    write_datasets(chosen.folder, chosen.out)
    for name in ("polecat", "topcap"):
        folder = find_model(read_settings().models_dir, name)
        evaluation = evaluate_model(folder, chosen.out / f"{name}.csv", overlap=_FOUND_OVERLAP)
        section = field_section(evaluation)
        print(f"# {folder.path.name}\n{section}")
        if chosen.write:
            write_into_card(folder, section)


if __name__ == "__main__":
    main()
