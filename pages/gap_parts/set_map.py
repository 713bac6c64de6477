"""Both sets in a plane, with pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from components.photo_row import photo_row, shown_jpeg
from core.charts.set_map import far_apart, set_map_figure
from core.errors import ConfigError
from core.services.gap import GapStudy
from core.services.gap_look import map_at

_RENDERS, _FIELD = "renders", "field photos"
_MOST = 24


def set_map(study: GapStudy, layer: str) -> None:
    """Draw the map; photos that are picked in it are shown below."""
    st.subheader("Both sets in one plane", anchor=False)
    try:
        found = map_at(study, layer)
    except ConfigError:
        st.caption("A map takes 3 photos at least.")
        return
    files = {_RENDERS: study.synthetic.files, _FIELD: study.real.files}
    places = {_RENDERS: found.first, _FIELD: found.second}
    pictures: dict[str, dict[int, bytes]] = {title: {} for title in files}
    owners = [(title, k) for title, one in places.items() for k in range(len(one))]
    for at in far_apart(np.concatenate([found.first, found.second])):
        title, k = owners[at]
        jpeg = shown_jpeg(files[title][k])
        if jpeg is not None:
            pictures[title][k] = jpeg
    names = {title: [file.name for file in ones] for title, ones in files.items()}
    figure = set_map_figure(places, names, pictures, explained=found.explained, dark=st.context.theme.type == "dark")
    event: Any = st.plotly_chart(
        figure, key=f"gap.map.{study.name}.{layer}", on_select="rerun", config={"displaylogo": False}
    )
    st.caption("Principal components of the layer's means. Pick photos with a click, a box or a lasso.")
    picked = [point["customdata"] for point in event.selection.points if point.get("customdata")][:_MOST]
    if picked:
        photo_row([files[str(t)][int(k)] for t, k in picked], [f"{t}: {files[str(t)][int(k)].name}" for t, k in picked])
