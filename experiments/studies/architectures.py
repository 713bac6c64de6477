"""Which network reads wear best, and what does it cost?"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from experiments.markdown import as_table, fixed
from experiments.sets import HARDEST, WEAR_PX, wear_set
from experiments.study import Context, Measured, Run, Study, Tables
from experiments.svg import Axis, Line, line_chart
from experiments.timing import size_and_time
from experiments.trained import learning_rate, train_config, wear_config

PRETRAINED = ("mobilenet_v2", "efficientnetv2_b0", "resnet50", "vgg16")
FROM_SCRATCH_ALONE = ("resnet50_layers", "csrn")
HEAVY = ("vgg16", "csrn")
PUBLISHED = {
    ("resnet50", "whole"): "0.0078",
    ("mobilenet_v2", "whole"): "0.0085",
    ("vgg16", "whole"): "0.2247",
    ("mobilenet_v2", "frozen"): "0.2298",
    ("csrn", "scratch"): "0.0717",
}
"""Test MAE of the published study; its MobileNet is the first version."""

NO_WEIGHTS = "no weights to be had here"
_MINUTES = {
    "mobilenet_v2": 1.5,
    "efficientnetv2_b0": 2.5,
    "resnet50": 3.0,
    "resnet50_layers": 3.0,
    "vgg16": 6.0,
    "csrn": 9.0,
}
"""Fitting the whole network for ten epochs of 1,000 photos (850 fitted) at 96 px; a frozen trunk takes two fifths."""


def runs(context: Context) -> list[Run]:
    """Every backbone × whole, frozen, scratch, the cheap ones first."""
    pairs = [(b, learn) for b in PRETRAINED for learn in ("whole", "frozen", "scratch")]
    pairs += [(b, "scratch") for b in FROM_SCRATCH_ALONE]
    pairs.sort(key=lambda pair: pair[0] in HEAVY)
    return [_run(backbone, learn, context) for backbone, learn in pairs]


def _run(backbone: str, learn: str, context: Context) -> Run:
    sizes, weights = context.sizes, context.weights_of(backbone)
    settings = {
        "backbone": backbone,
        "learn": learn,
        "weights": weights.name if weights and learn != "scratch" else "",
        "variant": HARDEST,
        "render_px": WEAR_PX,
        "input_px": sizes.wear_px,
        "train": sizes.wear_train,
        "test": sizes.wear_test,
        "epochs": _epochs(backbone, context),
        "patience": sizes.patience,
        "batch_size": sizes.batch_size,
        "learning_rate": learning_rate(backbone, learn),
    }
    photos = sizes.wear_train * _epochs(backbone, context) * (sizes.wear_px / 96) ** 2
    minutes = _MINUTES[backbone] * (0.4 if learn == "frozen" else 1.0) * photos / 10_000
    if weights is None and learn != "scratch":
        minutes = 0.2  # size and time of an answer are measured all the same
    return Run(f"{backbone}_{learn}", 1, settings, minutes, partial(_measure, backbone, learn))


def _measure(backbone: str, learn: str, folder: Path, context: Context) -> Measured:
    row = {"backbone": backbone, "learn": learn, **size_and_time(backbone, context)}
    if learn != "scratch" and context.weights_of(backbone) is None:
        return Measured([{**row, "note": NO_WEIGHTS}], [])
    sizes = context.sizes
    config = wear_config(
        f"{backbone}-{learn}",
        context,
        backbone=backbone,
        learn=learn,
        epochs=_epochs(backbone, context),
        train=wear_set(context, "train", sizes.wear_train),
        test=wear_set(context, "test", sizes.wear_test),
    )
    trained = train_config(config, folder)
    return Measured([{**row, **trained.maes(), **trained.times()}], trained.epoch_rows(backbone=backbone, learn=learn))


def _epochs(backbone: str, context: Context) -> int:
    return context.sizes.heavy_epochs if backbone in HEAVY else context.sizes.wear_epochs


def table(tables: Tables) -> str:
    """Errors, times and sizes, best test error first, the published figures beside them."""
    shown = []
    for row in sorted(tables["results"], key=lambda r: float(r.get("test_mae") or "inf")):
        has_figures = not row.get("note")
        shown.append(
            {
                **row,
                **{k: fixed(row.get(k, ""), 4) for k in ("train_mae", "validation_mae", "test_mae")},
                "best": f"{row['best_epoch']} of {row['epochs']}" if has_figures else row["note"],
                "minutes_to_best": fixed(str(60 * float(row["hours_to_best"])), 1) if has_figures else "",
                "minutes": fixed(str(60 * float(row["fit_hours"])), 1) if has_figures else "",
                "parameters": f"{int(row['parameters']) / 1e6:.1f} M",
                "litert_mb": fixed(row["litert_mb"], 1),
                "litert_ms": fixed(row["litert_ms"], 1),
                "published": PUBLISHED.get((row["backbone"], row["learn"]), ""),
            }
        )
    columns = {
        "backbone": "backbone",
        "learn": "learns",
        "train_mae": "train MAE",
        "validation_mae": "validation MAE",
        "test_mae": "test MAE",
        "published": "published",
        "best": "best epoch",
        "minutes_to_best": "minutes to it",
        "minutes": "minutes",
        "parameters": "parameters",
        "litert_mb": "LiteRT MB",
        "litert_ms": "LiteRT ms",
    }
    return as_table(columns, shown)


def figures(tables: Tables) -> dict[str, str]:
    """Validation loss by epoch, and by minute."""
    names = list(dict.fromkeys((r["backbone"], r["learn"]) for r in tables["epochs"]))
    by_epoch, by_minute = [], []
    for backbone, learn in names:
        mine = [r for r in tables["epochs"] if (r["backbone"], r["learn"]) == (backbone, learn)]
        name = f"{backbone} {learn}"
        by_epoch.append(Line(name, [(float(r["epoch"]), float(r["val_loss"])) for r in mine]))
        by_minute.append(Line(name, [(float(r["elapsed_s"]) / 60, float(r["val_loss"])) for r in mine]))
    y = Axis("validation MAE (log)", is_log=True)
    charts = {
        "by_epoch": line_chart("Validation error by epoch", Axis("epoch"), y, by_epoch),
        "by_minute": line_chart("Validation error by time", Axis("minutes of fitting (log)", True), y, by_minute),
    }
    return {name: chart for name, chart in charts.items() if chart}


STUDY = Study(
    "architectures",
    "Which network reads the worn fraction best on the hardest variant, and what does it cost?",
    runs,
    table,
    figures,
)
