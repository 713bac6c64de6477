"""What can be done to a dataset version, as plain forms: a version in, the operation that a person wants out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.dataset_wording import SPLIT_WORDS, label_words, version_words
from core.datasets import SPLITS, DatasetVersion
from core.datasets.combine import ON_CONFLICT, OnConflict
from core.datasets.dealing import Sample, Split
from core.datasets.folders import level_mapping
from core.datasets.operations import Merge, Relabel, Remove

_CONFLICT_WORDS = {
    "refuse": "stop and name them",
    "replace": "take what the other says",
    "both": "keep both",
}
_PATTERN_HELP = "A path or a pattern: * stands for any letters, folders too; several are joined by spaces."


@dataclass(frozen=True, slots=True)
class Addition:
    """Which version to add, and what to do where both know a photo."""

    other: str
    on_conflict: OnConflict


def split_form(key: str) -> Split | None:
    """Shares, seed and rules of a split; None until it is sent."""
    with st.form(key, border=False):
        columns = st.columns(4)
        defaults = zip(columns, SPLITS, (60.0, 20.0, 20.0), strict=False)
        shares = [
            column.number_input(f"{name.capitalize()}, %", 0.0, 100.0, share, 5.0, format="%g", key=f"{key}.{name}")
            for column, name, share in defaults
        ]
        seed = columns[3].number_input("Seed", 0, 10**6, 1, key=f"{key}.seed")
        stratified = st.checkbox("Every split has its share of every class", value=True, key=f"{key}.strata")
        grouped = st.checkbox("Photos of one group (pole, video) stay on one side", value=True, key=f"{key}.groups")
        keep = st.checkbox("Photos that have a split keep it", key=f"{key}.keep")
        if not st.form_submit_button("Split", type="primary"):
            return None
    return Split((shares[0] / 100, shares[1] / 100, shares[2] / 100), int(seed), stratified, grouped, keep)


def sample_form(key: str) -> Sample | None:
    """Share or count, seed and rules of a sample; None until it is sent."""
    with st.form(key, border=False):
        columns = st.columns(3)
        way = columns[0].selectbox("Of every class", ["a share, %", "a number of photos"], key=f"{key}.way")
        amount = columns[1].number_input("How many", 1, 10**6, 10, key=f"{key}.amount")
        seed = columns[2].number_input("Seed", 0, 10**6, 1, key=f"{key}.seed")
        grouped = st.checkbox("Keep or leave photos of one group together", value=True, key=f"{key}.groups")
        if not st.form_submit_button("Sample", type="primary"):
            return None
    if way == "a share, %":
        return Sample(share=amount / 100, seed=int(seed), grouped=grouped)
    return Sample(count=int(amount), seed=int(seed), grouped=grouped)


def merge_form(version: DatasetVersion, key: str) -> Merge | None:
    """Which classes become which, or nothing; None until it is sent."""
    labels = _labels(version)
    has_levels = any("/" in label for label in labels)
    with st.form(key, border=False):
        columns = st.columns(2)
        chosen = columns[0].multiselect("Classes", labels, key=f"{key}.labels")
        target = columns[1].text_input("Become", placeholder="empty: nothing, the class is dropped", key=f"{key}.to")
        level = 0
        if has_levels:
            help_ = "body/engine/handbrake at level 2 becomes body/engine; 0 leaves the hierarchy as it is."
            level = st.number_input("Or cut all at level", 0, 20, 0, key=f"{key}.level", help=help_)
        if not st.form_submit_button("Merge", type="primary"):
            return None
    return Merge(level_mapping(tuple(labels), int(level)) if level else dict.fromkeys(chosen, target.strip()))


def relabel_form(version: DatasetVersion, key: str) -> Relabel | None:
    """Which rows get which label or value; None until it is sent."""
    is_valued = version.task == "regression"
    with st.form(key, border=False):
        columns = st.columns(3)
        labels = [] if is_valued else columns[0].multiselect("Of class", _labels(version), key=f"{key}.labels")
        paths = columns[1].text_input("Photos", key=f"{key}.paths", help=_PATTERN_HELP, placeholder="*line7_00*.jpg")
        value, label = None, ""
        if is_valued:
            value = columns[2].number_input("New value", format="%.4f", key=f"{key}.value")
        else:
            label = columns[2].text_input("New label", key=f"{key}.to")
        if not st.form_submit_button("Relabel", type="primary"):
            return None
    return Relabel(label, value, tuple(labels), tuple(paths.split()))


def remove_form(version: DatasetVersion, key: str) -> Remove | None:
    """Which photos go; None until it is sent."""
    is_valued = version.task == "regression"
    with st.form(key, border=False):
        columns = st.columns(3)
        known = [] if is_valued else [count.label for count in version.labels]
        labels = columns[0].multiselect(
            "Of class", known, key=f"{key}.labels", format_func=lambda label: label_words(label, version.task)
        )
        splits = columns[1].multiselect(
            "Of split", list(version.splits), key=f"{key}.splits", format_func=SPLIT_WORDS.__getitem__
        )
        paths = columns[2].text_input("Photos", key=f"{key}.paths", help=_PATTERN_HELP, placeholder="*line7_00*.jpg")
        st.caption("Photos that meet all conditions are taken out, with everything that is said of them.")
        if not st.form_submit_button("Remove", type="primary"):
            return None
    return Remove(tuple(labels), tuple(paths.split()), tuple(splits))


def add_form(version: DatasetVersion, versions: Sequence[DatasetVersion], key: str) -> Addition | None:
    """Which version is added; None until it is sent."""
    others = {one.hash: one for one in versions if one.task == version.task and one.hash != version.hash}
    if not others:
        st.caption("There is no other version with the same kind of labels; import one first.")
        return None
    with st.form(key, border=False):
        columns = st.columns([2, 1])
        other = columns[0].selectbox(
            "Photos of", list(others), format_func=lambda name: version_words(others[name]), key=f"{key}.other"
        )
        on_conflict = columns[1].selectbox(
            "Where both know a photo and disagree", ON_CONFLICT, format_func=_CONFLICT_WORDS.__getitem__,
            key=f"{key}.conflict",
        )  # fmt: skip
        return Addition(other, on_conflict) if st.form_submit_button("Add", type="primary") else None


def _labels(version: DatasetVersion) -> list[str]:
    return [count.label for count in version.labels if count.label]
