"""What is shown, as files."""

from __future__ import annotations

import streamlit as st

from core.services.context import Context
from core.services.export import findings_csv, findings_json
from core.services.gallery_page import gallery_documents
from core.services.thresholds import Thresholds
from core.store import PhotoFilter


def downloads(context: Context, wanted: PhotoFilter, thresholds: Thresholds) -> None:
    """Two buttons; the file is written when one is pressed."""
    st.download_button(
        "CSV",
        lambda: "\ufeff" + findings_csv(gallery_documents(context, wanted, thresholds)),  # the mark tells Excel UTF-8
        "gridlens-findings.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    st.download_button(
        "JSON",
        lambda: findings_json(gallery_documents(context, wanted, thresholds)),
        "gridlens-findings.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
    )
