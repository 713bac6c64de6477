"""Looking at one version: counts, and differences from another."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import cached
from components import session_keys as keys
from components.addressed import addressed_select
from components.bootstrap import errors_shown
from components.change_list import change_list
from components.dataset_wording import version_words
from components.label_counts import label_counts
from components.wording import count_text, plain
from core.datasets import DatasetVersion
from core.services.context import Context
from core.services.dataset_check import check_photos
from core.services.datasets import compare_rows


def labels(context: Context, version: DatasetVersion) -> None:
    """Counts by label, and the check of photos."""
    label_counts(version, key=f"datasets.labels.{version.hash}")
    with st.container(horizontal=True, vertical_alignment="center"):
        is_wanted = st.button("Check the photos", icon=":material/fact_check:", key="datasets.check")
        st.caption("Missing photos, boxes outside of them, photos in two splits …", width="content")
    if is_wanted:
        with errors_shown(), st.spinner("Looking at every photo …"):
            problems = check_photos(context.settings, version.hash)
            if not problems:
                st.success(f"{count_text(version.photo_count, 'photo')}, nothing wrong", icon=":material/check:")
            for problem in problems[:20]:
                st.error(plain(str(problem)), icon=":material/error:")
            if len(problems) > 20:
                st.caption(f"… and {len(problems) - 20} more; `gridlens dataset check {version.hash}` prints all.")


def differences(context: Context, versions: Sequence[DatasetVersion], version: DatasetVersion) -> None:
    """What differs from another version, its parent where the address names none."""
    others = {one.hash: one for one in versions if one.hash != version.hash and one.task == version.task}
    if not others:
        st.caption("There is no other version to compare with yet.")
        return
    parents = [name for name in version.origin.parents if name in others]
    other = addressed_select(
        "Compared with", list(others), name=keys.DATASET_OTHER, default=(parents or list(others))[0],
        words=lambda name: version_words(others[name]),
    )  # fmt: skip
    if other is not None:
        rows_before, rows_after = (cached.dataset(context.settings.datasets_dir, one) for one in (other, version.hash))
        found = compare_rows(other, rows_before, version.hash, rows_after)
        change_list(found.counts, found.changes, key=f"datasets.diff.{other}.{version.hash}")
