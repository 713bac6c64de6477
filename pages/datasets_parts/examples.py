"""Photos of one version, label by label."""

from __future__ import annotations

import streamlit as st

from components import cached
from components import session_keys as keys
from components.addressed import addressed_select
from components.dataset_wording import label_words, row_words
from components.example_grid import GridPicture, example_grid
from core.datasets import DatasetVersion
from core.errors import PhotoError
from core.services.context import Context
from core.services.dataset_examples import Example, examples_of

PER_PAGE = 24


def examples(context: Context, version: DatasetVersion) -> None:
    """Thumbnails of one label; boxes with what is around them."""
    dataset = cached.dataset(context.settings.datasets_dir, version.hash)
    label = None
    if version.task != "regression":
        known = [count.label for count in version.labels]
        label = addressed_select(
            "Label", known, name=keys.DATASET_LABEL, default=known[0], width=320,
            words=lambda one: label_words(one, version.task),
        )  # fmt: skip
    page = st.session_state.get(keys.DATASET_PAGE, 1)
    total, some = examples_of(dataset, lambda row: label is None or row.label == label, (page - 1) * PER_PAGE, PER_PAGE)
    if not some and total:
        st.session_state[keys.DATASET_PAGE] = 1
        st.rerun()
    example_grid([_picture(example) for example in some])
    if total > PER_PAGE:
        st.pagination(-(-total // PER_PAGE), key=keys.DATASET_PAGE, max_visible_pages=5)


def _picture(example: Example) -> GridPicture:
    words = row_words(example.row)
    try:
        return GridPicture(cached.dataset_thumbnail(example.file, example.row.box_xyxy_px), words)
    except PhotoError as error:
        return GridPicture(None, words, str(error))
