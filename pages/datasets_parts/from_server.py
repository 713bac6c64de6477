"""Importing annotations, or folders of photos and videos, that lie on the server."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components.folder_rules import folder_rules_form
from core.datasets import SavedVersion
from core.datasets.formats import FORMATS
from core.errors import ConfigError
from core.services.context import Context
from core.services.dataset_imports import ImportOrder, begin_import, put_away, wait_for_import
from core.services.dataset_intake import AUTO
from pages.datasets_parts.outcome import close_import_panel, remember_left_out

PATIENCE_S = 3.0  # what ends within it is shown at once, anything longer goes on by itself


def from_server(context: Context) -> SavedVersion | None:
    """Draw the form; the new version once it was sent, unless reading takes longer."""
    order = _form()
    if order is None:
        return None
    with st.spinner("Reading …"):
        number = begin_import(context.settings, order).number
        found = wait_for_import(context.settings, number, PATIENCE_S)
    if found.errand.state in ("running", "stopped"):
        close_import_panel()
        st.toast("Reading goes on, also when you leave this page", icon=":material/hourglass_top:")
        st.rerun()
    put_away(context.settings, number)
    if found.version is None:
        raise ConfigError(found.errand.error)
    remember_left_out(found.left_out)
    return SavedVersion(found.version, found.is_new)


def _form() -> ImportOrder | None:
    with st.form("datasets.import", border=False):
        source = st.text_input(
            "File or folder on the server", key="datasets.source", placeholder="/data/poles/train.csv"
        )
        columns = st.columns(2)
        titles = {AUTO: "Find out by itself", **{name: entry.title for name, entry in FORMATS.items()}}
        chosen = columns[0].selectbox("Format", list(titles), format_func=titles.__getitem__, key="datasets.format")
        name = columns[1].text_input("Name", key="datasets.name", placeholder="as the file")
        photos = st.text_input("Folder of the photos", key="datasets.photos", placeholder="beside the file")
        of_folders = folder_rules_form()
        if not st.form_submit_button("Import", type="primary") or not source.strip():
            return None
    folder = str(Path(photos.strip()).expanduser()) if photos.strip() else None
    return ImportOrder(
        source=str(Path(source.strip()).expanduser()), format_name=chosen, name=name.strip() or None,
        photos_dir=folder, **of_folders,
    )  # fmt: skip
