"""Imports that go on by themselves, and what became of those that ended while nobody looked."""

from __future__ import annotations

import streamlit as st

from components.bootstrap import errors_shown
from components.import_card import Wish, import_card
from core.datasets import SavedVersion
from core.services.context import Context
from core.services.dataset_imports import DatasetImport, list_imports, put_away, resume_import, stop_import
from pages.datasets_parts.outcome import remember_left_out, show

POLL_S = 1.5


def imports(context: Context) -> None:
    """Draw every import that was not put away yet, refreshed while one runs."""
    running = _running(list_imports(context.settings))
    st.fragment(_list, run_every=POLL_S if running else None)(context, running)


def _list(context: Context, running_before: set[str]) -> None:
    with errors_shown():
        known = list_imports(context.settings)
        if _running(known) != running_before:
            st.rerun()  # a new version, or another pace of looking
        for found in known:
            wish = import_card(found, key=f"datasets.import.{found.number}")
            if wish is not None:
                _do(context, found, wish)
                st.rerun()


def _do(context: Context, found: DatasetImport, wish: Wish) -> None:
    if wish == "stop":
        stop_import(context.settings, found.number)
    elif wish == "resume":
        resume_import(context.settings, found.number)
    else:
        if wish == "show" and found.version is not None:
            remember_left_out(found.left_out)
            show(SavedVersion(found.version, found.is_new))
        put_away(context.settings, found.number)


def _running(known: list[DatasetImport]) -> set[str]:
    return {found.number for found in known if found.errand.state == "running"}
