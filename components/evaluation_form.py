"""A form that orders an evaluation: which model, on which labelled photos, under which name."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

OTHER = "another CSV …"


def evaluation_form(
    models: Mapping[str, str], datasets: Mapping[str, str], *, key: str
) -> tuple[str, str, str, bool] | None:
    """Draw the form.

    Args:
        models: name → words.
        datasets: path of a CSV → words.
        key: Streamlit key.

    Returns:
        Model, path of the dataset, name ("" for a suggested one) and whether photos are windows, once it is sent.
    """
    with st.form(key, border=False):
        model = st.selectbox("Model", list(models), format_func=lambda name: models[name], key=f"{key}.model")
        dataset = st.selectbox(
            "Labelled photos", [*datasets, OTHER], format_func=lambda path: datasets.get(path, path),
            key=f"{key}.dataset",
        )  # fmt: skip
        path = st.text_input(
            "Path of a CSV on this machine", key=f"{key}.path",
            help="Columns path,label, or path,label,x_min,y_min,x_max,y_max for boxes, or path,value for wear.",
            placeholder=f"only for {OTHER}",
        )  # fmt: skip
        name = st.text_input("Name", key=f"{key}.name", placeholder="made of model and dataset")
        windows = st.checkbox(
            "Photos are windows at the detector's own scale", key=f"{key}.windows",
            help="For renders that a detector learned from; field photos are not.",
        )  # fmt: skip
        if not st.form_submit_button("Measure", type="primary", icon=":material/play_arrow:"):
            return None
    chosen = path.strip() if dataset == OTHER else dataset
    return model, chosen, name.strip(), windows
