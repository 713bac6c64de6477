"""How much of a layer's gap comes from the object, and how much from what is behind it."""

from __future__ import annotations

import streamlit as st

from core.compare.gap import LayerGap


def object_share(layer: LayerGap) -> None:
    """Draw both shares; where nobody knows where the object is, what would tell."""
    if layer.object_share is not None:
        for words, share in (("object", layer.object_share), ("background", 1 - layer.object_share)):
            st.metric(f"of the shift comes from the {words}", f"{100 * share:.0f} %".replace("-", "−"), width="content",
                      help="Both sum up to 100 %; below 0 or over it where they work against each other.")  # fmt: skip
    else:
        st.caption(
            "Masks beside both sets, or boxes in their datasets or drawn on the Inspect page, would tell how much of "
            "the shift comes from the object.",
            width="content",
        )
