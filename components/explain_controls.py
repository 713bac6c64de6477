"""Controls of the Explain page; each choice is kept in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_segments, addressed_select, say_unknown
from core.explain.methods import METHODS

MOST_METHODS = 4
_METHODS_WIDGET = "address.methods"
_FORGET_WIDGET = "address.forget"


def target_choice(options: Mapping[str, str], named_words: str | None = None) -> str:
    """Draw what can be explained.

    Args:
        options: target → words, at least one; the first is the default.
        named_words: of the address's own target, where it is none of the options and still means something.
    """
    named = read_address(keys.EXPLAIN_TARGET)
    if named and named_words and named not in options:
        options = {**options, named: named_words}
    say_unknown("What is explained", named, options)
    chosen = addressed_select(
        "What is explained",
        list(options),
        name=keys.EXPLAIN_TARGET,
        default=next(iter(options)),
        words=options.__getitem__,
    )
    return chosen or ""


def method_choice(fitting: Sequence[str], best: str) -> tuple[str, ...]:
    """Draw the methods, up to four side by side; ``best`` where none is chosen."""
    wanted = [name for name in (read_address(keys.EXPLAIN_METHODS) or "").split(",") if name]
    named = [name for name in wanted if name in fitting]
    for name in wanted:
        say_unknown("Method", name, fitting)
    chosen = named[:MOST_METHODS] or [best]
    st.session_state[_METHODS_WIDGET] = chosen
    st.multiselect(
        "Methods side by side",
        list(fitting),
        format_func=lambda name: METHODS[name].title,
        key=_METHODS_WIDGET,
        max_selections=MOST_METHODS,
        on_change=lambda: write_address(keys.EXPLAIN_METHODS, ",".join(st.session_state[_METHODS_WIDGET]) or None),
        help="  \n".join(f"{m.title}: {m.passes} passes; {m.source}" for m in METHODS.values()),
    )
    return tuple(chosen)


def signed_choice(*, default: bool) -> bool:
    """Draw whether maps show what lowers the answer, too."""
    (chosen,) = addressed_segments(
        "Map",
        ("for", "both"),
        name=keys.EXPLAIN_SIGNED,
        default=("both",) if default else ("for",),
        words={"for": "What raises it", "both": "Raises and lowers"}.__getitem__,
        show_title=False,
    )
    return chosen == "both"


def place_choice(words: Mapping[str, str], *, default: str) -> str:
    """Draw where the object is; ``words``: name → words."""
    chosen = addressed_select(
        "Where the object is",
        list(words),
        name=keys.EXPLAIN_PLACE,
        default=default,
        words=words.__getitem__,
        help="Renders bring their masks. For other photos, draw a box on the picture: maps are scored against it.",
    )
    return chosen or default


def forgetting_choice() -> bool:
    """Draw whether maps are held against those of a network that has forgotten everything."""
    wanted = read_address(keys.EXPLAIN_FORGET) is not None
    st.session_state[_FORGET_WIDGET] = wanted
    st.toggle(
        "Test against a network that has forgotten",
        key=_FORGET_WIDGET,
        on_change=lambda: write_address(keys.EXPLAIN_FORGET, "1" if st.session_state[_FORGET_WIDGET] else None),
        help="All weights are drawn anew. A map that stays the same shows the photo's edges, not the network's "
        "reasons. Takes some seconds a map.",
    )
    return wanted
