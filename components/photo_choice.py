"""A photo of the store, kept in the address by its SHA-256."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from components.addressed import addressed_select


def photo_choice(
    title: str,
    names: Mapping[str, str],
    *,
    name: str,
    default: str | None,
    show_title: bool = True,
    on_change: Callable[[], None] | None = None,
) -> str | None:
    """Draw the choice.

    Args:
        title: label.
        names: SHA-256 → the photo's name, in the order to be shown.
        name: parameter of the address.
        default: chosen where the address names none of them; None for nothing.
        show_title: whether the label is visible.
        on_change: called when a person chose another photo, before the page runs.

    Returns:
        The SHA-256; None for nothing.
    """
    return addressed_select(
        title,
        list(names),
        name=name,
        default=default,
        words=names.__getitem__,
        show_title=show_title,
        placeholder="none",
        on_change=on_change,
    )
