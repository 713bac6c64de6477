"""Ways in: files and folders on the server, an uploaded CSV, and reviews."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components.bootstrap import errors_shown
from core.datasets import SavedVersion
from core.services.context import Context
from core.services.dataset_intake import import_csv
from core.services.dataset_reviews import dataset_from_reviews
from pages.datasets_parts.from_server import from_server
from pages.datasets_parts.outcome import show

_SERVER, _UPLOAD, _REVIEWS = "From this server", "Upload a CSV", "From reviews"


def import_panel(context: Context) -> None:
    """Draw the ways in; what comes in is shown at once."""
    way = st.segmented_control("Import", [_SERVER, _UPLOAD, _REVIEWS], default=_SERVER, key="datasets.way",
                               label_visibility="collapsed")  # fmt: skip
    with errors_shown():
        saved = {_UPLOAD: _upload, _REVIEWS: _reviews}.get(way or _SERVER, from_server)(context)
        if saved is not None:
            show(saved)
            st.rerun()


def _upload(context: Context) -> SavedVersion | None:
    with st.form("datasets.upload", border=False):
        file = st.file_uploader("Dataset CSV: path,label[,x_min,y_min,x_max,y_max] or path,value", type="csv")
        columns = st.columns(2)
        photos = columns[0].text_input("Folder of the photos", key="datasets.upload.photos",
                                       placeholder="where its paths begin")  # fmt: skip
        name = columns[1].text_input("Name", key="datasets.upload.name", placeholder="as the file")
        if not st.form_submit_button("Import", type="primary") or file is None:
            return None
    folder = Path(photos.strip()).expanduser() if photos.strip() else None
    return import_csv(context.settings, file.getvalue(), file.name, name=name.strip() or None, photos_dir=folder)


def _reviews(context: Context) -> SavedVersion | None:
    models = {name: folder.config.title for name, folder in context.registry.folders.items()}
    with st.form("datasets.reviews", border=False):
        model = st.selectbox("Findings of", list(models), format_func=models.__getitem__, key="datasets.model")
        st.caption("Photos that people accepted on the Inspect page, as shown there, or corrected, as corrected.")
        if not st.form_submit_button("Make a dataset", type="primary") or model is None:
            return None
    return dataset_from_reviews(context, model).saved
