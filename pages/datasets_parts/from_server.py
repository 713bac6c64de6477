"""Importing annotations, or folders of photos and videos, that lie on the server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.datasets import SavedVersion
from core.datasets.formats import FORMATS, guess_format
from core.services.context import Context
from core.services.dataset_intake import AUTO, FOLDERS, import_dataset, import_folders
from pages.datasets_parts.outcome import remember_left_out


@dataclass(frozen=True, slots=True)
class _Wish:
    source: Path
    format_name: str
    name: str | None
    photos_dir: Path | None
    level: int
    per_second: float
    least_distance: int


def from_server(context: Context) -> SavedVersion | None:
    """Draw the form; the new version once it was sent."""
    wish = _form()
    if wish is None:
        return None
    may_be_folders = wish.format_name in (AUTO, FOLDERS) and wish.source.is_dir()
    if wish.format_name == FOLDERS or (may_be_folders and guess_format(wish.source) == FOLDERS):
        return _folders(context, wish)
    with st.spinner("Reading …"):
        return import_dataset(
            context.settings, wish.source, format_name=wish.format_name, name=wish.name, photos_dir=wish.photos_dir
        )


def _folders(context: Context, wish: _Wish) -> SavedVersion:
    bar = st.progress(0.0, "Reading …")

    def on_step(done: int, count: int, words: str) -> None:
        bar.progress(done / count, f"{done} of {count} · {words}")

    found = import_folders(
        context.settings, wish.source, name=wish.name, level=wish.level or "full", per_second=wish.per_second,
        least_distance=wish.least_distance, on_step=on_step,
    )  # fmt: skip
    remember_left_out(found.problems)
    return found.saved


def _form() -> _Wish | None:
    with st.form("datasets.import", border=False):
        source = st.text_input(
            "File or folder on the server", key="datasets.source", placeholder="/data/poles/train.csv"
        )
        columns = st.columns(2)
        titles = {AUTO: "Find out by itself", **{name: entry.title for name, entry in FORMATS.items()}}
        chosen = columns[0].selectbox("Format", list(titles), format_func=titles.__getitem__, key="datasets.format")
        name = columns[1].text_input("Name", key="datasets.name", placeholder="as the file")
        photos = st.text_input("Folder of the photos", key="datasets.photos", placeholder="beside the file")
        with st.expander("Folders of classes, and videos in them"):
            inner = st.columns(3)
            level = inner[0].number_input(
                "Class level", 0, 20, 0, key="datasets.level", help="Folders that make the class, from the top; 0: all."
            )
            rate = inner[1].number_input("Frames a second", 0.01, 60.0, 1.0, key="datasets.rate")
            distance = inner[2].number_input(
                "Least difference", 0, 64, 6, key="datasets.distance",
                help="Of 64 bits of a perceptual hash; a frame that differs less from one before is left out.",
            )  # fmt: skip
        if not st.form_submit_button("Import", type="primary") or not source.strip():
            return None
    folder = Path(photos.strip()).expanduser() if photos.strip() else None
    path = Path(source.strip()).expanduser()
    return _Wish(path, chosen, name.strip() or None, folder, int(level), rate, int(distance))
