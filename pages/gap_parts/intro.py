"""Head of the page, and what it offers while nothing is measured."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from components.bootstrap import errors_shown
from core.services.context import Context
from core.services.gap_runs import begin_gap
from core.services.gap_samples import sample_gap_order
from pages.gap_parts.choice import show


def head() -> None:
    """Draw the title, and what the page answers."""
    st.header("Synthetic gap", anchor=False, help="Distances between what a network's layers say of renders and of "
              "field photos, beside what halves of the field photos differ by.")  # fmt: skip


def offer_sample(context: Context) -> None:
    """What the page will show, and the one button that fills it."""
    st.markdown(
        "Choose a model, renders and field photos. For every layer you will see how far both sets lie apart, with an "
        "interval and beside the distance between two halves of the field photos; a click on a layer shows its most "
        "shifted channels, the photos that show them most, and a map of both sets."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Measure the sample gap", type="primary", icon=":material/photo_library:", key="gap.sample"):
            with errors_shown(), st.spinner("Making the stand-ins"):
                order = sample_gap_order(context.settings)
                for name, value in ((keys.GAP_SYNTHETIC, order.synthetic), (keys.GAP_REAL, order.real)):
                    write_address(name, value)
                show(begin_gap(context.settings, order).name)
                st.rerun()
        st.caption("The 40 sample poles against stand-ins for field photos: the same renders, out of focus, with "
                   "sensor noise and strong JPEG.", width="content")  # fmt: skip
