"""What was found rightly, needlessly, and missed: the counts are the way to the photos."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments, addressed_select
from components.answer_grid import AnswerPicture, answer_grid
from components.label_rows import all_or_label
from core.metrics.curves import ALL
from core.services.context import Context
from core.services.evidence import Evidence, Outcome, evidence
from core.services.measured import Measured, View
from core.services.wording import label_words, percent

PER_PAGE = 12
_WORDS = {"right": "found rightly", "needless": "needless", "missed": "missed"}


def galleries(context: Context, measured: Measured, seen: View) -> None:
    """Draw the counts, and the photos of the chosen one."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = [ALL, *measured.labels]
        label = addressed_select(
            "Photos of", labels, name=f"{keys.CURVE_OUTCOME}.label", default=ALL, words=all_or_label, width=260
        )
        point = seen.points[label or ALL]
        counts = {"right": point.found, "needless": point.needless, "missed": point.missed}
        chosen = addressed_segments(
            "Counts", list(_WORDS), name=keys.CURVE_OUTCOME, default=["needless"],
            words=lambda outcome: f"{counts[outcome]:,} {_WORDS[outcome]}".replace(",", "\u202f"), show_title=False,
        )[0]  # fmt: skip
    outcome: Outcome = next(one for one in get_args(Outcome) if one == chosen)
    page = min(st.session_state.get(keys.CURVE_PAGE, 1), max(-(-counts[outcome] // PER_PAGE), 1))
    only = None if label in (None, ALL) else label
    total, some = evidence(measured, seen, outcome, label=only, offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    if not total:
        st.caption("None at these thresholds.")
        return
    answer_grid(context, [_picture(measured, one, outcome) for one in some])
    if total > PER_PAGE:
        st.session_state[keys.CURVE_PAGE] = page
        st.pagination(-(-total // PER_PAGE), key=keys.CURVE_PAGE, max_visible_pages=5)


def _picture(measured: Measured, one: Evidence, outcome: Outcome) -> AnswerPicture:
    words = label_words(one.label)
    if outcome == "missed":
        words += ": no answer" if one.score is None else f": at most {_sure(one.score)}"
    elif one.score is not None:
        words += f" {_sure(one.score)}"
    if one.instead:
        words += f", is {one.instead}"
    return AnswerPicture(measured.saved, one.photo, words, one.box)


def _sure(score: float) -> str:
    return percent(score) if 0 <= score <= 1 else f"{score:.3g}"
