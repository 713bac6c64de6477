"""Where the sliders stand, and the rules that move them."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from components.curve_controls import Position, Rule, Terms, read_position
from components.session_keys import curve_threshold_key
from components.wording import plain
from core.metrics.threshold_choice import Costs
from core.services.measured import Measured, choose


def position_of(measured: Measured) -> Position:
    """Where the sliders stand, on whatever view."""
    boxed = measured.crossing is not None
    return read_position(measured.labels, measured.start_thresholds(), measured.glance.span, has_overlap=boxed)


def follow_rule(measured: Measured, position: Position, terms: Terms, rule: Rule) -> None:
    """Put the sliders where a rule says, and remember that it was the rule."""
    choices, notes = choose(
        measured,
        position.overlap,
        each=position.each,
        recall=terms.recall if rule == "recall" else None,
        costs=Costs(terms.missed_fault, terms.needless_visit) if rule == "cheapest" else None,
    )
    for name, choice in choices.items():
        write_address(curve_threshold_key(name), repr(choice.point.threshold))
    for note in notes:
        st.toast(plain(note), icon=":material/info:")
    if choices:
        found = {name: choice.point.threshold for name, choice in choices.items()}
        thresholds = {name: found.get("ALL", found.get(name, position.thresholds[name])) for name in measured.labels}
        words = next(iter(choices.values())).rule
        if rule == "cheapest":
            words = f"cheapest at {terms.missed_fault:g} a missed fault and {terms.needless_visit:g} a needless visit"
        st.session_state[keys.CURVE_RULE] = (thresholds, words)
