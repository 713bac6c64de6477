"""Which set of photos is meant: one that Gridlens knows, or any folder or dataset CSV by its path."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components.address import read_address, write_address


def photo_set_choice(title: str, known: Mapping[str, str], *, name: str, help: str) -> str | None:
    """Draw a box that offers the known sets and takes a path as well; the choice is kept in the address.

    Args:
        title: label.
        known: reference → what is shown; see ``core.services.photo_sets``.
        name: parameter of the address.
        help: tooltip.

    Returns:
        The reference; None where nothing is chosen.
    """
    chosen = read_address(name)
    options = [*known] if chosen is None or chosen in known else [chosen, *known]
    widget_key = f"address.{name}"
    st.session_state[widget_key] = chosen
    st.selectbox(
        title,
        options,
        index=None,
        format_func=lambda one: known.get(one, one),
        key=widget_key,
        on_change=_write,
        args=(name, widget_key),
        placeholder="Choose, or type the path of a folder or CSV",
        accept_new_options=True,
        help=help,
    )
    return chosen


def _write(name: str, widget_key: str) -> None:
    value = st.session_state[widget_key]
    write_address(name, str(value).strip() or None if value else None)
