"""What stands for a class, and what is in a library twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments, addressed_select
from components.photo_row import photo_row
from components.wording import count_text
from core.compare.representatives import METHODS, Method
from core.services.context import Context
from core.services.photo_library import Library, find_duplicates, representative_photos
from core.services.wording import label_words
from core.types import Finding

_SHOWN, _GROUPS = 6, 12
_METHODS = {"random": "Random", "medoids": "Medoids", "prototypes": "Prototypes"}
_MEANINGS = {
    "random": "Drawn by chance, always the same ones.",
    "medoids": "The middle of each cluster, the largest cluster first.",
    "prototypes": "Those that together are most like all of the class, and below them its criticisms: the photos that "
    "they stand for worst.",
}


def standing_for(context: Context, library: Library, findings: Sequence[Finding]) -> None:
    """Draw the photos that stand for a class, and those that nothing stands for."""
    labels = sorted({part for own in library.labels for part in own.split(", ")} - {""})
    found = next((one.label for one in findings if one.label in labels), labels[0] if labels else None)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = addressed_select("Class", labels, name=keys.SIMILAR_LABEL, default=found, words=label_words, width=220)
        method = addressed_segments("Chosen as", METHODS, name=keys.SIMILAR_METHOD, default=("prototypes",),
                                    words=_METHODS.__getitem__)[0]  # fmt: skip
    stands = representative_photos(context.settings, library, label, cast(Method, method), _SHOWN)
    members = stands.found.members or (None,) * len(stands.found.chosen)
    words = ["" if size is None else f"stands for {size}" for size in members]
    photo_row([stands.paths[k] for k in stands.found.chosen], words)
    if stands.found.criticisms:
        st.markdown("**Criticisms**")
        photo_row([stands.paths[k] for k in stands.found.criticisms], [""] * len(stands.found.criticisms))
    when = "Chosen beforehand." if stands.was_kept else "Chosen now, and kept."
    st.caption(f"Of {count_text(stands.count, 'photo')} of the class. {_MEANINGS[stands.found.method]} {when}")


def there_twice(library: Library) -> None:
    """Draw groups of near-duplicates of the whole library."""
    bits = st.slider("At most so many bits of 64 differ", 0, 15, 4, key="similar.bits", width=320,
                     help="In the perceptual and in the difference hash.")  # fmt: skip
    groups = find_duplicates(library, bits)
    if not groups:
        st.caption(f"None of {count_text(len(library.paths), 'photo')} is there twice.")
    for group in groups[:_GROUPS]:
        photo_row(group[:_SHOWN])
    if len(groups) > _GROUPS:
        st.caption(f"and {len(groups) - _GROUPS} groups more; `gridlens similar --duplicates` lists all")
