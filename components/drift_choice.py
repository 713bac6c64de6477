"""What drift is measured by: batches, reference period, feature space; kept in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_select
from components.wording import count_text
from core.runtime.model_config import ModelFolder
from core.services.drift import BY_DAY

_KEY = f"address.{keys.DRIFT_BY}"
_MARKS = {"found": "dead pixels and dirt"}


@dataclass(frozen=True, slots=True)
class DriftChoice:
    """See ``core.services.drift.find_photo_drift``."""

    by: str
    until: str
    features_of: str | None
    has_marks: bool


def drift_choice(
    folders: Mapping[str, ModelFolder], batches: Mapping[str, int], start: str | None
) -> DriftChoice | None:
    """Draw the choices.

    Args:
        folders: installed models; detectors have no one feature of a photo.
        batches: name → photos, in order.
        start: last batch of the reference period to begin with; None where there are too few.
    """
    by = read_address(keys.DRIFT_BY) or BY_DAY
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state[_KEY] = by
        st.text_input("Batches by", key=_KEY, on_change=_write, width=160,
                      help="day, or a metadata key such as flight or line")  # fmt: skip
        if start is None:
            return None
        until = addressed_select(
            "Reference period until", list(batches), name=keys.DRIFT_UNTIL, default=start, width=280,
            words=lambda name: f"{name} ({count_text(batches[name], 'photo')})",
        )  # fmt: skip
        models = [name for name, folder in folders.items() if folder.config.family != "detection"]
        features_of = addressed_select(
            "Feature space of", models, name=keys.DRIFT_FEATURES, placeholder="leave out", width=220,
            words=lambda name: folders[name].config.title, help="Reads 60 photos of every batch: seconds to minutes.",
        )  # fmt: skip
        marks = addressed_select(
            "Lens and sensor", list(_MARKS), name=keys.DRIFT_MARKS, placeholder="leave out", width=240,
            words=_MARKS.__getitem__, help="Reads up to 16 photos of every batch in full, once.",
        )  # fmt: skip
    return DriftChoice(by, until or start, features_of, marks is not None)


def _write() -> None:
    value = str(st.session_state[_KEY]).strip()
    write_address(keys.DRIFT_BY, None if value in ("", BY_DAY) else value)
