"""Starting a training: from a config that exists, or from a form that makes one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments
from components.bootstrap import errors_shown
from components.training_form import training_form
from core.services.context import Context
from core.services.training_choices import BACKBONES, dataset_choices, weight_choices
from core.services.training_configs import known_configs, write_config
from core.services.training_line import BACKENDS, installed_backends, start_run
from pages.training_parts.dataset_choice import dataset_choice
from pages.training_parts.intro import show_run

WAYS = {"config": "From a config", "form": "Fill in a form"}


def new_run(context: Context) -> None:
    """Draw the two ways; a start leads to the run."""
    way = addressed_segments(
        "How", list(WAYS), name=keys.NEW_WAY, default=["config"], words=lambda one: WAYS[one], show_title=False
    )[0]
    if way == "config":
        _from_config(context)
    else:
        _from_form(context)


def _from_config(context: Context) -> None:
    paths = {path.name: path for path in known_configs(context.settings)}
    name = st.selectbox("Config", list(paths), key="training.new.config", width=360)
    _start(context, lambda: paths[name])
    st.code(paths[name].read_text(), language="toml")


def _from_form(context: Context) -> None:
    facts = dataset_choice(context)
    if facts is None:
        return
    weights = {backbone: weight_choices(context.registry.folders, backbone) for backbone in BACKBONES}
    tests = [str(one.path) for one in dataset_choices(context.settings) if one.path != facts.path]
    sections = training_form(facts, weights, tests, key=f"training.form.{facts.task}")
    _start(context, lambda: write_config(context.settings, sections))


def _start(context: Context, config: Callable[[], Path]) -> None:
    """Ask for the backend and draw the button; what is wrong is said here, before anything is started."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        backend = st.selectbox(
            "Runs on",
            installed_backends(),
            format_func=lambda name: BACKENDS[name],
            key="training.new.backend",
            width=180,
        )
        pressed = st.button("Start", type="primary", icon=":material/play_arrow:", key="training.new.start")
    st.caption("The run goes on when this page is closed. Where another is running, it waits in line.")
    if pressed:
        with errors_shown(), st.spinner("Checking config and data"):
            run = start_run(context.settings, config(), backend=backend)
            show_run(run.name)
            st.rerun()
