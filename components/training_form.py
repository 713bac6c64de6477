"""The form of a new training: a person's answers become the sections of a config."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from components.training_form_search import search_section
from core.services.training_choices import BACKBONES, BALANCES, LEARNS, LOSSES, OPTIMISERS, WITHOUT_WEIGHTS
from core.services.training_configs import DatasetFacts

_NO_CLASS = "none"
_AUGMENTS = {
    "rotation_deg": ("Rotation, degrees", 0.0, 180.0, 12.0, 1.0),
    "scale": ("Zoom", 0.0, 1.0, 0.25, 0.05),
    "aspect": ("Width against height", 0.0, 1.0, 0.15, 0.05),
    "shift": ("Shift, share of the side", 0.0, 0.5, 0.08, 0.01),
    "colour": ("Colour and light", 0.0, 1.0, 0.6, 0.05),
    "sensor": ("Defocus, noise, JPEG, resampling", 0.0, 1.0, 0.25, 0.05),
    "motion": ("Motion blur", 0.0, 1.0, 0.0, 0.05),
    "erase": ("Grey rectangle over the photo", 0.0, 1.0, 0.0, 0.05),
}

Section = dict[str, Any]


def model_section(facts: DatasetFacts, weights: Mapping[str, Mapping[str, str]], *, key: str) -> Section:
    """Ask what to make.

    Args:
        facts: of the dataset; decide the family and the labels.
        weights: backbone → what it can begin with → words.
        key: Streamlit key.
    """
    left, middle, right = st.columns(3)
    with left:
        name = st.text_input("Name", _suggested_name(facts), key=f"{key}.name.{facts.path}",
                             help="Small letters, digits, - and _.")  # fmt: skip
        backbone = st.selectbox("Backbone", list(BACKBONES), format_func=lambda b: BACKBONES[b], key=f"{key}.backbone")
    with middle:
        pretrained = st.selectbox(
            "Begins with",
            list(weights[backbone]),
            format_func=lambda w: weights[backbone][w],
            key=f"{key}.weights.{backbone}",
        )
        input_px = st.number_input(
            "Input, px", 32, 1024, 224 if facts.task != "detection" else 576, 32, key=f"{key}.px.{facts.task}"
        )
    section: Section = {
        "name": name.strip(), "number": 1, "title": name.strip().replace("-", " ").capitalize() or "Model",
        "family": facts.task, "labels": list(facts.labels), "input_px": int(input_px), "backbone": backbone,
        "pretrained": pretrained or "",
    }  # fmt: skip
    with right:
        section |= _of_family(facts, key)
    section["summary"] = f"Trained on the Training page from {facts.path.name}, {facts.photo_count} photos."
    section["limits"] = "Measured on photos of the same kind as those it was trained on, and nowhere else."
    return section


def _suggested_name(facts: DatasetFacts) -> str:
    stem = facts.path.parent.name if facts.path.stem == "dataset" else facts.path.stem
    return f"my-{re.sub(r'[^a-z0-9]+', '-', stem.lower()).strip('-') or 'model'}"[:40]


def _of_family(facts: DatasetFacts, key: str) -> Section:
    if facts.task == "regression":
        low, high = facts.value_range or (0.0, 1.0)
        quantity = st.text_input("Quantity", "value", key=f"{key}.quantity", help="What the values measure.")
        low = st.number_input("Least possible value", value=min(low, 0.0), key=f"{key}.low.{facts.path}")
        high = st.number_input("Greatest possible value", value=high, key=f"{key}.high.{facts.path}")
        return {"labels": [quantity], "value_range": [low, high]}
    if facts.task == "detection":
        long_side = st.number_input("Long side of a photo, px", 64, 8192, 1024, 64, key=f"{key}.long_side")
        return {"long_side_px": int(long_side), "tile_overlap_px": 128}
    classes = [_NO_CLASS, *facts.labels]
    nothing = st.selectbox(
        "Class of photos without the object", classes, key=f"{key}.reject.{facts.path}",
        index=classes.index("NONE") if "NONE" in classes else 0,
        help="Its photos are answered with “not recognised”.",
    )  # fmt: skip
    if nothing == _NO_CLASS:
        return {}
    return {"labels": [label for label in facts.labels if label != nothing], "reject_label": nothing}


def data_section(facts: DatasetFacts, tests: Sequence[str], *, key: str) -> Section:
    """Ask how the photos are divided.

    Args:
        facts: of the dataset to learn from.
        tests: CSV paths that can be measured on.
        key: Streamlit key.
    """
    left, middle, right = st.columns(3)
    with left:
        test = st.selectbox(
            "Measured on", ["", *tests], key=f"{key}.test",
            format_func=lambda path: path or "a fifth of the photos, kept aside",
        )  # fmt: skip
    with middle:
        folds = st.number_input(
            "Folds", 0, 20, 0, key=f"{key}.folds",
            help="Over 1: that many networks, each measured on photos that it has not seen; no model folder is made.",
        )  # fmt: skip
    section: Section = {"train": [str(facts.path)], "test": [test] if test else [], "folds": int(folds)}
    if facts.task == "classification":
        with right:
            section["balance"] = st.selectbox(
                "Classes", list(BALANCES), format_func=lambda b: BALANCES[b], key=f"{key}.balance"
            )
    return section


def fit_section(facts: DatasetFacts, backbone: str, *, key: str) -> Section:
    """Ask how to learn."""
    left, middle, right = st.columns(3)
    with left:
        learns = ["scratch"] if backbone in WITHOUT_WEIGHTS else list(LEARNS)
        learn = st.selectbox("Learns", learns, format_func=lambda one: LEARNS[one], key=f"{key}.learn.{len(learns)}")
        epochs = st.number_input("Epochs", 1, 2000, 20, key=f"{key}.epochs")
        patience = st.number_input(
            "Patience, epochs", 0, 500, 0, key=f"{key}.patience",
            help="Stops after so many epochs without a better one; 0 never stops early. The best weights are kept.",
        )  # fmt: skip
    with middle:
        optimizer = st.selectbox(
            "Optimiser", list(OPTIMISERS), format_func=lambda o: OPTIMISERS[o], key=f"{key}.optimizer"
        )
        rate = st.number_input("Learning rate", 1e-6, 1.0, 5e-4, 1e-4, format="%.6f", key=f"{key}.rate")
        batch = st.number_input("Batch, photos", 1, 512, 16, key=f"{key}.batch")
    section: Section = {
        "learn": learn, "epochs": int(epochs), "patience": int(patience), "optimizer": optimizer,
        "learning_rate": float(rate), "batch_size": int(batch),
    }  # fmt: skip
    with right:
        if facts.task == "regression":
            loss = st.selectbox("Loss", list(LOSSES), format_func=lambda one: LOSSES[one], key=f"{key}.loss")
            section["loss"] = loss
            if loss == "margin_mae":
                section["margin"] = st.number_input("Margin", 0.0, 1e6, 0.02, format="%.3f", key=f"{key}.margin")
        section["dropout"] = st.slider("Dropout", 0.0, 0.8, 0.2, 0.05, key=f"{key}.dropout")
        section["seed"] = int(st.number_input("Seed", 0, 2**31 - 1, 1, key=f"{key}.seed"))
    return section


def augment_section(*, key: str) -> Section:
    """Ask how far photos are changed while learning."""
    columns = st.columns(2)
    section: Section = {}
    for index, (name, (words, low, high, value, step)) in enumerate(_AUGMENTS.items()):
        with columns[index % 2]:
            section[name] = st.slider(words, low, high, value, step, key=f"{key}.{name}")
    with columns[0]:
        section["flip"] = st.checkbox("Mirror left and right", True, key=f"{key}.flip")
    with columns[1]:
        section["flip_vertical"] = st.checkbox("Mirror up and down", False, key=f"{key}.flip_vertical")
    return section


def training_form(
    facts: DatasetFacts, weights: Mapping[str, Mapping[str, str]], tests: Sequence[str], *, key: str
) -> dict[str, Section]:
    """Draw the form.

    Returns:
        The sections of a config, unchecked.
    """
    st.subheader("Network", anchor=False)
    model = model_section(facts, weights, key=f"{key}.model")
    st.subheader("Photos", anchor=False)
    data = data_section(facts, tests, key=f"{key}.data")
    st.subheader("Fitting", anchor=False)
    fit = fit_section(facts, model["backbone"], key=f"{key}.fit")
    if fit["learn"] == "scratch":
        model["pretrained"] = ""
    with st.expander("How far photos are changed while learning", icon=":material/auto_fix_high:"):
        augment = augment_section(key=f"{key}.augment")
    with st.expander("Search for better settings", icon=":material/travel_explore:"):
        search = search_section(facts, key=f"{key}.search")
    return {"model": model, "data": data, "fit": fit, "augment": augment, "search": search}
