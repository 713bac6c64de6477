"""The question: target, methods, layer, and where the object is; all of it in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from components import session_keys as keys
from components.address import read_address
from components.explain_controls import method_choice, signed_choice, target_choice
from components.layer_choice import layer_choice
from core.explain.methods import METHODS
from core.runtime.model_config import ModelFolder
from core.services.box_targets import target_box
from core.services.context import Context
from core.services.explain_masks import ObjectPlace
from core.services.explain_orders import NetworkFacts
from core.services.explain_page import targets
from core.types import Finding, Photo
from pages.explain_parts.place import drawn_box, object_place


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks; see ``core.explain.explain``. ``place``: where the object is, None where unknown."""

    target: str | None
    methods: tuple[str, ...]
    layer: str
    signed: bool
    place: ObjectPlace | None


def question(
    context: Context, photo: Photo, folder: ModelFolder, facts: NetworkFacts, findings: tuple[Finding, ...]
) -> Question | None:
    """Draw the controls; None where a detector has no box to be asked about, after that was said."""
    options = targets(folder, findings, drawn_box())
    named = target_box(read_address(keys.EXPLAIN_TARGET) or "") if folder.config.family == "detection" else None
    if not options and named is None:
        st.info("There is no box to be asked about. Draw one above the picture: why not can be asked, too.")
        return None
    if not options:
        options = {read_address(keys.EXPLAIN_TARGET) or "": "the box of the address"}
    target = target_choice(options, "the box of the address" if named else None)
    fitting = [name for name in METHODS if name != "cam" or folder.config.family != "detection"]
    methods = method_choice(fitting, facts.method)
    layer = facts.layer
    if any(METHODS[name].place == "layer" for name in methods):
        layer = layer_choice({info.name: info.shape for info in facts.layers}, facts.stations, default=facts.layer)
    signed = signed_choice(default=folder.config.family == "regression")
    return Question(target or None, methods, layer, signed, object_place(context, photo))
