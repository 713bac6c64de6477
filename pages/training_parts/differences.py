"""What the ticked runs were trained with, where it is not the same."""

from __future__ import annotations

import streamlit as st

from core.services.training_configs import differing_settings
from core.services.training_runs import TrainingRun


def differences(chosen: list[TrainingRun]) -> None:
    """Draw a table of the settings that differ; nothing where only one run is ticked."""
    if len(chosen) < 2:
        return
    found = differing_settings(chosen)
    st.subheader("Settings that differ", anchor=False)
    if not found:
        st.caption("None: these runs keep no config, or were trained with the same settings.")
        return
    names = [run.name for run in chosen]
    rows = [{"Setting": key, **dict(zip(names, values, strict=True))} for key, values in found.items()]
    st.dataframe(rows, hide_index=True, key="training.differences")
