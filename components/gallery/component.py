"""Python side of the gallery: rows in, the photo that a person chose out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.severity import severity_data
from components.web_sources import read_web_sources
from core.services.urgency import Urgency

_SHA256 = re.compile(r"[0-9a-f]{64}")
_mount = st.components.v2.component(
    "gridlens_gallery", **read_web_sources(Path(__file__).parent / "web", "gallery", ("gallery.js",))
)


@dataclass(frozen=True, slots=True)
class GalleryPhoto:
    """One card.

    Attributes:
        sha256, name: the photo.
        step: its urgency; None where there are no findings.
        reason: what decided that, in words; may be empty.
        reviewed: whether a person has looked at it.
        is_waiting: still to be inspected; tells ``working`` from ``no findings`` where step is None.
    """

    sha256: str
    name: str
    step: Urgency | None
    reason: str
    reviewed: bool = False
    is_waiting: bool = False


def photo_gallery(
    photos: Sequence[GalleryPhoto], *, selected: str | None, key: str, api_root: str = "/api/v1"
) -> str | None:
    """Show cards in the order given.

    Args:
        photos: one page of them; thumbnails come from the API's routes as they scroll into view.
        selected: SHA-256 of the photo that is open.
        key: Streamlit key.
        api_root: where the API's version 1 is mounted.

    Returns:
        SHA-256 of the photo chosen in this run; None in all others.
    """
    result = _mount(
        key=key,
        data={
            "selected": selected,
            "photos": [
                {
                    "sha256": photo.sha256,
                    "name": photo.name,
                    "severity": None if photo.step is None else severity_data(photo.step),
                    "reason": photo.reason,
                    "reviewed": photo.reviewed,
                    "is_waiting": photo.is_waiting,
                    "thumbnail": f"{api_root}/photos/{photo.sha256}/thumbnail",
                }
                for photo in photos
            ],
        },
        on_chosen_change=lambda: None,
    )
    chosen = result.chosen
    return chosen if isinstance(chosen, str) and _SHA256.fullmatch(chosen) else None
