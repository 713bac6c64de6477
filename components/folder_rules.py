"""How folders become a dataset: what makes a class, and which frames of the videos in them are kept."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.datasets.frames import MAX_SHARPEST_OF


def folder_rules_form() -> dict[str, Any]:
    """Draw the rules, inside a form; gives them by the names that ``ImportOrder`` has for them."""
    with st.expander("Folders of classes, and videos in them"):
        above, below = st.columns(3), st.columns(3, vertical_alignment="bottom")
        level = above[0].number_input(
            "Class level", 0, 20, 0, key="datasets.level", help="Folders that make the class, from the top; 0: all."
        )
        rate = above[1].number_input("Frames a second", 0.01, 60.0, 1.0, key="datasets.rate")
        distance = above[2].number_input(
            "Least difference", 0, 64, 6, key="datasets.distance",
            help="Of 64 bits of a perceptual hash; a frame that differs less from one before is left out.",
        )  # fmt: skip
        sharpest_of = below[0].number_input(
            "The sharpest of", 1, MAX_SHARPEST_OF, 1, key="datasets.sharpest_of",
            help="So many frames are looked at in place of each one, and the least blurred is taken.",
        )  # fmt: skip
        blur = below[1].number_input(
            "Blurred at most, %", 1, 100, 100, key="datasets.most_blur",
            help="Frames more blurred than this are left out; 100 leaves out none. A sharp photo has about 20.",
        )  # fmt: skip
        one_a_scene = below[2].checkbox(
            "One frame a scene", key="datasets.one_a_scene", help="The sharpest between two changes of scene."
        )
    return {
        "level": int(level) or "full", "per_second": rate, "least_distance": int(distance),
        "sharpest_of": int(sharpest_of), "most_blur": int(blur) / 100, "one_a_scene": one_a_scene,
    }  # fmt: skip
