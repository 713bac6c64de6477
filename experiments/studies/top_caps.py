"""Top caps: one class (whole or missing) against two."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.metrics.boxes import average_precision, match_boxes
from core.runtime.boxes import overlap_fractions
from experiments.markdown import as_table, fixed
from experiments.sets import RenderSet, ensure, read_rows, write_rows
from experiments.study import Context, Measured, Row, Run, Study, Tables
from experiments.svg import Axis, Line, line_chart
from experiments.trained import Config, train_config

if TYPE_CHECKING:
    from core.runtime.model_config import ModelFolder
    from core.types import Finding

LABELS = ("whole top cap", "whole missing top cap")
EITHER = "pole top"
OVERLAP = 0.5
BOX_COLUMNS = ("x_min", "y_min", "x_max", "y_max")
Boxes = NDArray[np.float64]


def runs(context: Context) -> list[Run]:
    """The same windows learned with two classes, and with one."""
    return [_run(count, context) for count in (2, 1)]


def _run(classes: int, context: Context) -> Run:
    sizes = context.sizes
    settings = {
        "classes": classes,
        "px": sizes.cap_px,
        "train": sizes.cap_train,
        "test": sizes.cap_test,
        "epochs": sizes.cap_epochs,
    }
    return Run(
        f"{classes}_class" + "es" * (classes > 1),
        1,
        settings,
        sizes.cap_train * sizes.cap_epochs / 1100,
        partial(_measure, classes),
    )


def _measure(classes: int, folder: Path, context: Context) -> Measured:
    sizes = context.sizes
    train = ensure(RenderSet("top_train", "top", sizes.cap_train, 600_000, sizes.cap_px), context)
    test = ensure(RenderSet("top_test", "top", sizes.cap_test, 980_000, sizes.cap_px), context)
    labels = LABELS if classes == 2 else (EITHER,)
    paths = [path if classes == 2 else one_class(path) for path in (train, test)]
    trained = train_config(_config(labels, paths[0], paths[1], context), folder, export=True)
    assert trained.folder is not None
    rows = _scores(trained.folder, test)
    return Measured(
        [{"classes": classes, **row, **trained.times()} for row in rows], trained.epoch_rows(classes=classes)
    )


def one_class(csv_path: Path) -> Path:
    """The same dataset with every box called ``pole top``, in a CSV beside it."""
    rows = [{**row, "label": EITHER if row["label"] else ""} for row in read_rows(csv_path)]
    return write_rows(csv_path.with_name("dataset_one_class.csv"), rows)


def _config(labels: Sequence[str], train: Path, test: Path, context: Context) -> Config:
    sizes, weights = context.sizes, context.weights_of("mobilenet_v2")
    return {
        "model": {
            "name": f"caps-{len(labels)}",
            "number": 1,
            "title": "Top cap",
            "family": "detection",
            "labels": list(labels),
            "input_px": sizes.cap_px,
            "long_side_px": sizes.cap_px,
            "tile_overlap_px": sizes.cap_px // 8,
            "pretrained": str(weights) if weights else "",
            "summary": "A run of the experiments.",
            "limits": "Not for use.",
        },
        "data": {"train": [str(train)], "test": [str(test)]},
        "fit": {
            "epochs": sizes.cap_epochs,
            "batch_size": 16 if sizes.cap_train > 100 else 4,
            "learning_rate": 1e-3,
            "tensorboard": False,
        },
        "augment": {
            "rotation_deg": 8.0,
            "scale": 0.35,
            "aspect": 0.1,
            "shift": 0.12,
            "colour": 0.7,
            "sensor": 0.2,
        },
    }


def _scores(folder: ModelFolder, test: Path) -> list[Row]:
    """Average precision of each label, and of pole tops of whatever label; a photo's rows stand together."""
    answered = _answers(folder, test)
    rows: list[Row] = []
    labels = folder.config.labels if len(folder.config.labels) > 1 else ()
    for label in (*labels, EITHER):
        wanted = (label,) if label != EITHER else tuple(folder.config.labels)
        true = (label,) if label != EITHER else LABELS
        photos = [
            (*merged([f for f in found if f.label in wanted]), truth_boxes(rows_, true)) for rows_, found in answered
        ]
        matched = match_boxes(photos, OVERLAP)
        rows.append({"label": label, "ap_50": round(average_precision(matched), 4), "boxes": matched.truth_count})
    return rows


def _answers(folder: ModelFolder, test: Path) -> list[tuple[list[dict[str, str]], tuple[Finding, ...]]]:
    from core.imaging.decode import decode_upright
    from core.runtime.registry import load_model

    model = load_model(folder)
    groups: dict[str, list[dict[str, str]]] = {}
    for row in read_rows(test):
        groups.setdefault(row["path"], []).append(row)
    answered = []
    for path, rows in groups.items():
        image = decode_upright(test.parent / path, path)
        prediction = model.predict(path, image, (image.shape[1], image.shape[0]))
        answered.append((rows, prediction.findings))
    return answered


def merged(findings: Sequence[Finding]) -> tuple[Boxes, NDArray[np.float64]]:
    """Boxes and scores, best first, without those that overlap a better one by more than half: a top that was
    found as whole and as missing counts once."""
    ordered = sorted(findings, key=lambda f: -(f.confidence or 0.0))
    boxes = np.array([f.box_xyxy_px for f in ordered], dtype=np.float64).reshape(-1, 4)
    scores = np.array([f.confidence or 0.0 for f in ordered])
    overlaps = overlap_fractions(boxes.astype(np.float32), boxes.astype(np.float32))
    kept: list[int] = []
    for i in range(len(ordered)):
        if all(overlaps[i, j] <= OVERLAP for j in kept):
            kept.append(i)
    return boxes[kept], scores[kept]


def truth_boxes(rows: Sequence[dict[str, str]], labels: Sequence[str]) -> Boxes:
    """True boxes of some labels among a photo's rows."""
    boxes = [[float(row[c]) for c in BOX_COLUMNS] for row in rows if row["label"] in labels]
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def table(tables: Tables) -> str:
    """Average precision by number of classes."""
    rows = [
        {**r, "ap_50": fixed(r["ap_50"], 3), "best": f"{r['best_epoch']} of {r['epochs']}"} for r in tables["results"]
    ]
    columns = {"classes": "classes", "label": "scored as", "ap_50": "AP at IoU 0.5", "boxes": "true boxes"}
    return as_table({**columns, "best": "best epoch"}, rows)


def figures(tables: Tables) -> dict[str, str]:
    """Validation loss by epoch; the two losses are not of one scale."""
    lines = [
        Line(
            f"{count} class" + "es" * (count == "2"),
            [(float(r["epoch"]), float(r["val_loss"])) for r in tables["epochs"] if r["classes"] == count],
            True,
        )
        for count in ("2", "1")
    ]
    chart = line_chart("Validation loss by epoch", Axis("epoch"), Axis("loss (log)", True), lines)
    return {"by_epoch": chart} if chart else {}


STUDY = Study(
    "top_caps",
    "Is a pole top found better when whole and missing caps are one class?",
    runs,
    table,
    figures,
)
