"""Inspect: drop photos, watch the findings come in, look at each photo."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import read_address
from components.bootstrap import bootstrap, errors_shown
from components.gallery_filters import gallery_filters
from components.threshold_sliders import threshold_sliders
from pages.inspect_parts import downloads, intake
from pages.inspect_parts.batches import chosen_batch
from pages.inspect_parts.photo import photo_panel
from pages.inspect_parts.results import results
from pages.inspect_parts.status import status_line

context = bootstrap()
with errors_shown():
    batch = chosen_batch(context)
    is_empty = batch is None and context.store.count() == 0 and read_address(keys.PHOTO) is None
    intake.intake(context, is_empty=is_empty)
    if is_empty:
        intake.offer_samples(context)
        st.stop()

    is_working = status_line(context, batch)
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = gallery_filters(batch.id if batch else None, context.store.label_counts(), context.store.tag_counts())
        with st.popover("Thresholds", icon=":material/tune:"):
            thresholds = threshold_sliders(context.registry.folders, context.thresholds)
        downloads.downloads(context, wanted, thresholds)

    gallery_column, photo_column = st.columns([1, 3], gap="small")
    with gallery_column:
        results(context, wanted, thresholds, is_working=is_working)
    with photo_column:
        photo_panel(context, thresholds, is_working=is_working)
