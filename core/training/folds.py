"""K-fold: K networks, each measured on the fold that it has not seen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from core.errors import ConfigError
from core.training.callbacks import OnEvent
from core.training.config import TrainConfig
from core.training.fit import fit_network
from core.training.measuring import decide
from core.training.parts import read_photos
from core.training.results import result_of
from core.training.run_folder import RunFolder, write_json
from core.training.series import Series
from core.training.splits import Parts, fold_parts, take_share


def run_folds(config: TrainConfig, run: RunFolder, on_event: OnEvent | None) -> dict[str, Any]:
    """Fit and measure every fold; those that are finished are only read.

    The photos of ``data.train`` are folded, those that are marked test left out; a test list is not looked at.

    Returns:
        ``result.json``: ``measures`` with the mean over folds under ``test``, ``deviation`` (of the same
        numbers, between folds), ``folds`` (each one's measures and counts), ``counts`` and ``hours``.

    Raises:
        ConfigError: there are too few photos or groups.
    """
    learn = [e for e in read_photos(config)[0] if e.split != "test"]
    if not learn:
        raise ConfigError(f"{config.path}: [data] folds: expected photos that are not marked test, received none")
    data, seed = config.data, config.fit.seed
    series = Series(run.path, "fold", data.folds, on_event)
    results = []
    for number, parts in enumerate(fold_parts(learn, data.folds, data.validation_share, seed), start=1):
        path = series.folder(number) / "result.json"
        if not path.is_file():
            used = Parts(take_share(parts.train, data.share, seed), parts.validation, parts.test)
            fitted = fit_network(config, used.train, used.validation, path.parent, series.listener(number))
            write_json(path, result_of(fitted, decide(config, fitted.network, used), used))
            keras.backend.clear_session()
        results.append(json.loads(path.read_text()))
    return fold_summary(results)


def fold_summary(results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Mean and standard deviation (n − 1) over folds of every number measured on the held-out fold."""
    measured = [r["measures"]["test"] for r in results]
    names = [k for k, v in measured[0].items() if isinstance(v, int | float) and all(k in m for m in measured)]
    table = {name: [float(m[name]) for m in measured] for name in names if name != "count"}
    return {
        "measures": {"test": {name: float(np.mean(values)) for name, values in table.items()}},
        "deviation": {name: float(np.std(values, ddof=1)) for name, values in table.items()},
        "counts": {"folds": len(results), "test": sum(r["counts"]["test"] for r in results)},
        "epochs": sum(r["epochs"] for r in results),
        "hours": sum(r["hours"] for r in results),
        "folds": [
            {"fold": k, "measures": r["measures"]["test"], "counts": r["counts"], "best_epoch": r["best_epoch"]}
            for k, r in enumerate(results, start=1)
        ],
    }
