"""Photos like one, or like a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import cached_compare
from components import session_keys as keys
from components.address import read_address
from components.addressed import addressed_select
from components.measure_table import measure_words
from components.similar_photos import similar_photos_card
from core.services.context import Context
from core.services.photo_library import Library
from core.services.similar import known_measures, parse_weights, similar_photos, similar_regions
from core.services.wording import finding_words
from core.types import Finding
from pages.inspect_parts.marked_part import marked_part
from pages.inspect_parts.own_vote import BEGIN, is_vote, own_vote

_VOTE = "vote"
_SHOWN = 9


def like_photo(
    context: Context, library: Library, photo: Path, findings: Sequence[Finding], row: DeltaGenerator
) -> None:
    """Draw the nearest photos, by one measure or by the vote of several; the choice goes into ``row``."""
    describer = cached_compare.describer(context.settings)
    names, named = known_measures(describer), read_address(keys.SIMILAR_BY)
    own = named if named is not None and is_vote(named) else BEGIN
    with row:
        by = addressed_select(
            "By", [_VOTE, own, *names], name=keys.SIMILAR_BY, default=_VOTE, words=_by_words, width=260
        )
    if by == own:
        weights = own_vote(own, names, describer)
    else:
        weights = parse_weights([] if by in (None, _VOTE) else [str(by)], describer)
    max_pixels, known_as = context.settings.max_pixels, _found_class(library, findings)
    similar_photos_card(
        similar_photos(library, photo, by=weights, count=_SHOWN, copies=False, known_as=known_as, max_pixels=max_pixels)
    )


def like_part(
    context: Context, library: Library, photo: Path, findings: Sequence[Finding], row: DeltaGenerator
) -> None:
    """Draw photos in which something looks like a finding's box, or like a part that is marked by its edges."""
    boxes = {finding_words(one): one.box_xyxy_px for one in findings if one.box_xyxy_px is not None}
    with row:
        chosen = st.selectbox("Part", [*boxes, "A part that I mark"], key="similar.part", width=260)
    box = boxes.get(chosen) or marked_part(context, photo)
    of_part = next((one.label for one in findings if chosen in boxes and one.box_xyxy_px == box), "")
    max_pixels, known_as = context.settings.max_pixels, of_part or _found_class(library, findings)
    similar_photos_card(
        similar_regions(library, photo, box, count=_SHOWN, copies=False, known_as=known_as, max_pixels=max_pixels)
    )


def _found_class(library: Library, findings: Sequence[Finding]) -> str:
    """What the photo was taken for, where the library has photos of it."""
    known = {part for own in library.labels for part in own.split(", ")}
    return next((one.label for one in findings if one.kind == "class" and one.label in known), "")


def _by_words(name: str) -> str:
    if name == _VOTE:
        return "A vote of looks and features"
    return "A vote of my own" if is_vote(name) else measure_words(name)
