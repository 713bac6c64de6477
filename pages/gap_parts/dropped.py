"""Photos that a person drops become one of the two sets."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from components.drop_zone import drop_zone
from core.services.context import Context
from core.services.photo_sets import BATCH


@st.fragment
def dropped(context: Context) -> None:
    """Draw the drop zone, and what an upload can be taken as."""
    upload = drop_zone(tag="gap", key="gap.drop", max_bytes=context.settings.max_upload_bytes)
    if upload is None or upload.batch is None:
        st.caption("Photos are kept in the library, with the tag gap.")
        return
    for words, name in (("Take as renders", keys.GAP_SYNTHETIC), ("Take as field photos", keys.GAP_REAL)):
        if st.button(words, key=f"gap.drop.{name}", disabled=upload.is_going_on):
            write_address(name, f"{BATCH}{upload.batch}")
            st.rerun()
