"""The part of the training form that asks which settings to search over."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.services.training_choices import OPTIMISERS
from core.services.training_configs import DatasetFacts

_RANGES: dict[str, tuple[str, list[Any]]] = {
    "fit.learning_rate": ("Learning rate, 0.00001 to 0.01", [1e-5, 1e-2, "log"]),
    "fit.optimizer": ("Optimiser", list(OPTIMISERS)),
    "fit.dropout": ("Dropout, 0 to 0.5", [0.0, 0.5]),
    "fit.weight_decay": ("Weight decay, 0.000001 to 0.01", [1e-6, 1e-2, "log"]),
    "fit.batch_size": ("Batch: 8, 16, 32 or 64", [8, 16, 32, 64]),
    "model.backbone": ("Backbone: MobileNetV2 or ResNet50", ["mobilenet_v2", "resnet50"]),
    "augment.colour": ("Colour and light, 0 to 1", [0.0, 1.0]),
    "augment.sensor": ("Defocus, noise, JPEG, 0 to 0.6", [0.0, 0.6]),
}
_LOSSES = ("Loss", ["mae", "mse", "huber"])


def search_section(facts: DatasetFacts, *, key: str) -> dict[str, Any]:
    """Ask how many trials, over which settings; empty for no search.

    Args:
        facts: of the dataset; a regression can search over losses as well.
        key: Streamlit key.
    """
    known = {**_RANGES, **({"fit.loss": _LOSSES} if facts.task == "regression" else {})}
    left, right = st.columns([1, 2])
    with left:
        trials = st.number_input(
            "Trials", 0, 500, 0, key=f"{key}.trials", help="Each is a whole training; 0 for no search."
        )
    with right:
        wanted = st.multiselect(
            "Settings", list(known), format_func=lambda name: known[name][0], key=f"{key}.ranges", disabled=not trials,
            default=["fit.learning_rate"],
        )  # fmt: skip
    if not trials:
        return {}
    return {"trials": int(trials), **{name: known[name][1] for name in wanted}}
