"""Training runs as JSON-ready values: what the API answers and ``gridlens runs --json`` prints."""

from __future__ import annotations

from typing import Any

from core.services.training_runs import TrainingRun, measure_names

Document = dict[str, Any]


def run_document(run: TrainingRun) -> Document:
    """One run without its epochs; what is not known is null. Times are ISO 8601, UTC."""
    best = run.best
    return {
        "name": run.name,
        "status": run.status,
        "epochs_done": len(run.epochs),
        "epochs": run.epoch_count or None,
        "epoch_s": run.epoch_s,
        "left_s": run.left_s,
        "best": None if best is None else {"epoch": best.number, **best.values},
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "size_bytes": run.size_bytes,
        "model_dir": str(run.model_dir) if run.model_dir else None,
        "error": run.error or None,
    }


def curves_document(run: TrainingRun) -> Document:
    """A run's measures over its epochs; null where an epoch has no finite value."""
    measures = measure_names([run])
    return {
        "name": run.name,
        "epochs": [epoch.number for epoch in run.epochs],
        "training": _series(run, measures, ""),
        "validation": _series(run, measures, "val_"),
        "epoch_s": [epoch.duration_s for epoch in run.epochs],
        "best_epoch": run.best.number if run.best else None,
    }


def _series(run: TrainingRun, measures: list[str], prefix: str) -> dict[str, list[float | None]]:
    found = {name: [epoch.values.get(prefix + name) for epoch in run.epochs] for name in measures}
    return {name: values for name, values in found.items() if any(value is not None for value in values)}
