"""Confidence from which a finding counts: one slider a label, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components.session_keys import threshold_key
from components.wording import plain
from core.runtime.model_config import ModelFolder
from core.services.thresholds import Thresholds
from core.services.wording import label_words


def threshold_sliders(folders: Mapping[str, ModelFolder], shipped: Thresholds) -> dict[str, dict[str, float]]:
    """Draw the sliders.

    Args:
        folders: installed models; those whose answer is a value have no threshold.
        shipped: where the sliders stand at first.

    Returns:
        Thresholds by model and label, 0 to 1; those of ``shipped`` where nobody moved them.
    """
    chosen: dict[str, dict[str, float]] = {model: dict(labels) for model, labels in shipped.items()}
    for model, folder in folders.items():
        if folder.config.family == "regression":
            continue
        st.markdown(f"**{plain(folder.config.title)}**")
        for label, confidence in shipped.get(model, {}).items():
            start = round(confidence * 100)
            moved = st.slider(
                label_words(label),
                0,
                100,
                start,
                format="%d %%",
                key=threshold_key(model, label),
                bind="query-params",
            )
            if moved != start:
                chosen[model][label] = moved / 100
    return chosen
