"""A choice that lives in the address by its own name.

Streamlit's ``bind="query-params"`` writes what an option is *shown* as; an address that people keep must not
change with the wording, so this writes the option itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import streamlit as st

from components.address import read_address, write_address
from components.wording import plain


def addressed_select(
    title: str,
    options: Sequence[str],
    *,
    name: str,
    default: str | None = None,
    words: Callable[[str], str] = str,
    placeholder: str | None = None,
    show_title: bool = True,
    width: int | None = None,
    help: str | None = None,
    on_change: Callable[[], None] | None = None,
) -> str | None:
    """Draw a select box whose choice is kept in the address while it differs from the default.

    Args:
        title: label, for screen readers where ``show_title`` is False.
        options: what can be chosen.
        name: parameter of the address.
        default: chosen where the address names none of the options; None for nothing, which can be chosen again.
        words: option → what is shown.
        placeholder: shown for nothing.
        show_title: whether the label is visible.
        width: in px; None for all there is.
        help: tooltip.
        on_change: called when a person chose another option, after it was written and before the page runs.

    Returns:
        The chosen option; None for nothing.
    """
    named = read_address(name)
    chosen = named if named in options else default
    widget_key = f"address.{name}"
    st.session_state[widget_key] = chosen
    st.selectbox(
        title,
        list(options),
        index=None if default is None else 0,
        format_func=words,
        key=widget_key,
        on_change=_write,
        args=(name, widget_key, default, on_change),
        placeholder=placeholder,
        label_visibility="visible" if show_title else "collapsed",
        width=width or "stretch",
        help=help,
    )
    return chosen


def say_unknown(title: str, named: str | None, options: Collection[str]) -> None:
    """Say that the address names something that there is not, where it does."""
    if named and named not in options:
        st.warning(f"{title}: the address names {plain(named[:80])}, which there is not.", icon=":material/link_off:")


def addressed_segments(
    title: str,
    options: Sequence[str],
    *,
    name: str,
    default: Sequence[str],
    multiple: bool = False,
    words: Callable[[str], str] = str,
    show_title: bool = True,
) -> tuple[str, ...]:
    """Draw a few options side by side; the choice is kept in the address while it differs from the default.

    Args:
        title: label, for screen readers where ``show_title`` is False.
        options: what can be chosen; without commas.
        name: parameter of the address; several options are joined by commas.
        default: chosen where the address names none of the options, and instead of nothing; at least one.
        multiple: whether several can be chosen.
        words: option → what is shown.
        show_title: whether the label is visible.

    Returns:
        The chosen options, at least one.
    """
    named = [part for part in (read_address(name) or "").split(",") if part in options]
    chosen = tuple(named if multiple else named[:1]) or tuple(default)
    widget_key = f"address.{name}"
    st.session_state[widget_key] = list(chosen) if multiple else chosen[0]
    st.segmented_control(
        title,
        list(options),
        selection_mode="multi" if multiple else "single",
        format_func=words,
        key=widget_key,
        on_change=_write_segments,
        args=(name, widget_key, tuple(default)),
        label_visibility="visible" if show_title else "collapsed",
    )
    return chosen


def _write_segments(name: str, widget_key: str, default: tuple[str, ...]) -> None:
    value = st.session_state[widget_key]
    chosen = tuple(value) if isinstance(value, list) else (value,) if value else ()
    write_address(name, None if not chosen or set(chosen) == set(default) else ",".join(chosen))


def _write(name: str, widget_key: str, default: str | None, then: Callable[[], None] | None) -> None:
    value = st.session_state[widget_key]
    write_address(name, None if value == default else value)
    if then is not None:
        then()
