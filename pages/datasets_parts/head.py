"""Head of the page, the ways in, and what the page offers while there is nothing."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from core.services.context import Context
from core.services.dataset_intake import add_sample_datasets
from pages.datasets_parts.intake import import_panel
from pages.datasets_parts.outcome import show


def head(context: Context, *, is_empty: bool) -> None:
    """Draw the title and the way to import."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header("Datasets", anchor=False, width="content")
        if not is_empty:
            # Another key once something has come in: the panel closes and shows it.
            key = f"datasets.import.{st.session_state.get(keys.DATASETS_MADE, 0)}"
            with st.popover("Import", icon=":material/upload_file:", width="content", key=key):
                import_panel(context)


def offer_samples(context: Context) -> None:
    """What the page will show, the one button that fills it, and the import in the open."""
    st.markdown(
        "Labelled photos appear here as versions: what was done to them, how many there are of what, examples, "
        "and what differs between two. A version never changes; every change makes a new one."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Load the sample datasets", type="primary", icon=":material/photo_library:", key="datasets.samples"
        ):
            show(add_sample_datasets(context.settings)[0])
            st.rerun()
        st.caption("Pole types, top caps and worn shackles of the 50 sample photos.", width="content")
    with st.container(border=True):
        st.subheader("Or import your own", anchor=False)
        import_panel(context)
