"""What a round of the advisor came to."""

from __future__ import annotations

import math
from collections.abc import Mapping

import streamlit as st

from components.photo_row import photo_row
from components.wording import plain
from core.charts.closings import ClosingBar, closings_figure
from core.compare.closing import Closing
from core.services.advice_knobs import Knob, Value
from core.services.advice_record import AdviceRound, RankedTrial
from core.services.wording import percent


def advice_card(found: AdviceRound, knobs: Mapping[str, Knob], *, key: str) -> None:
    """Draw the headline, all changes with their intervals, and renders before and after."""
    best = _best(found)
    if best is None:
        has_gap = not any(math.isnan(one.closing.share) for one in found.trials)
        words = "nothing surely closes the gap" if has_gap else "there is no gap to close"
        st.markdown(f"**Round {found.number}: {words}.**")
    else:
        names = " and ".join(knobs[name].words.lower() for name in best.knobs)
        words = f"{names[0].upper()}{names[1:]}: closes {_closed(best.closing)}"
        st.markdown(f"**Round {found.number}. {plain(words)}**")
        st.caption(f"with {plain(settings_words(best.values))}")
    ranked = sorted((*found.together, *found.trials), key=lambda one: -one.closing.share)
    st.plotly_chart(closings_figure([_bar(one) for one in ranked], dark=st.context.theme.type == "dark"),
                    key=f"{key}.bars", config={"displaylogo": False})  # fmt: skip
    files, lines = [found.picture], ["before"]
    for one in ranked[:3]:
        files.append(one.picture)
        lines.append(settings_words(one.values))
    photo_row(files, lines)


def settings_words(values: Mapping[str, Value]) -> str:
    """``defocus_px 2, noise 0.07``: the renderer's own names, as its ranges take them."""
    return ", ".join(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
                     for name, value in values.items())  # fmt: skip


def _best(found: AdviceRound) -> RankedTrial | None:
    sure = [one for one in (*found.together, *found.trials) if one.closing.is_sure]
    return max(sure, key=lambda one: one.closing.share, default=None)


def _bar(one: RankedTrial) -> ClosingBar:
    closing = one.closing
    return ClosingBar(settings_words(one.values), closing.share, closing.low, closing.high, closing.is_sure)


def _closed(closing: Closing) -> str:
    """``31 % (24 to 37 %)``; by chance a little more than all may come out, which nobody needs to read."""
    low, high = (min(end, 1.0) for end in (closing.low, closing.high))
    return f"{percent(min(closing.share, 1.0))} ({100 * low:.0f} to {percent(high)})"
