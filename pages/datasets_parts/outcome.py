"""What an import or a change came to: the page turns to it, and says what was left out."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from components.wording import count_text, plain
from core.datasets import Problem, SavedVersion


def show(saved: SavedVersion) -> None:
    """Make a version the one that the page shows, and say what came of it."""
    write_address(keys.DATASET, saved.version.hash)
    for name in (keys.DATASET_VIEW, keys.DATASET_LABEL, keys.DATASET_OTHER):
        write_address(name, None)
    close_import_panel()
    words = saved.version.origin.done if saved.is_new else "these rows were there already"
    st.toast(f"{saved.version.name} {saved.version.hash}: {words}", icon=":material/check:")


def close_import_panel() -> None:
    """Draw the panel of imports under another key, which closes and empties it."""
    st.session_state[keys.DATASETS_MADE] = st.session_state.get(keys.DATASETS_MADE, 0) + 1


def remember_left_out(problems: tuple[Problem, ...]) -> None:
    """Keep what could not be read for the run that shows the new version."""
    st.session_state[keys.DATASET_LEFT_OUT] = problems


def say_what_was_left_out() -> None:
    """Name the files that the last import of folders could not read, once."""
    problems: tuple[Problem, ...] = st.session_state.pop(keys.DATASET_LEFT_OUT, ())
    if problems:
        words = f"{count_text(len(problems), 'file')} left out"
        with st.expander(words, icon=":material/error:", expanded=True):
            for problem in problems[:50]:
                st.markdown(plain(str(problem)))
