"""Which render variables matter for the field: each is left out in turn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.render.pole_scene.views import MODES
from experiments.features import Features, Labelled, fit_and_answer, photo_features
from experiments.markdown import as_table, fixed
from experiments.pole_scenes import PoleRecipe
from experiments.pole_sets import TRAIN_SEED, field_photos, pole_pool, special_pool
from experiments.study import Context, Measured, Row, Run, Study, Tables
from experiments.svg import Interval, interval_chart

Correct = NDArray[np.float64]

FROM_AIR = tuple(mode for mode in MODES if "above" in mode)
FROM_GROUND = tuple(mode for mode in MODES if "above" not in mode)
_NO = 0.0
NOTHING = "nothing"
LEFT_OUT: dict[str, PoleRecipe] = {
    NOTHING: PoleRecipe(),
    "background": PoleRecipe(plain_background=True),
    "things around": PoleRecipe(
        held=dict.fromkeys(("trees", "trunks", "stumps", "buildings", "fence", "neighbours", "transformer"), _NO)
    ),
    "wires": PoleRecipe(held={"wires": _NO, "line_overhead": _NO}),
    "surface texture": PoleRecipe(flat_surfaces=True),
    "direction of light": PoleRecipe(same_sun=True),
    "weather and haze": PoleRecipe(
        held={"weather": "sun", "haze_m": 6000.0, "clouds": _NO, "cloud_shadow": _NO, "snow_patches": _NO}
    ),
    "sensor": PoleRecipe(
        held={
            "defocus_px": 0.12,
            "motion_blur": _NO,
            "sharpened": _NO,
            "noise_of_255": 0.05,
            "jpeg_quality": 98.0,
            "vignetting": 0.0,
            "veiling_glare": 0.0,
            "contrast": 1.0,
            "saturation": 0.8,
        }
    ),
    "views from the ground": PoleRecipe(held={"mode": FROM_AIR}),
    "views from the air": PoleRecipe(held={"mode": FROM_GROUND}),
}
"""What is left out → how the scenes are then rendered; the seeds stay the same."""

_RESAMPLES = 4000
_INSIDE = (5.0, 95.0)  # per cent: 90 % intervals


def runs(context: Context) -> list[Run]:
    """One a variable; the scenes with nothing left out first."""
    return [_run(name, context) for name in LEFT_OUT]


def _run(left_out: str, context: Context) -> Run:
    sizes = context.sizes
    settings = {
        "left_out": left_out,
        "recipe": LEFT_OUT[left_out].to_mapping(),
        "train": sizes.left_out_train,
        "test": sizes.pole_test,
        "input_px": sizes.pole_px,
        "repeats": sizes.pole_seeds,
        "field": _field_digest(context.field),
    }
    minutes = 2.0 if left_out == NOTHING else 0.6  # the first scenes are those of the amount of data
    return Run(left_out.replace(" ", "_"), 1, settings, minutes, partial(_measure, left_out))


def _measure(left_out: str, folder: Path, context: Context) -> Measured:
    tests = _tests(context)
    full = _correct(NOTHING, tests, context)
    changed = full if left_out == NOTHING else _correct(left_out, tests, context)
    rows: list[Row] = []
    for place in tests:
        accuracy, low, high = interval(changed[place])
        difference, difference_low, difference_high = interval(changed[place] - full[place])
        rows.append(
            {
                "left_out": left_out,
                "photos_of": place,
                "photos": len(changed[place]),
                "accuracy": accuracy,
                "low": low,
                "high": high,
                "difference": difference,
                "difference_low": difference_low,
                "difference_high": difference_high,
            }
        )
    return Measured(rows, [])


def _tests(context: Context) -> dict[str, Labelled]:
    """Held-out renders with nothing left out, and the field photos where there are any."""
    tests = {"renders": pole_pool(context, "test")}
    if context.field is not None:
        photos = field_photos(context.field)
        tests["field"] = Labelled(photo_features(photos.paths, "field", context), np.array(photos.labels))
    return tests


def _correct(left_out: str, tests: dict[str, Labelled], context: Context) -> dict[str, Correct]:
    """By test set, how often each photo was named rightly by heads fitted on resampled training scenes."""
    sizes = context.sizes
    if left_out == NOTHING and sizes.left_out_train <= sizes.pole_train:
        train = pole_pool(context, "train").take(np.arange(sizes.left_out_train))
    else:
        name = "pole_without_" + left_out.replace(" ", "_")
        train = special_pool(context, name, sizes.left_out_train, TRAIN_SEED, LEFT_OUT[left_out])
    features: Features = np.concatenate([t.features for t in tests.values()])
    truth = np.concatenate([t.labels for t in tests.values()])
    right = np.zeros(len(truth))
    for repeat in range(sizes.pole_seeds):
        # the same scenes whatever is left out: the seeds are, so the resampling is too
        chosen = np.random.default_rng(repeat).integers(0, len(train.labels), len(train.labels))
        right += (fit_and_answer(train.take(chosen), features) == truth) / sizes.pole_seeds
    edges = np.cumsum([len(t.labels) for t in tests.values()])[:-1]
    return dict(zip(tests, np.split(right, edges), strict=True))


def interval(values: Correct) -> tuple[float, float, float]:
    """Mean and its 90 % bootstrap interval over photos (percentile method, seeded)."""
    drawn = np.random.default_rng(0).integers(0, len(values), (_RESAMPLES, len(values)))
    low, high = np.percentile(values[drawn].mean(axis=1), _INSIDE)
    return round(float(values.mean()), 4), round(float(low), 4), round(float(high), 4)


def _field_digest(field: Path | None) -> str:
    return hashlib.sha256((field / "labels.csv").read_bytes()).hexdigest()[:10] if field else "none"


def table(tables: Tables) -> str:
    """Accuracy and its change, on held-out renders and on field photos."""
    by_name: dict[str, dict[str, str]] = {}
    for row in tables["results"]:
        line = by_name.setdefault(row["left_out"], {"left_out": row["left_out"]})
        place = row["photos_of"]
        line[f"{place}_accuracy"] = _spanned(row, "accuracy", "low", "high")
        if row["left_out"] != NOTHING:
            line[f"{place}_difference"] = _spanned(row, "difference", "difference_low", "difference_high", "+")
    counts = {row["photos_of"]: row["photos"] for row in tables["results"]}
    headings = {"left_out": "left out"}
    for place, title in (("field", "field photos"), ("renders", "held-out renders")):
        if place in counts:
            headings[f"{place}_accuracy"] = f"accuracy on {counts[place]} {title}"
            headings[f"{place}_difference"] = "change (90 % interval)"
    return as_table(headings, list(by_name.values()))


def _spanned(row: Mapping[str, str], value: str, low: str, high: str, sign: str = "") -> str:
    shown = f"{float(row[value]):{sign}.2f}"
    return f"{shown} ({fixed(row[low], 2)} to {fixed(row[high], 2)})"


def figures(tables: Tables) -> dict[str, str]:
    """The change on the field photos, or on renders where there are none."""
    places = {row["photos_of"] for row in tables["results"]}
    charts = {}
    for place, title in (("field", "field photos"), ("renders", "held-out renders")):
        rows = [r for r in tables["results"] if r["photos_of"] == place and r["left_out"] != NOTHING]
        if place in places and rows:
            intervals = [
                Interval(r["left_out"], float(r["difference"]), float(r["difference_low"]), float(r["difference_high"]))
                for r in rows
            ]
            charts[place] = interval_chart(
                f"Without it: change of accuracy on {title}", "change of accuracy, 90 % interval", intervals, 0.0
            )
    return charts


STUDY = Study(
    "render_variables",
    "Which variables of the pole renders matter for field photos: what happens without each?",
    runs,
    table,
    figures,
)
