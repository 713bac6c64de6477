"""The script that app.py serves: which pages there are, and what they share."""

from __future__ import annotations

import streamlit as st

st.set_page_config(page_title="Gridlens", page_icon=":material/electrical_services:", layout="wide")

# Paths are given from this script; a page's own address works on a fresh server because this script always runs first.
st.navigation(
    [st.Page("inspect_photos.py", title="Inspect", icon=":material/search:", default=True)], position="top"
).run()
