"""The form of a new dataset: how many, how large, and what may vary."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.bootstrap import errors_shown
from components.range_control import range_control
from core.services.context import Context
from core.services.render_controls import range_controls
from core.services.render_datasets import DatasetOrder, begin_dataset, command_text, free_name


def make_dataset(context: Context, scene: str, variant: str) -> None:
    """Draw the form; its button starts the dataset."""
    with st.expander("Make a dataset", icon=":material/dataset:"), errors_shown():
        order = _order(context, scene, variant)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Start rendering", type="primary", icon=":material/play_arrow:"):
                begin_dataset(context.settings, order)
                st.toast(f"{order.name} is being rendered", icon=":material/check:")
            with st.popover("As a command", icon=":material/terminal:"):
                st.code(command_text(order), language="bash")


def _order(context: Context, scene: str, variant: str) -> DatasetOrder:
    key = f"{keys.LAB_DATASET}.{scene}.{variant}"
    name, count, size, seed = st.columns(4)
    free = free_name(context.settings, variant)
    chosen = name.text_input("Folder name", key=f"{key}.name", placeholder=free, help="In the folder of renders.")
    wanted_count = count.number_input("Renders", 1, 1_000_000, 1000, key=f"{key}.count")
    size_px = size.number_input("Size, px", 32, 2048, 256 if scene == "shackle" else 448, key=f"{key}.size")
    first_seed = seed.number_input("First seed", 0, None, 0, key=f"{key}.seed", help="The same seeds, the same pixels.")
    known = range_controls(scene, variant)
    held = st.multiselect(
        "Hold or narrow",
        list(known),
        format_func=lambda one: known[one].words,
        key=f"{key}.held",
        placeholder=f"Everything varies as {variant} has it",
        help="Each gets a slider: between its handles anything, on one spot always that.",
    )
    columns = st.columns(3)
    variables = {}
    for place, one in enumerate(held):
        with columns[place % 3]:
            variables[one] = range_control(known[one], f"{key}.range.{one}")
    return DatasetOrder(
        name=chosen.strip() or free,
        scene=scene,
        variant=variant,
        count=int(wanted_count),
        size_px=int(size_px),
        seed=int(first_seed),
        workers=context.settings.worker_count,
        variables=variables,
    )
