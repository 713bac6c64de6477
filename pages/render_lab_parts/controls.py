"""The sliders, a tab for each group."""

from __future__ import annotations

import streamlit as st

from components.variable_control import variable_control
from core.services.render_controls import drawn_values, lab_controls
from pages.render_lab_parts.head import clear_changes

MOST_CONTROLS, LONG_PX = 6, 560


def controls(scene: str, variant: str, seed: int) -> dict[str, float | str]:
    """Draw the controls of a scene.

    Returns:
        The variables that differ from what the seed drew.
    """
    groups = lab_controls(scene, variant)
    drawn = drawn_values(scene, variant, seed)
    changes: dict[str, float | str] = {}
    for tab, group in zip(st.tabs(list(groups)), groups.values(), strict=True):
        # A long group scrolls by itself: the picture stays in sight.
        with tab, st.container(height=LONG_PX if len(group) > MOST_CONTROLS else "content", border=False):
            for control in group:
                value = variable_control(control, drawn.get(control.name))
                if value is not None:
                    changes[control.name] = value
    if not drawn:
        st.caption("The compositor draws everything else of a pole scene from the seed.")
    if changes and st.button("Back to what the seed drew", icon=":material/undo:"):
        clear_changes()
        st.rerun()
    return changes
