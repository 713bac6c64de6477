"""Does a network that learned one variant of the renders read another? And does a margin in the loss help?"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from core.render.shackles import VARIANTS
from experiments.markdown import as_matrix, fixed
from experiments.sets import HARDEST, variant_set
from experiments.study import Context, Measured, Row, Run, Study, Tables
from experiments.trained import train_config, wear_config

MARGIN = 0.2


def runs(context: Context) -> list[Run]:
    """One training a variant, and one with a margin on the hardest."""
    plain = [_run(variant, 0.0, context) for variant in VARIANTS]
    return [*plain, _run(HARDEST, MARGIN, context)]


def row_name(variant: str, margin: float) -> str:
    """How a training is called in the matrix."""
    return f"{variant}, margin {margin:g}" if margin else variant


def _run(variant: str, margin: float, context: Context) -> Run:
    sizes = context.sizes
    settings = {
        "variant": variant,
        "margin": margin,
        "input_px": sizes.wear_px,
        "train": sizes.variant_train,
        "test": sizes.variant_test,
        "epochs": sizes.variant_epochs,
        "patience": sizes.patience,
        "batch_size": sizes.batch_size,
    }
    name = variant.lower() + ("_margin" if margin else "")
    rendering = 0.0 if margin else (sizes.variant_train + sizes.variant_test) / 300
    fitting = 0.4 + sizes.variant_train * sizes.variant_epochs / 8000 * (sizes.wear_px / 96) ** 2
    return Run(name, 1, settings, rendering + fitting, partial(_measure, variant, margin))


def _measure(variant: str, margin: float, folder: Path, context: Context) -> Measured:
    from core.services.evaluate import evaluate_model

    tests = {v: variant_set(context, v, "test") for v in VARIANTS}
    loss = {"loss": "margin_mae", "margin": margin} if margin else {"loss": "mae"}
    config = wear_config(
        "variant",
        context,
        epochs=context.sizes.variant_epochs,
        train=variant_set(context, variant, "train"),
        test=tests[variant],
        fit=loss,
    )
    trained = train_config(config, folder, export=True)
    assert trained.folder is not None
    common: Row = {"train_variant": variant, "margin": margin, **trained.times()}
    rows: list[Row] = []
    for tested, csv_path in tests.items():
        mae = evaluate_model(trained.folder, csv_path).metrics["mae"]
        rows.append({**common, "test_variant": tested, "mae": round(mae, 5)})
    return Measured(rows, trained.epoch_rows(train_variant=variant, margin=margin))


def table(tables: Tables) -> str:
    """MAE by trained (down) and tested (across) variant; the best of each column in bold."""
    values = {
        (row_name(r["train_variant"], float(r["margin"])), r["test_variant"]): fixed(r["mae"], 3)
        for r in tables["results"]
    }
    down = [row_name(v, 0.0) for v in VARIANTS] + [row_name(HARDEST, MARGIN)]
    return as_matrix("trained on ↓, tested on →", VARIANTS, down, values, best="low")


def figures(tables: Tables) -> dict[str, str]:
    """None: a matrix of five by four is read best as one."""
    return {}


STUDY = Study(
    "variants",
    "Does a network that learned one variant of the renders read another, and does a margin in the loss help?",
    runs,
    table,
    figures,
)
