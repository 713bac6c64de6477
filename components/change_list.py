"""What differs between two dataset versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components.dataset_wording import SPLIT_WORDS
from components.wording import count_text
from core.datasets.diff import Change

MOST_SHOWN = 500
_NOUNS = {
    "photo added": "photo added", "photo removed": "photo removed", "relabelled": "label changed",
    "box moved": "box moved", "box added": "box added", "box removed": "box removed", "split changed": "split changed",
    "group changed": "group changed",
}  # fmt: skip


def change_list(counts: Mapping[str, int], changes: Sequence[Change], *, key: str) -> None:
    """Draw counts by kind, then the changes themselves, the first 500."""
    if not changes:
        st.caption("No difference: the same photos, labels and splits.")
        return
    words = [f"**{count}** {_plural(kind, count)}" for kind, count in counts.items() if count]
    st.markdown(" · ".join(words))
    st.dataframe([_row(change) for change in changes[:MOST_SHOWN]], key=key, hide_index=True)
    if len(changes) > MOST_SHOWN:
        st.caption(f"The first {MOST_SHOWN} of {count_text(len(changes), 'change')}; the command line prints all.")


def _row(change: Change) -> dict[str, str]:
    nothing = SPLIT_WORDS[""] if change.kind == "split changed" else "–"
    name = "/".join(change.path.rsplit("/", 2)[-2:])
    return {"Photo": name, "What": change.kind, "Before": change.before or nothing, "After": change.after or nothing}


def _plural(kind: str, count: int) -> str:
    """``1 photo added``, ``3 photos added``."""
    noun, _, verb = _NOUNS[kind].partition(" ")
    many = {"box": "boxes"}.get(noun, f"{noun}s")
    return f"{noun if count == 1 else many} {verb}"
