"""Take the thresholds of the sliders into use in inspection, and see who chose which before."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.local_time import local_time
from components.wording import count_text, plain
from core.services.context import Context
from core.services.measured import Measured, View
from core.services.threshold_choosing import use_thresholds
from core.services.wording import label_words


def use_panel(context: Context, measured: Measured, seen: View) -> None:
    """Draw the button, what is in force now, and the choices so far."""
    saved = measured.saved
    if not saved.model:
        st.caption("These are answers of another program: there is no model version to keep thresholds with.")
        return
    st.subheader("Use in inspection", anchor=False)
    folder = context.registry.folders.get(saved.model)
    installed = folder is not None and folder.version == saved.version
    if not installed:
        now = f"v{folder.config.number} inspects" if folder else "it is not installed"
        whose = f"{saved.title} v{saved.number}"
        st.caption(plain(f"These are answers of {whose}; now {now}. Thresholds are kept for when {whose} does."))
    in_force = context.thresholds.get(saved.model, {}) if installed else saved.thresholds
    words = [f"{label_words(k)} {in_force.get(k, 0.5):.3f} → {v:.3f}" for k, v in seen.thresholds.items()]
    with st.form("curves.use", border=False):
        columns = st.columns([3, 1, 1], vertical_alignment="bottom")
        columns[0].markdown(plain(" · ".join(words)))
        person = columns[1].text_input("Who", st.session_state.get(keys.PERSON, "local"), key="curves.use.person")
        is_sent = columns[2].form_submit_button("Use these", type="primary", icon=":material/check:")
    if is_sent:
        st.session_state[keys.PERSON] = person
        rule = f"{_rule(seen)} on {saved.name}"
        use = use_thresholds(
            context, saved.model, seen.thresholds, rule=rule, version=saved.version, person=person.strip() or "local"
        )
        moved = f" {count_text(use.photos_moved, 'photo')} changed its urgency." if use.photos_judged else ""
        st.success(f"{count_text(use.changed, 'threshold')} changed.{moved}", icon=":material/check:")
    _history(context, measured)


def _rule(seen: View) -> str:
    """How the sliders came to stand where they stand."""
    noted = st.session_state.get(keys.CURVE_RULE)
    return str(noted[1]) if isinstance(noted, tuple) and noted[0] == dict(seen.thresholds) else "set by hand"


def _history(context: Context, measured: Measured) -> None:
    entries = context.store.threshold_history(measured.saved.model, measured.saved.version)
    if not entries:
        return
    with st.expander(f"{count_text(len(entries), 'choice')} so far"):
        rows = [
            {
                "When": local_time(entry.chosen_at),
                "Who": entry.writer.removeprefix("person:"),
                "Label": label_words(entry.label),
                "Threshold": "as shipped" if entry.threshold is None else f"{entry.threshold:.4f}",
                "How": entry.rule,
            }
            for entry in reversed(entries)
        ]
        st.dataframe(rows, hide_index=True, key="curves.history")
