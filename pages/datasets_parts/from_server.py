"""Importing annotations, or folders of photos and videos, that lie on the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from core.datasets import SavedVersion
from core.datasets.formats import FORMATS
from core.datasets.frames import MAX_SHARPEST_OF
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
        of_folders = _of_folders()
        if not st.form_submit_button("Import", type="primary") or not source.strip():
            return None
    folder = str(Path(photos.strip()).expanduser()) if photos.strip() else None
    return ImportOrder(
        source=str(Path(source.strip()).expanduser()), format_name=chosen, name=name.strip() or None,
        photos_dir=folder, **of_folders,
    )  # fmt: skip


def _of_folders() -> dict[str, Any]:
    """What makes a class, and which frames of videos are kept."""
    with st.expander("Folders of classes, and videos in them"):
        above, below = st.columns(3), st.columns(3, vertical_alignment="bottom")
        level = above[0].number_input(
            "Class level", 0, 20, 0, key="datasets.level", help="Folders that make the class, from the top; 0: all."
        )
        rate = above[1].number_input("Frames a second", 0.01, 60.0, 1.0, key="datasets.rate")
        distance = above[2].number_input(
            "Least difference", 0, 64, 6, key="datasets.distance",
            help="Of 64 bits of a perceptual hash; a frame that differs less from one before is left out.",
        )  # fmt: skip
        sharpest_of = below[0].number_input(
            "The sharpest of", 1, MAX_SHARPEST_OF, 1, key="datasets.sharpest_of",
            help="So many frames are looked at in place of each one, and the least blurred is taken.",
        )  # fmt: skip
        blur = below[1].number_input(
            "Blurred at most, %", 1, 100, 100, key="datasets.most_blur",
            help="Frames more blurred than this are left out; 100 leaves out none. A sharp photo has about 20.",
        )  # fmt: skip
        one_a_scene = below[2].checkbox(
            "One frame a scene", key="datasets.one_a_scene", help="The sharpest between two changes of scene."
        )
    return {
        "level": int(level) or "full", "per_second": rate, "least_distance": int(distance),
        "sharpest_of": int(sharpest_of), "most_blur": int(blur) / 100, "one_a_scene": one_a_scene,
    }  # fmt: skip
