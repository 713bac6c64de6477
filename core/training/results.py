"""``result.json``: what a finished fit has to say for itself."""

from __future__ import annotations

from typing import Any

from core.training.callbacks import best_epoch
from core.training.fit import Fitted
from core.training.measuring import Decisions
from core.training.splits import Parts


def result_of(fitted: Fitted, decided: Decisions, parts: Parts) -> dict[str, Any]:
    """Measures by part, photos by part, epochs and hours in all and to the best, size, and figures."""
    seconds = [record["elapsed_s"] for record in fitted.history]
    best = best_epoch(fitted.history)
    return {
        "measures": dict(decided.measures),
        "counts": parts.counts,
        "epochs": len(seconds),
        "best_epoch": best,
        "hours": sum(seconds) / 3600,
        "hours_to_best": sum(seconds[:best]) / 3600,
        "parameters": fitted.network.count_params(),
        **decided.figures,
    }
