"""Maps as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from components.look_address import read_look
from core.runtime.model_config import ModelFolder
from core.services.context import Context
from core.services.explain import read_standard
from core.services.explain_report import MapStyle, ReportMap, map_npy, map_png, report_html
from core.types import Photo, UInt8Image


def export(context: Context, photo: Photo, folder: ModelFolder, maps: Sequence[ReportMap]) -> None:
    """Three buttons; the file is written when one is pressed. Picture and array are of the first method."""
    chosen = read_look()
    style = MapStyle(chosen.opacity / 100, chosen.threshold / 100, chosen.colours)
    first = maps[0].explanation
    stem = f"{Path(photo.name).stem}-{folder.config.name}-{first.method}"

    def pixels() -> UInt8Image:
        return read_standard(context.store.original_path_of(photo), context.settings.max_pixels)[1]

    with st.container(horizontal=True, vertical_alignment="center"):
        for words, data, name, kind in (
            ("Picture", lambda: map_png(pixels(), first, style), f"{stem}.png", "image/png"),
            ("Array", lambda: map_npy(pixels(), first), f"{stem}.npy", "application/octet-stream"),
            (
                "Report",
                lambda: report_html(photo, pixels(), folder, maps, style, st.context.url or "").encode(),
                f"{stem}.html",
                "text/html",
            ),
        ):
            st.download_button(
                words, data, name, kind, icon=":material/download:", on_click="ignore",
                disabled=words != "Report" and not first.has_evidence,
            )  # fmt: skip
