"""Render lab: a scene whose truth is known, and what the models make of it; datasets from ranges."""

from __future__ import annotations

import streamlit as st

from components.bootstrap import bootstrap, errors_shown
from core.services.render_lab import preview_order
from pages.render_lab_parts.controls import controls
from pages.render_lab_parts.datasets import datasets
from pages.render_lab_parts.head import head
from pages.render_lab_parts.new_dataset import make_dataset
from pages.render_lab_parts.picture import picture_panel

context = bootstrap()
with errors_shown():
    scene, variant, seed = head()
    picture_area, control_area = st.columns([2.3, 1], gap="medium")
    with control_area:
        changes = controls(scene, variant, seed)
    make_dataset(context, scene, variant)
    datasets(context)
    with picture_area:
        picture_panel(context, preview_order(scene, variant, seed, changes))
