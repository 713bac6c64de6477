"""Which saved answers are looked at; kept in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.local_time import local_time
from components.wording import count_text, plain
from core.services.saved_answers import SavedAnswers

_WIDGET = f"address.{keys.ANSWERS}"


def answer_choice(known: Sequence[SavedAnswers]) -> list[SavedAnswers]:
    """Draw the choice; the first one chosen is the one that counts and galleries are of.

    Args:
        known: at least one; of equal names, the first counts.

    Returns:
        At least one, all of one kind: those of another kind than the first are left out, and it is said.
    """
    by_name: dict[str, SavedAnswers] = {}
    for one in known:
        by_name.setdefault(one.name, one)
    named = [name for name in (read_address(keys.ANSWERS) or "").split(",") if name in by_name]
    chosen = list(dict.fromkeys(named)) or [next(iter(by_name))]
    st.session_state[_WIDGET] = chosen
    st.multiselect(
        "Answers", list(by_name), format_func=lambda name: answer_title(by_name[name]), key=_WIDGET, on_change=_write,
        placeholder="Choose one, or several to lay over each other",
    )  # fmt: skip
    first = by_name[chosen[0]]
    kept = [by_name[name] for name in chosen if by_name[name].kind == first.kind]
    if len(kept) < len(chosen):
        st.caption("Answers of another kind (labels, boxes, values) than the first cannot be laid over it.")
    return kept


def answer_title(saved: SavedAnswers) -> str:
    """``Top cap v1 · top_caps · 22 photos``, or the name of another program's answers."""
    whose = f"{saved.title} v{saved.number}" if saved.model else saved.title
    data = saved.dataset.rpartition("/")[2].removesuffix(".csv").removesuffix(".json")
    return f"{whose} · {data} · {count_text(saved.photo_count, 'photo')}"


def answer_line(saved: SavedAnswers, notes: Sequence[str] = ()) -> str:
    """One line on where answers come from, as Markdown."""
    whose = f"model version {saved.version}" if saved.version else "made by another program"
    failed = f" {count_text(saved.failed_count, 'photo')} could not be read." if saved.failed_count else ""
    unusual = "".join(f" {note[:1].upper()}{note[1:]}." for note in notes)
    words = f"{whose[:1].upper()}{whose[1:]}, on {saved.dataset}, measured {local_time(saved.made_at)}."
    return plain(f"{words}{failed}{unusual}")


def short_names(chosen: Sequence[SavedAnswers]) -> Mapping[str, str]:
    """Answers' names → names for a legend: as short as tells them apart."""
    short = {one.name: f"{one.title} v{one.number}" if one.model else one.title for one in chosen}
    return short if len(set(short.values())) == len(short) else {one.name: one.name for one in chosen}


def _write() -> None:
    write_address(keys.ANSWERS, ",".join(st.session_state[_WIDGET]) or None)
