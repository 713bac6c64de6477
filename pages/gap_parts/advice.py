"""What the renderer should change next: the question."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_select
from components.wording import plain
from core.render.scenes import SCENES
from core.services.advice_record import AdviceOrder
from core.services.advice_runs import advice_run, begin_advice, newest_advice
from core.services.context import Context
from core.services.photo_sets import lasting_reference
from core.services.render_controls import VARIANT_WORDS
from pages.gap_parts.rounds import rounds

POLL_S = 2.0
_KINDS = tuple(f"{scene} {variant}" for scene, variants in SCENES.items() for variant in variants)


def advice(context: Context) -> None:
    """Ask, and draw the question that the address names, or the last one."""
    model, real = read_address(keys.GAP_MODEL) or next(iter(context.registry.folders)), read_address(keys.GAP_REAL)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = addressed_select(
            "What is rendered", _KINDS, name=keys.GAP_SCENE, default="shackle WBG_WTX_WGM", width=260
        )
        count = st.number_input("Scenes a set", 10, 200, 24, key="gap.advice.count", width=120)
        scene, _, variant = (kind or _KINDS[0]).partition(" ")
        is_wanted = st.button("Look for advice", type="primary", icon=":material/tune:", key="gap.advise",
                              disabled=not real)  # fmt: skip
    st.caption(plain(VARIANT_WORDS[variant]))
    if not real:
        st.caption("Choose field photos above. Small sets of renders will then be made in which one variable at a time "
                   "changes, and ranked by how much of the gap each closes.")  # fmt: skip
    if is_wanted and real:
        order = AdviceOrder(model, lasting_reference(real), scene, variant, count=int(count))
        write_address(keys.GAP_ADVICE, begin_advice(context.settings, order).advice.name)
        st.rerun()
    name = read_address(keys.GAP_ADVICE) or newest_advice(context.settings)
    if name is not None:
        is_running = advice_run(context.settings, name).state.state == "running"
        st.fragment(rounds, run_every=POLL_S if is_running else None)(context, name, is_running)
