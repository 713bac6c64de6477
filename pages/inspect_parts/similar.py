"""Beside a photo's findings: photos like it or like a part of it, what stands for its class, what is there twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments, addressed_select
from components.bootstrap import errors_shown
from core.services.context import Context
from core.services.libraries import known_libraries
from core.types import Finding
from pages.inspect_parts import like_this, whole_library
from pages.inspect_parts.library import ready_library

VIEWS = {
    "photo": "Like this photo",
    "part": "Like a part of it",
    "class": "Of a class",
    "twice": "There twice",
}


def similar_panel(context: Context, sha256: str, findings: Sequence[Finding]) -> None:
    """Draw the panel, closed at first: nothing is read or compared before it is opened."""
    with st.expander("Similar photos", icon=":material/compare:", on_change="rerun", key=keys.SIMILAR) as panel:
        if panel.open:
            st.fragment(_panel)(context, sha256, findings)


def _panel(context: Context, sha256: str, findings: Sequence[Finding]) -> None:
    with errors_shown():
        known = known_libraries(context.settings)
        view = addressed_segments("What", list(VIEWS), name=keys.SIMILAR_VIEW, default=["photo"],
                                  words=VIEWS.__getitem__, show_title=False)[0]  # fmt: skip
        row = st.container(horizontal=True, vertical_alignment="bottom")
        with row:
            source = addressed_select("Compared with", list(known), name=keys.SIMILAR_IN, words=known.__getitem__,
                                      default=_fitting(known, findings), width=260)  # fmt: skip
        library = ready_library(context, Path(source or next(iter(known))))
        if library is None:
            return
        photo = context.store.original_path(sha256)
        if view == "photo":
            like_this.like_photo(context, library, photo, findings, row)
        elif view == "part":
            like_this.like_part(context, library, photo, findings, row)
        elif view == "class":
            whole_library.standing_for(context, library, findings)
        else:
            whole_library.there_twice(library)


def _fitting(known: dict[str, str], findings: Sequence[Finding]) -> str:
    """The sample that shows what the findings are about, until somebody chooses."""
    wanted = "shackles.csv" if any(one.kind == "value" for one in findings) else "poles.csv"
    return next((path for path in known if path.endswith(f"/{wanted}")), next(iter(known)))
