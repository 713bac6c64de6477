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
from core.services.explain_page import target_box
from core.services.wording import label_words
from core.types import Photo
from pages.explain_parts.place import drawn_box, keep_box

if TYPE_CHECKING:
    from core.explain.result import Explanation


def panels(photo: Photo, folder: ModelFolder, explanations: Sequence[Explanation]) -> None:
    """Draw them, or the photo alone to draw a box on; the look and a drawn box go into the address."""
    shown = [_panel(photo, one) for one in explanations] or [Panel(photo.name, photo)]
    drawn = map_panels(shown, look=read_look(), key=keys.EXPLAIN_PANELS, can_draw=True)
    keep_look(drawn.look)
    if drawn.box is not None and drawn.box != drawn_box():
        keep_box(folder, drawn.box)
        st.rerun()


def _panel(photo: Photo, found: Explanation) -> Panel:
    method = METHODS[found.method]
    at = f" at {found.layer}" if method.place == "layer" else ""
    note = "" if method.knows_target else "The same for every answer: it knows no target."
    trouble = f"No evidence: {found.reason}." if found.reason else ""
    grid = Grid.of(found.map_hw) if found.has_evidence else None
    against, label = found.target.startswith("-"), found.target.removeprefix("-").partition(":")[0]
    title = f"{method.title}{at}: {'against ' if against else ''}{label_words(label)}"
    return Panel(title, photo, grid, note, found.signed, trouble, _boxes(found))


def _boxes(found: Explanation) -> tuple[tuple[str, tuple[float, float, float, float]], ...]:
    box, asked = drawn_box(), target_box(found.target)
    boxes = [] if asked is None else [(label_words(asked[0]), asked[1])]
    if box is not None and (asked is None or box != asked[1]):
        boxes.append(("object", box))
    return tuple(boxes)
