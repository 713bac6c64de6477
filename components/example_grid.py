"""Thumbnails side by side, as many as the screen is wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components import session_keys as keys
from components.wording import plain

INSPECT_PAGE = "inspect_photos.py"
_SIDE_PX = 150  # two beside each other on a phone


@dataclass(frozen=True, slots=True)
class GridPicture:
    """A picture of the grid.

    Attributes:
        jpeg: None where it cannot be shown.
        words: below it.
        trouble: why it cannot be shown; "" where it can.
        sha256: of the photo in the store, which then opens on the Inspect page; "" for none.
    """

    jpeg: bytes | None
    words: str
    trouble: str = ""
    sha256: str = ""


def example_grid(pictures: Sequence[GridPicture]) -> None:
    """Draw the pictures in their order; those that cannot be shown say why."""
    with st.container(horizontal=True, gap="small"):
        for picture in pictures:
            with st.container(width=_SIDE_PX, gap=None):
                if picture.jpeg is None:
                    st.warning(plain(picture.trouble), icon=":material/broken_image:")
                else:
                    st.image(picture.jpeg, width=_SIDE_PX, alt=picture.words)
                st.caption(plain(picture.words))
                if picture.sha256:
                    st.page_link(INSPECT_PAGE, label="Inspect", icon=":material/search:",
                                 query_params={keys.PHOTO: picture.sha256})  # fmt: skip
