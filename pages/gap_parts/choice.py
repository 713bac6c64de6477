"""What is compared: a model and two sets of photos."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_select
from components.bootstrap import errors_shown
from components.photo_set_choice import photo_set_choice
from components.wording import plain
from core.errors import NotFoundError
from core.services.context import Context
from core.services.gap import GapOrder
from core.services.gap_runs import GapRun, begin_gap, gap_run
from core.services.photo_sets import known_sets, lasting_reference
from pages.gap_parts.dropped import dropped


def question(context: Context) -> GapRun | None:
    """Ask for model and sets; the gap that the address names, or None."""
    run = _named(context)
    known = known_sets(context.settings, context.store)
    models = {name: folder.config.title for name, folder in context.registry.folders.items()}
    with st.container(border=True):
        left, middle, right = st.columns([1, 2, 2], vertical_alignment="bottom")
        with left:
            model = addressed_select(
                "Model", list(models), name=keys.GAP_MODEL, default=next(iter(models)), words=models.__getitem__
            )
        with middle:
            synthetic = photo_set_choice("Renders", known, name=keys.GAP_SYNTHETIC, help="The first set.")
        with right:
            real = photo_set_choice("Field photos", known, name=keys.GAP_REAL, help="The set that renders should be "
                                    "like; its halves give the floor.")  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center"):
            pairs = st.checkbox("Photos of one name are pairs", key="gap.pairs",
                                help="Looks at pairs alone, and adds how alike they are arranged (CKA).")  # fmt: skip
            if st.button("Measure", type="primary", icon=":material/straighten:", key="gap.measure",
                         disabled=not (model and synthetic and real)):  # fmt: skip
                with errors_shown(), st.spinner("Looking at both sets"):
                    sides = lasting_reference(synthetic or ""), lasting_reference(real or "")
                    show(begin_gap(context.settings, GapOrder(model or "", *sides, are_pairs=pairs)).name)
                    st.rerun()
            with st.popover("Drop photos", icon=":material/upload:"):
                dropped(context)
    return run


def show(name: str) -> None:
    """Make a gap the one that the page shows."""
    write_address(keys.GAP, name)
    write_address(keys.GAP_LAYER, None)


def _named(context: Context) -> GapRun | None:
    name = read_address(keys.GAP)
    if name is None:
        return None
    try:
        run = gap_run(context.settings, name)
    except NotFoundError as error:
        st.warning(plain(str(error)), icon=":material/link_off:")
        return None
    # A copied address names the gap alone: its question is shown with it.
    for key, value in ((keys.GAP_SYNTHETIC, run.order.synthetic), (keys.GAP_REAL, run.order.real)):
        if read_address(key) is None:
            write_address(key, value)
    return run
