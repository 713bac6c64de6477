"""How good model versions were when they were measured."""

from __future__ import annotations

import streamlit as st

from components import cached
from components import session_keys as keys
from components.figure_card import figure_card
from components.wording import plain
from core.charts.over_time import quality_figure
from core.errors import ConfigError
from core.services.context import Context
from core.services.model_quality import Quality, quality_of
from core.services.saved_answers import list_answers

_MOST_SETS = 30


def quality(context: Context) -> None:
    """Draw one line a model and dataset, and the ways to their curves."""
    known: list[Quality] = []
    for saved in list_answers(context.settings)[0][:_MOST_SETS]:
        try:
            known.append(quality_of((cached.measured_values if saved.kind == "value" else cached.measured)(saved)))
        except ConfigError as error:
            st.caption(plain(str(error)))
    lines: dict[str, list[tuple[str, float, int]]] = {}
    for one in sorted(known, key=lambda one: (one.number, one.made_at)):
        name = f"{one.title}: {one.measure} on {one.dataset.rpartition('/')[2].removesuffix('.csv')}"
        lines.setdefault(name, []).append((f"v{one.number}", one.value, one.photos))
    if not lines:
        st.caption("Nothing was measured yet: gridlens evaluate MODEL DATASET.csv --save NAME")
        return
    figure = quality_figure(lines, dark=st.context.theme.type == "dark")
    figure_card(figure, key="overview.quality", name="quality", alt="Quality of model versions")
    with st.container(horizontal=True):
        for one in known:
            label = f"{one.title} v{one.number}, {one.photos} photos"
            st.page_link(
                "curves.py", label=label, icon=":material/show_chart:", query_params={keys.ANSWERS: one.answers}
            )
