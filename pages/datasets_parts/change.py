"""Changing a version into a new one, and writing one out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from components import dataset_forms as forms
from components import session_keys as keys
from components.addressed import addressed_segments
from components.wording import plain
from core.datasets import DatasetVersion
from core.datasets.formats import FORMATS
from core.datasets.operations import Operation
from core.services.context import Context
from core.services.datasets import add_dataset, change_dataset, dataset_versions, export_version
from pages.datasets_parts.outcome import show

_CHANGES = ("split", "sample", "merge", "relabel", "remove", "add")


def change(context: Context, versions: Sequence[DatasetVersion], version: DatasetVersion) -> None:
    """Draw the form of one change; the version that comes of it is shown at once."""
    able = [name for name in _CHANGES if name != "merge" or version.task != "regression"]
    (chosen,) = addressed_segments(
        "What to do", able, name=keys.DATASET_CHANGE, default=("split",), words=str.capitalize, show_title=False
    )
    key = f"datasets.{chosen}.{version.hash}"
    if chosen == "add":
        wanted = forms.add_form(version, versions, key)
        saved = add_dataset(context.settings, version.hash, wanted.other, wanted.on_conflict) if wanted else None
    else:
        operation = _operation(chosen, version, key)
        saved = change_dataset(context.settings, version.hash, operation) if operation else None
    if saved is not None:
        show(saved)
        st.rerun()


def _operation(chosen: str, version: DatasetVersion, key: str) -> Operation | None:
    if chosen == "split":
        return forms.split_form(key)
    if chosen == "sample":
        return forms.sample_form(key)
    if chosen == "merge":
        return forms.merge_form(version, key)
    return forms.relabel_form(version, key) if chosen == "relabel" else forms.remove_form(version, key)


def export(context: Context, version: DatasetVersion) -> None:
    """Draw the download of the CSV and the export into another tool's format."""
    csv_path = dataset_versions(context.settings).csv_path(version.hash)
    st.download_button(
        "Dataset CSV", csv_path.read_bytes, f"{version.hash}.csv", "text/csv", icon=":material/download:",
        on_click="ignore", help="Rows without photos: what training and evaluation take.",
    )  # fmt: skip
    able = {name: entry for name, entry in FORMATS.items() if version.task in entry.tasks}
    with st.form("datasets.export", border=False):
        columns = st.columns([1, 2])
        name = columns[0].selectbox("Format", list(able), format_func=lambda one: able[one].title, key="datasets.to")
        suggested = context.settings.home / "exports" / f"{version.hash}"
        folder = columns[1].text_input(
            "New folder on the server", str(suggested), key=f"datasets.folder.{version.hash}",
            help="Gets the annotations and copies of the photos.",
        )  # fmt: skip
        is_wanted = st.form_submit_button("Export", type="primary")
    if is_wanted and name is not None:
        bar = st.progress(0.0, "Copying photos …")

        def on_progress(done: int, count: int) -> None:
            bar.progress(done / count, f"{done} of {count} photos")

        export_version(context.settings, version.hash, name, Path(folder.strip()).expanduser(), on_progress)
        bar.empty()
        lost = f" {able[name].loses.capitalize()} have no place in it." if able[name].loses else ""
        st.success(f"{able[name].title} in {plain(folder)}.{lost}", icon=":material/check:")
