"""Kinds of pole: balanced against 96 % wood, three remedies, with and without a class for several kinds at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from experiments.features import Labelled, fit_and_answer, macro_f1, recalls, sampled_alike
from experiments.markdown import as_table
from experiments.pole_scenes import KINDS, MULTIPLE, PoleRecipe
from experiments.pole_sets import pole_pool, special_pool
from experiments.study import Context, Measured, Row, Run, Study, Tables

MIXES = ("balanced", "96 % TREE")
REMEDIES = ("none", "class_weights", "sampling")
COMMON, COMMON_SHARE = "TREE", 0.96


@dataclass(frozen=True, slots=True, eq=False)
class _Photos:
    """What there is to train on, and a test set with as many photos of each class."""

    pool: Labelled
    test: Labelled


def runs(context: Context) -> list[Run]:
    """Every mix × remedy, without and with the class MULTIPLE."""
    return [
        _run(mix, remedy, with_multiple, context)
        for with_multiple in (False, True)
        for mix in MIXES
        for remedy in REMEDIES
    ]


def _run(mix: str, remedy: str, with_multiple: bool, context: Context) -> Run:
    sizes = context.sizes
    settings = {
        "mix": mix,
        "remedy": remedy,
        "multiple": with_multiple,
        "pool": sizes.pole_train,
        "test": sizes.pole_test,
        "extra_trees": sizes.extra_trees,
        "multiple_photos": [sizes.multiple_train, sizes.multiple_test],
        "train": sizes.balance_train,
        "input_px": sizes.pole_px,
        "repeats": sizes.pole_seeds,
    }
    is_first = (mix, remedy, with_multiple) == (MIXES[0], REMEDIES[0], False)
    name = f"{'balanced' if mix == MIXES[0] else 'unbalanced'}_{remedy}" + "_multiple" * with_multiple
    # the first run renders the wood and the scenes with two kinds
    return Run(name, 1, settings, 1.5 if is_first else 0.2, partial(_measure, mix, remedy, with_multiple))


def _measure(mix: str, remedy: str, with_multiple: bool, folder: Path, context: Context) -> Measured:
    photos = _photos(context)
    classes = (*KINDS, MULTIPLE) if with_multiple else KINDS
    rows: list[Row] = []
    for repeat in range(1, context.sizes.pole_seeds + 1):
        rng = np.random.default_rng(repeat)
        counts = class_counts(mix, classes, context.sizes.balance_train)
        train = photos.pool.take(_draw(photos.pool, counts, rng))
        if remedy == "sampling":
            train = train.take(sampled_alike(train.labels, rng))
        answers = fit_and_answer(train, photos.test.features, class_weights=remedy == "class_weights")
        rows.append({"mix": mix, "remedy": remedy, "multiple": int(with_multiple), "repeat": repeat})
        rows[-1] |= {"photos": len(train.labels), **_scores(photos.test, answers, with_multiple)}
    return Measured(rows, [])


def class_counts(mix: str, classes: tuple[str, ...], total: int) -> dict[str, int]:
    """Photos of each class in a training set of about ``total``; at least two of each."""
    if mix == MIXES[0]:
        return {c: max(2, total // len(classes)) for c in classes}
    rare = max(2, round(total * (1 - COMMON_SHARE) / (len(classes) - 1)))
    return {c: round(total * COMMON_SHARE) if c == COMMON else rare for c in classes}


def _scores(test: Labelled, answers: np.ndarray[tuple[int], np.dtype[np.str_]], with_multiple: bool) -> Row:
    single = np.isin(test.labels, KINDS)
    found = recalls(test.labels[single], answers[single], KINDS)
    # what a line with 96 % wooden poles would see
    rare = [found[c] for c in KINDS if c != COMMON]
    row: Row = {
        "macro_f1": round(macro_f1(test.labels[single], answers[single], KINDS), 4),
        "field_mix_accuracy": round(COMMON_SHARE * found[COMMON] + (1 - COMMON_SHARE) * float(np.mean(rare)), 4),
        **{f"recall_{c}": round(found[c], 4) for c in KINDS},
    }
    if with_multiple:
        row["recall_MULTIPLE"] = round(recalls(test.labels, answers, (MULTIPLE,))[MULTIPLE], 4)
        row["single_called_MULTIPLE"] = round(float(np.mean(answers[single] == MULTIPLE)), 4)
    return row


def _photos(context: Context) -> _Photos:
    sizes = context.sizes
    trees = special_pool(context, "pole_trees", sizes.extra_trees, 500_000, PoleRecipe(held={"label": COMMON}))
    several = PoleRecipe(second_pole=True)
    more = special_pool(context, "pole_multiple_train", sizes.multiple_train, 520_000, several)
    more_test = special_pool(context, "pole_multiple_test", sizes.multiple_test, 985_000, several)
    test = pole_pool(context, "test").joined(more_test)
    each = min(int(np.sum(test.labels == c)) for c in (*KINDS, MULTIPLE))
    chosen = [np.flatnonzero(test.labels == c)[:each] for c in (*KINDS, MULTIPLE)]
    return _Photos(pole_pool(context, "train").joined(trees).joined(more), test.take(np.concatenate(chosen)))


def _draw(
    pool: Labelled, counts: dict[str, int], rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Photos of each class, without repeats; fewer where the pool has no more."""
    chosen = [rng.permutation(np.flatnonzero(pool.labels == c))[:n] for c, n in counts.items()]
    return np.concatenate(chosen)


def table(tables: Tables) -> str:
    """Means over the repeats; macro F1 with its lowest and highest."""
    groups: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in tables["results"]:
        groups.setdefault((row["multiple"], row["mix"], row["remedy"]), []).append(dict(row))
    shown = []
    for (multiple, mix, remedy), rows in groups.items():
        numbers = ("macro_f1", "field_mix_accuracy", "single_called_MULTIPLE", "recall_MULTIPLE")
        columns = {name: _mean(rows, name) for name in (*numbers, *(f"recall_{c}" for c in KINDS))}
        f1 = [float(r["macro_f1"]) for r in rows]
        columns["macro_f1"] += f" ({min(f1):.2f} to {max(f1):.2f})"
        shown.append({"multiple": "with" if multiple == "1" else "without", "mix": mix, "remedy": remedy, **columns})
    headings = {
        "multiple": "MULTIPLE",
        "mix": "training photos",
        "remedy": "remedy",
        "macro_f1": "macro F1 of the three kinds",
        **{f"recall_{c}": f"{c} found" for c in KINDS},
        "field_mix_accuracy": "accuracy at 96 % wood",
        "recall_MULTIPLE": "MULTIPLE found",
        "single_called_MULTIPLE": "one kind called MULTIPLE",
    }
    return as_table(headings, shown)


def _mean(rows: list[dict[str, str]], name: str) -> str:
    values = [float(r[name]) for r in rows if r.get(name)]
    return f"{np.mean(values):.3f}" if values else ""


def figures(tables: Tables) -> dict[str, str]:
    """None: the table is short."""
    return {}


STUDY = Study(
    "balance",
    "What do 96 % wooden poles in the training photos cost, what helps, and what does a class for several kinds cost?",
    runs,
    table,
    figures,
)
