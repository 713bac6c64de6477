"""The channels that a layer shifts most, and the photos that show it most."""

from __future__ import annotations

import streamlit as st

from components.photo_row import photo_row
from core.services.gap import GapStudy
from core.services.gap_look import shifted_at

_SHOWN = 6


def channels(study: GapStudy, layer: str) -> None:
    """Draw one row a channel, the first of them open."""
    st.subheader("Most shifted channels", anchor=False)
    found = shifted_at(study, layer, count=_SHOWN)
    if not found:
        st.caption("No channel's mean differs between the sets.")
        return
    for place, one in enumerate(found):
        side = "higher" if one.shift > 0 else "lower"
        words = f"Channel {one.channel}: {abs(one.shift):.2f} standard deviations {side} in renders"
        with st.expander(words, expanded=place == 0, on_change="rerun", key=f"gap.channel.{layer}.{place}") as panel:
            if not panel.open:
                continue
            left, right = st.columns(2)
            with left:
                st.caption(f"Renders with the {'highest' if one.shift > 0 else 'lowest'} values")
                photo_row([study.synthetic.files[k] for k in one.first])
            with right:
                st.caption(f"Field photos with the {'lowest' if one.shift > 0 else 'highest'} values")
                photo_row([study.real.files[k] for k in one.second])
