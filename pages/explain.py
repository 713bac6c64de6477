"""Explain: where a model looked, and how far the picture of it can be trusted."""

from __future__ import annotations

import streamlit as st

from components import cached
from components.answer_line import answer_line
from components.bootstrap import bootstrap, errors_shown
from core.services.context import Context
from core.services.explain_orders import NetworkFacts, NetworkOrder
from core.types import Photo
from pages.explain_parts.asking import ask
from pages.explain_parts.choice import head
from pages.explain_parts.depth import strip_of_layers
from pages.explain_parts.export import export
from pages.explain_parts.maps import PICTURE_PX, ask_ahead, found_maps, maps_order, shown_map
from pages.explain_parts.pictures import panels
from pages.explain_parts.question import question
from pages.explain_parts.scores import scores

EMPTY = "Drop a photo to see where a model looks in it, and how far the picture of it can be trusted."


@st.fragment
def explained(context: Context, photo: Photo, model: str) -> None:
    """The question and its answer; a run of its own, so that another layer is there at once."""
    with errors_shown():
        folder = context.registry.folder(model)
        picture_area, control_area = st.columns([2.6, 1], gap="medium")
        below = st.container()  # after the controls, also on a phone
        with picture_area:
            facts: NetworkFacts = ask(NetworkOrder(folder.path), "The network is being loaded", PICTURE_PX)
        with control_area:
            findings = cached.model_findings(context, photo, model)
            is_recognised = answer_line(folder, findings)
            asked = question(context, photo, folder, facts, findings)
            trust_area = st.container()
        with picture_area:
            if asked is None:
                panels(photo, folder, [], is_recognised=is_recognised)
                return
            orders = [maps_order(context, photo, folder, facts, asked, method) for method in asked.methods]
            found = [found_maps(order) for order in orders]
            shown = [shown_map(maps, asked.layer) for maps in found]
            panels(photo, folder, shown, is_recognised=is_recognised)
            strip_of_layers(photo, facts, shown, found, asked.place)
        with below:
            export_area = st.container()
            measured = scores(orders, shown, asked.place, trust_area, is_recognised=is_recognised)
            ask_ahead(orders[0], folder)
            with export_area:
                export(context, photo, folder, measured)


context = bootstrap()
with errors_shown():
    chosen = head(context, "Explain", EMPTY)
    if chosen is not None:
        explained(context, *chosen)
