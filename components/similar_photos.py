"""Photos like this one, and the classes that come into question."""

from __future__ import annotations

import streamlit as st

from components.photo_row import photo_row
from components.wording import plain, unbroken
from core.services.similar import SimilarPhoto, SimilarPhotos
from core.services.wording import label_words, percent


def similar_photos_card(found: SimilarPhotos) -> None:
    """Draw the nearest photos with their labels, then one example of each other class that comes into question."""
    is_vote = len(found.weights) > 1
    shown = [_words(one) if is_vote else f"{_words(one)}: {_value(one.value)}" for one in found.photos]
    photo_row([one.path for one in found.photos], shown, [one.box_xyxy_px for one in found.photos])
    if not is_vote:
        measure = found.measure
        ends = f"{_value(measure.low)} to {_value(measure.high)}"
        st.caption(plain(f"{measure.meaning}: {ends}, {measure.nearer} is nearer."))
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
        [example.box_xyxy_px for _, example in found.others],
    )
    st.caption(plain(f"A class comes into question with {criterion}."))


def _words(one: SimilarPhoto) -> str:
    if one.truth is not None:
        return unbroken(f"worn {percent(one.truth)}")
    return label_words(one.label) if one.label else one.path.name


def _value(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
