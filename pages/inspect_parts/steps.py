"""From photo to photo, and a person's word on each."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.photo_viewer import ViewerChoice
from components.review_buttons import ReviewWish
from components.wording import plain
from core.services.context import Context
from core.services.gallery_page import GalleryPage
from core.services.review import review_photo


def open_photo() -> str | None:
    """SHA-256 of the photo that the address names."""
    return read_address(keys.PHOTO)


def neighbours(sha256: str) -> tuple[str | None, str | None]:
    """The photos before and after one in the gallery as last drawn."""
    gallery = st.session_state.get(keys.GALLERY)
    return gallery.neighbours(sha256) if isinstance(gallery, GalleryPage) else (None, None)


def say_why_nothing(sha256: str, is_waiting: bool) -> None:
    """Say why a photo has no findings, as far as the gallery as last drawn knows."""
    gallery = st.session_state.get(keys.GALLERY)
    reason = gallery.failed.get(sha256) if isinstance(gallery, GalleryPage) else None
    if is_waiting:
        st.caption("Waiting for the models.")
    elif reason:
        st.error(plain(reason), icon=":material/error:")
    else:
        st.caption("No model looks at photos with these tags.")


def follow(context: Context, sha256: str, choice: ViewerChoice, pressed: ReviewWish | None) -> None:
    """Do what the person asked for in the viewer or beside it; a review leads to the next photo."""
    meant = choice.sha256 or sha256  # the photo that was on screen when the key was pressed
    before, after = neighbours(meant)
    target = {"previous": before, "next": after}.get(choice.action or "")
    wish = pressed or choice.action
    if wish in ("accept", "reject"):
        review_photo(context, meant, "accepted" if wish == "accept" else "rejected")
        st.toast(f"Noted: findings {wish}ed", icon=":material/check:")
        target = after or meant
    if target is not None:
        write_address(keys.PHOTO, target)
        st.rerun()
