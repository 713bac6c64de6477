"""The script that app.py serves: which pages there are, and what they share."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

BRAND = Path(__file__).parent.parent / "components" / "brand"

st.set_page_config(page_title="Gridlens", page_icon=str(BRAND / "icon.svg"), layout="wide")
st.logo(str(BRAND / "logo.svg"), size="large")

# Paths are given from this script; a page's own address works on a fresh server because this script always runs first.
st.navigation(
    {
        # Pages without a heading stand in the bar itself, the others open from their heading: eleven did not fit.
        "": [
            st.Page("inspect_photos.py", title="Inspect", icon=":material/search:", default=True),
            st.Page("overview.py", title="Overview", icon=":material/dashboard:"),
        ],
        "Explain": [
            st.Page("explain.py", title="Explain", icon=":material/visibility:"),
            st.Page("features.py", title="Feature maps", icon=":material/grid_view:"),
        ],
        "Quality": [
            st.Page("curves.py", title="Curves", icon=":material/show_chart:"),
            st.Page("drift.py", title="Drift", icon=":material/monitoring:"),
        ],
        "Renders and field": [
            st.Page("gap.py", title="Synthetic gap", icon=":material/align_horizontal_center:"),
            st.Page("pairs.py", title="Pairs", icon=":material/compare:"),
            st.Page("render_lab.py", title="Render lab", icon=":material/view_in_ar:"),
        ],
        "Learn": [
            st.Page("datasets.py", title="Datasets", icon=":material/dataset:"),
            st.Page("training.py", title="Training", icon=":material/model_training:"),
        ],
    },
    position="top",
).run()
