"""File names as people and programs give them → text that is fit to keep and show."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 200
_ZERO_WIDTH_JOINER = "\u200d"  # holds emoji of several parts together


def clean_name(name: str) -> str:
    """Drop folders, control and direction characters from a file name; quotes, HTML and emoji stay text.

    Returns:
        At most 200 characters, the ending kept; ``unnamed`` where nothing is left.
    """
    last = re.split(r"[/\\]", name.replace("\x00", ""))[-1]
    kept = "".join("�" if unicodedata.category(c) == "Cs" else c for c in last if _shows(c))
    kept = unicodedata.normalize("NFC", kept).strip()
    if kept in ("", ".", ".."):
        return "unnamed"
    if len(kept) > LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        tail = dot + ending if stem and len(ending) <= 8 else ""
        kept = kept[: LONGEST_NAME - len(tail) - 1] + "…" + tail
    return kept


def _shows(character: str) -> bool:
    return character == _ZERO_WIDTH_JOINER or unicodedata.category(character) not in ("Cc", "Cf")
