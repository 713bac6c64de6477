"""Photos like this one, and the classes that come into question."""

from __future__ import annotations

import streamlit as st

from components.photo_row import photo_row
from components.wording import plain, unbroken
from core.services.similar import SimilarPhoto, SimilarPhotos
from core.services.wording import label_words, percent


def similar_photos_card(found: SimilarPhotos) -> None:
    """Draw the nearest photos with their labels, then one example of each other class that comes into question."""
    photo_row([one.path for one in found.photos], [_words(one) for one in found.photos])
    if not found.classes:
        return
    criterion = unbroken(found.criterion.replace("%", " %"))
    known = label_words(found.known_as)
    if found.own_share is not None:
        st.markdown(plain(f"{known}: {unbroken(percent(found.own_share))} of the nearest are of this class, too."))
    elif found.known_as:
        st.markdown(plain(f"{known}: hardly any of the nearest are of this class."))
    if not found.others:
        st.caption(plain(f"No other class comes into question; it would with {criterion}."))
        return
    st.markdown("**Other classes that come into question**" if known else "**Classes that come into question**")
    photo_row(
        [example.path for _, example in found.others],
        [unbroken(f"{label_words(one.label)} {percent(one.share)}") for one, _ in found.others],
    )
    st.caption(plain(f"A class comes into question with {criterion}."))


def _words(one: SimilarPhoto) -> str:
    if one.truth is not None:
        return unbroken(f"worn {percent(one.truth)}")
    return label_words(one.label) if one.label else one.path.name
