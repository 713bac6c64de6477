"""The big numbers, and the drift that was found."""

from __future__ import annotations

import streamlit as st

from components import cached
from components import session_keys as keys
from components.count_tiles import Tile, count_tiles
from components.severity import SEVERITIES
from core.errors import ConfigError
from core.services.context import Context
from core.services.drift import BY_DAY, usual_reference
from core.services.overview import Count, Overview
from core.services.urgency import Urgency
from core.services.wording import percent

WORDS: dict[Count, str] = {
    "photos": "Photos",
    "look_now": f"{SEVERITIES[Urgency.LOOK_NOW].icon} Look now",
    "look_soon": f"{SEVERITIES[Urgency.LOOK_SOON].icon} Look soon",
    "unsure": f"{SEVERITIES[Urgency.UNSURE].icon} Unsure",
    "in_order": f"{SEVERITIES[Urgency.IN_ORDER].icon} In order",
    "waiting": "To review",
    "not_inspected": "Not inspected",
    "rejected": "Rejected",
}
_HELP: dict[Count, str] = {
    "waiting": "Worth a look, and no person has looked yet.",
    "not_inspected": "No model has answered: waiting, failed, or without a model for their tags.",
    "rejected": "A person said that the findings are wrong.",
}


def numbers(context: Context, found: Overview) -> str | None:
    """Draw the numbers; gives the one whose photos are wanted."""
    tiles = [Tile(name, words, _text(found.counts[name]), _HELP.get(name, "")) for name, words in WORDS.items()]
    poles = "–" if found.poles is None else _text(found.poles)
    tiles.insert(1, Tile("", "Poles, about", poles, "Named in the metadata, else places 25 m apart."))
    agreed = found.agreement
    share = "–" if not agreed.count else percent(agreed.value)
    spread = f" ({agreed.low:.0%} to {agreed.high:.0%})" if agreed.count else ""
    tiles.append(Tile("", "Agreement", share, f"Accepted among {agreed.count} photos with a verdict{spread}."))
    chosen = count_tiles(tiles, parameter=keys.COUNT, key="overview.tile")
    _drift(context)
    return chosen


def _drift(context: Context) -> None:
    """One line on drift over the whole store; the page of that name tells more."""
    until = usual_reference(cached.drift_batches(context, BY_DAY))
    if until is None:
        words = "Drift: too few days of photos yet"
    else:
        try:
            drift = cached.photo_drift(context, until, BY_DAY, None, measure_quality=False)
            count = len(drift.report.alarms)
            words = f"Drift: {count} alarm{'' if count == 1 else 's'} since {until}"
        except ConfigError:
            words = "Drift: too few photos with answers yet"
    st.page_link("drift.py", label=words, icon=":material/monitoring:")


def _text(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")
