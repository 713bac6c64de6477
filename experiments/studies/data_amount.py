"""How much does more data help, for wear and for the kind of pole?"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from experiments.features import fit_and_answer, macro_f1
from experiments.markdown import as_table
from experiments.pole_sets import CLASSES, pole_pool
from experiments.sets import HARDEST, wear_set
from experiments.study import Context, Measured, Row, Run, Study, Tables
from experiments.svg import Axis, Line, line_chart
from experiments.trained import train_config, wear_config


def runs(context: Context) -> list[Run]:
    """The linear heads for the kind of pole, then wear: the largest share and its seeds last."""
    sizes = context.sizes
    wear = [
        _wear_run(share, epochs, seed, context)
        for share, epochs, seeds in zip(sizes.amount_shares, sizes.amount_epochs, sizes.amount_seeds, strict=True)
        for seed in range(1, seeds + 1)
    ]
    return [_pole_run(context), *wear]


def _wear_run(share: float, epochs: int, seed: int, context: Context) -> Run:
    sizes = context.sizes
    settings = {
        "task": "wear",
        "share": share,
        "variant": HARDEST,
        "input_px": sizes.wear_px,
        "train": sizes.amount_train,
        "test": sizes.wear_test,
        "epochs": epochs,
        "batch_size": sizes.batch_size,
    }
    minutes = 0.4 + sizes.amount_train * share * epochs / 130 / 60 * 0.85 * (sizes.wear_px / 96) ** 2
    return Run(
        f"wear_{round(100 * share):03d}_seed{seed}", seed, settings, minutes, partial(_wear, share, epochs, seed)
    )


def _wear(share: float, epochs: int, seed: int, folder: Path, context: Context) -> Measured:
    sizes = context.sizes
    config = wear_config(
        "amount",
        context,
        epochs=epochs,
        seed=seed,
        train=wear_set(context, "train", sizes.amount_train),
        test=wear_set(context, "test", sizes.wear_test),
        data={"share": share},
        fit={"patience": 0},
    )
    trained = train_config(config, folder)
    row: Row = {"task": "wear", "share": share, "photos": trained.count("train"), "measure": "MAE"}
    row |= {"value": trained.maes()["test_mae"], "repeat": seed, **trained.times()}
    return Measured([row], trained.epoch_rows(share=share))


def _pole_run(context: Context) -> Run:
    sizes = context.sizes
    settings = {
        "task": "poles",
        "shares": sizes.amount_shares,
        "train": sizes.pole_train,
        "test": sizes.pole_test,
        "input_px": sizes.pole_px,
        "repeats": sizes.pole_seeds,
    }
    return Run("poles", 1, settings, 2.2, _poles)


def _poles(folder: Path, context: Context) -> Measured:
    pool, test = pole_pool(context, "train"), pole_pool(context, "test")
    rows: list[Row] = []
    for share in context.sizes.amount_shares:
        for repeat in range(1, context.sizes.pole_seeds + 1):
            chosen = _stratified(pool.labels, share, np.random.default_rng((repeat, round(1000 * share))))
            answers = fit_and_answer(pool.take(chosen), test.features)
            common: Row = {"task": "poles", "share": share, "photos": len(chosen), "repeat": repeat}
            accuracy = float(np.mean(answers == test.labels))
            rows.append({**common, "measure": "accuracy", "value": round(accuracy, 4)})
            rows.append({**common, "measure": "macro F1", "value": round(macro_f1(test.labels, answers, CLASSES), 4)})
            if share == 1.0:
                break  # all photos: every repeat would be the same
    return Measured(rows, [])


def _stratified(
    labels: np.ndarray[tuple[int], np.dtype[np.str_]], share: float, rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A share of every class, at least two photos of each."""
    chosen = []
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        count = min(len(mine), max(2, round(share * len(mine))))
        chosen.append(rng.permutation(mine)[:count])
    return np.sort(np.concatenate(chosen))


def _summary(tables: Tables) -> list[dict[str, str]]:
    groups: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in tables["results"]:
        groups.setdefault((row["task"], row["measure"], row["share"]), []).append(dict(row))
    lines = []
    for (task, measure, share), rows in groups.items():
        values = np.array([float(r["value"]) for r in rows])
        lines.append(
            {
                "task": task,
                "measure": measure,
                "share": share,
                "percent": f"{100 * float(share):.0f} %",
                "photos": f"{np.mean([float(r['photos']) for r in rows]):.0f}",
                "epochs": rows[0].get("epochs", ""),
                "mean": f"{values.mean():.4f}" if measure == "MAE" else f"{values.mean():.3f}",
                "spread": f"{values.min():.3f} to {values.max():.3f}" if len(values) > 1 else "",
                "seeds": str(len(values)),
            }
        )
    return sorted(lines, key=lambda r: (r["task"] != "wear", r["measure"], float(r["share"])))


def table(tables: Tables) -> str:
    """Mean and span over seeds for each share."""
    columns = {"task": "task", "measure": "measure", "percent": "data", "photos": "photos", "epochs": "epochs"}
    return as_table({**columns, "mean": "mean", "spread": "lowest to highest", "seeds": "seeds"}, _summary(tables))


def figures(tables: Tables) -> dict[str, str]:
    """Error and accuracy against the number of photos."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for row in _summary(tables):
        lines.setdefault(row["measure"], []).append((float(row["photos"]), float(row["mean"])))
    x = Axis("training photos (log)", True)
    wear = [Line("MAE", lines["MAE"], True)] if "MAE" in lines else []
    poles = [Line(name, points, True) for name, points in lines.items() if name != "MAE"]
    charts = {
        "wear": line_chart("Wear: test error by amount of data", x, Axis("MAE (log)", True), wear),
        "poles": line_chart("Kind of pole: held-out renders right", x, Axis("share, 0 to 1"), poles),
    }
    return {name: chart for name, chart in charts.items() if chart}


STUDY = Study(
    "data_amount",
    "How much does more data help, for wear and for the kind of pole?",
    runs,
    table,
    figures,
)
