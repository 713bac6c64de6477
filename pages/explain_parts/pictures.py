"""The maps side by side over the photo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import session_keys as keys
from components.look_address import keep_look, read_look
from components.map_panels import Grid, Panel, map_panels
from core.explain.methods import METHODS
from core.runtime.model_config import ModelFolder
from core.services.box_targets import target_box
from core.services.wording import label_words
from core.types import BoxXyxyPx, Photo
from pages.explain_parts.place import drawn_box, drawn_boxes, keep_box

if TYPE_CHECKING:
    from core.explain.result import Explanation


def panels(photo: Photo, folder: ModelFolder, explanations: Sequence[Explanation], *, is_recognised: bool) -> None:
    """Draw them, or the photo alone to draw a box on; the look and a drawn box go into the address."""
    shown = [_panel(photo, one, is_recognised) for one in explanations] or [Panel(photo.name, photo)]
    against = any(one.target.startswith("-") for one in explanations)
    sides = ("raises", "lowers") if against else ("lowers", "raises")
    kept_panels(shown, folder, key=keys.EXPLAIN_PANELS, two_sides=sides)


def kept_panels(shown: Sequence[Panel], folder: ModelFolder, *, key: str, two_sides: tuple[str, str]) -> None:
    """Draw panels whose look and drawn box go into the address; a box, where they show one photo alone."""
    can_draw = len({panel.photo.sha256 for panel in shown}) == 1
    drawn = map_panels(shown, look=read_look(), key=key, can_draw=can_draw, two_sides=two_sides)
    keep_look(drawn.look)
    if drawn.box is not None and drawn.box != drawn_box():
        keep_box(folder, drawn.box)
        st.rerun()


def _panel(photo: Photo, found: Explanation, is_recognised: bool) -> Panel:
    method = METHODS[found.method]
    at = f" at {found.layer}" if method.place == "layer" else ""
    trouble = f"No evidence: {found.reason}." if found.reason else ""
    grid = Grid.of(found.map_hw) if found.has_evidence else None
    title = f"{method.title}{at}: {_asked(found)}"
    return Panel(title, photo, grid, _note(found, is_recognised), found.signed, trouble, _boxes(found))


def _asked(found: Explanation) -> str:
    label = label_words(found.target.removeprefix("-").partition(":")[0])
    return f"against {label}" if found.target.startswith("-") else label


def _note(found: Explanation, is_recognised: bool) -> str:
    """How to read the picture, in one line."""
    label = label_words(found.target.removeprefix("-").partition(":")[0])
    against = found.target.startswith("-")
    if not found.has_evidence:
        return ""
    if not METHODS[found.method].knows_target:
        words = "Bright: what the layer answers to most. The same for every answer: it knows no target."
    elif found.signed:
        up, down = ("lowers", "raises") if against else ("raises", "lowers")
        words = f"Orange {up} “{label}”, purple {down} it."
    else:
        words = f"Bright: what speaks {'against' if against else 'for'} “{label}”."
    return words if is_recognised else f"{words} The photo is not recognised: this explains no finding."


def _boxes(found: Explanation) -> tuple[tuple[str, BoxXyxyPx], ...]:
    asked = target_box(found.target)
    boxes = () if asked is None else ((label_words(asked[0]), asked[1]),)
    return boxes + tuple(one for one in drawn_boxes() if asked is None or one[1] != asked[1])
