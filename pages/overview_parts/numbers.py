"""The big numbers."""

from __future__ import annotations

from components import session_keys as keys
from components.count_tiles import Tile, count_tiles
from components.severity import SEVERITIES
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
TITLES: dict[Count, str] = {**WORDS, "placed": "Photos of poles", "reviewed": "Photos that a person has judged"}
_HELP: dict[Count, str] = {
    "waiting": "Worth a look, and no person has looked yet.",
    "not_inspected": "No model has answered: waiting, failed, or without a model for their tags.",
    "rejected": "A person said that the findings are wrong.",
}


def numbers(found: Overview) -> str | None:
    """Draw the numbers; gives the one whose photos are wanted."""
    tiles = [Tile(name, words, _text(found.counts[name]), _HELP.get(name, "")) for name, words in WORDS.items()]
    poles = "–" if found.poles is None else _text(found.poles)
    tiles.insert(1, Tile("placed", "Poles, about", poles, "Named in the metadata, else places 25 m apart."))
    agreed = found.agreement
    share = "–" if not agreed.count else percent(agreed.value)
    spread = f" ({agreed.low:.0%} to {agreed.high:.0%})" if agreed.count else ""
    tiles.append(Tile("reviewed", "Agreement", share, f"Accepted among {agreed.count} photos with a verdict{spread}."))
    chosen = count_tiles(tiles, parameter=keys.COUNT, key="overview.tile")
    return chosen


def _text(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")
