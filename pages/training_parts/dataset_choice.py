"""Which photos to learn from, and how many there are of what."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components.bootstrap import errors_shown
from core.charts.counts import counts_figure
from core.services.context import Context
from core.services.training_choices import dataset_choices
from core.services.training_configs import DatasetFacts, dataset_facts

_OTHER = "another CSV …"


def dataset_choice(context: Context) -> DatasetFacts | None:
    """Ask for the dataset; what its CSV says decides the rest of the form. None while it cannot be read."""
    choices = {str(one.path): one.words for one in dataset_choices(context.settings)}
    left, right = st.columns([1, 1])
    with left:
        chosen = st.selectbox(
            "Dataset", [*choices, _OTHER], format_func=lambda path: choices.get(path, path), key="training.new.dataset"
        )
        if chosen == _OTHER:
            chosen = st.text_input("Path of a CSV on the server", key="training.new.csv").strip()
            if not chosen:
                st.caption("Columns path,label, or path,value, or path,label,x_min,y_min,x_max,y_max.")
                return None
    facts: DatasetFacts | None = None
    with left, errors_shown():
        facts = dataset_facts(Path(chosen).expanduser().absolute())
        st.caption(f"{facts.photo_count} photos for {facts.task}.")
    if facts is not None and facts.labels:
        with right:
            figure = counts_figure(facts.counts, dark=st.context.theme.type == "dark")
            st.plotly_chart(figure, key="training.new.counts", config={"displayModeBar": False})
    return facts
