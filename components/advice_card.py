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
from core.services.render_controls import Control
from core.services.wording import percent


def advice_card(found: AdviceRound, knobs: Mapping[str, Knob], controls: Mapping[str, Control], *, key: str) -> None:
    """Draw the headline, all changes with their intervals, and renders before and after.

    Args:
        found: the round.
        knobs: by name, for what was turned.
        controls: of the scene, by variable, for words and units.
        key: Streamlit key.
    """
    best = _best(found)
    if best is None:
        if any(math.isnan(one.closing.share) for one in found.trials):
            words = "there is no gap to close"
        elif any(math.isfinite(one.closing.low) for one in found.trials):
            words = "nothing surely closes the gap"
        else:
            words = "too few photos to say surely what closes the gap"
        st.markdown(f"**Round {found.number}: {words}.**")
    else:
        names = " and ".join(knobs[name].words.lower() for name in best.knobs)
        words = f"{names[0].upper()}{names[1:]}: closes {_closed(best.closing)}"
        st.markdown(f"**Round {found.number}. {plain(words)}**")
        st.caption(f"with {plain(settings_words(best.values, controls))}")
    ranked = sorted((*found.together, *found.trials), key=lambda one: -one.closing.share)
    st.plotly_chart(closings_figure([_bar(one, controls) for one in ranked], dark=st.context.theme.type == "dark"),
                    key=f"{key}.bars", config={"displaylogo": False})  # fmt: skip
    files, lines = [found.picture], ["before"]
    for one in ranked[:3]:
        files.append(one.picture)
        lines.append(settings_words(one.values, controls))
    photo_row(files, lines)


def settings_words(values: Mapping[str, Value], controls: Mapping[str, Control]) -> str:
    """``Out of focus 2 px, Noise 0.07``; a variable without a control keeps the renderer's own name."""
    return ", ".join(_setting(name, value, controls.get(name)) for name, value in values.items())


def _setting(name: str, value: Value, control: Control | None) -> str:
    words = control.words if control else name.replace("_", " ").capitalize()
    if isinstance(value, str):
        return f"{words}: {value}"
    if control and control.unit == "%":
        return f"{words} {percent(value)}"
    unit = control.unit if control else ""
    return f"{words} {value:.3g}{'' if unit in ('', '°') else ' '}{unit}"


def _best(found: AdviceRound) -> RankedTrial | None:
    sure = [one for one in (*found.together, *found.trials) if one.closing.is_sure]
    return max(sure, key=lambda one: one.closing.share, default=None)


def _bar(one: RankedTrial, controls: Mapping[str, Control]) -> ClosingBar:
    closing = one.closing
    return ClosingBar(settings_words(one.values, controls), closing.share, closing.low, closing.high, closing.is_sure)


def _closed(closing: Closing) -> str:
    """``31 % (24 to 37 %)``; by chance a little more than all may come out, which nobody needs to read."""
    low, high = (min(end, 1.0) for end in (closing.low, closing.high))
    return f"{percent(min(closing.share, 1.0))} ({100 * low:.0f} to {percent(high)})"
