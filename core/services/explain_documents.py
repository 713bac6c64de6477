"""Explanations and channels as JSON: what the API answers, the same numbers as the pages show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ConfigError, NotFoundError
from core.runtime.model_config import ModelFolder
from core.services.box_targets import target_box
from core.services.context import Context
from core.services.explain import explanation_facts, trust_document
from core.services.explain_desk import ExplainDesk
from core.services.explain_masks import ObjectPlace, find_masks
from core.services.explain_orders import MapsOrder, NetworkFacts, NetworkOrder, ScoresOrder, in_one_pass
from core.services.explain_page import model_findings, photo_file
from core.services.feature_orders import Channels, ChannelsOrder
from core.types import FloatImage, Photo

if TYPE_CHECKING:
    from core.explain.result import Explanation


def network_document(desk: ExplainDesk, folder: ModelFolder) -> dict[str, Any]:
    """Layers, methods and labels of a model; the default is what measured best.

    Raises:
        ModelError: the model's folder is not whole.
    """
    from core.explain.methods import METHODS

    facts: NetworkFacts = desk.ask(NetworkOrder(folder.path)).result()
    return {
        "model": folder.config.name,
        "version": folder.version,
        "labels": list(facts.labels),
        "default": {"method": facts.method, "layer": facts.layer},
        "field_layers": list(facts.field),
        "layers": [
            {"name": info.name, "kind": info.kind, "shape": list(info.shape), "weights": info.weight_count}
            for info in facts.layers
        ],
        "methods": [
            {"name": m.name, "title": m.title, "at": m.place, "passes": m.passes, "source": m.source}
            for m in METHODS.values()
        ],
    }


def choice_document(folder: ModelFolder) -> dict[str, Any]:
    """What was measured for a version; see ``core.services.explain_choice``.

    Raises:
        NotFoundError: nothing was.
        ModelError: its file is no choice.
    """
    from core.explain.defaults import stored_choice

    values = stored_choice(folder)
    if values is None:
        name = folder.path.name
        raise NotFoundError(
            f"explanations of {name}: nothing measured for version {folder.version}; run gridlens choose-explanations"
        )
    return values


def explanation_answer(
    context: Context,
    desk: ExplainDesk,
    photo: Photo,
    model: str,
    *,
    method: str | None = None,
    layer: str | None = None,
    target: str | None = None,
    signed: bool | None = None,
    place: ObjectPlace | None = None,
    scored: bool = True,
) -> dict[str, Any]:
    """A map with its scores and what they amount to.

    Args:
        context, desk: the store, and where explanations are ordered.
        photo, model: what is explained, and of whom.
        method, layer, target, signed: see ``core.explain.explain``; by default what measured best for the model.
        place: where the object is.
        scored: whether to measure the map.

    Raises:
        NotFoundError, ConfigError, ArrayShapeError: see ``core.explain.explain``.
        PhotoError: the photo cannot be read.
    """
    from core.explain.methods import find_method

    folder = context.registry.folder(model)
    facts: NetworkFacts = desk.ask(NetworkOrder(folder.path)).result()
    chosen = find_method(method or facts.method)
    layers: tuple[str, ...] = (layer,) if layer else ()
    at = layer or (facts.head if chosen.name == "cam" else facts.layer)
    if chosen.place == "layer":
        layers = in_one_pass(chosen.name, at, facts)
    order = MapsOrder(folder.path, photo_file(context, photo), chosen.name, layers, target, signed)
    maps: tuple[Explanation, ...] = desk.ask(order).result()
    found = next((one for one in maps if one.layer == at), maps[-1])
    scores = desk.ask(ScoresOrder(order, found.layer, place)).result() if scored and found.has_evidence else {}
    recognised = all(finding.recognised for finding in model_findings(context, photo, model))
    return {
        **explanation_facts(found, photo, recognised),
        "scores": dict(scores),
        "trust": trust_document(scores, recognised=recognised),
        "map": _rows(found.map_hw) if found.has_evidence else None,
    }


def channels_answer(
    context: Context,
    desk: ExplainDesk,
    photo: Photo,
    model: str,
    layer: str,
    place: ObjectPlace | None = None,
    channel: int | None = None,
) -> dict[str, Any]:
    """A layer's channels with their energy and, with a place, their response there; one of them as a map, too.

    Raises:
        NotFoundError: no such model or layer.
        ConfigError: a layer without rows and columns, a channel out of range.
        PhotoError: the photo cannot be read.
    """
    folder = context.registry.folder(model)
    order = ChannelsOrder(folder.path, photo_file(context, photo), layer, place)
    found: Channels = desk.ask(order).result()
    count = found.maps_hwc.shape[2]
    if channel is not None and not 0 <= channel < count:
        raise ConfigError(f"channel {channel}: expected 0 to {count - 1} of layer {found.layer!r}")
    responses = [None] * count if found.response is None else found.response.tolist()
    return {
        "model": folder.config.name,
        "version": folder.version,
        "sha256": photo.sha256,
        "layer": found.layer,
        "shape": list(found.maps_hwc.shape),
        "tile": found.tile,
        "channels": [
            {"channel": k, "energy": energy, "response": response}
            for k, (energy, response) in enumerate(zip(found.energy.tolist(), responses, strict=True))
        ],
        "map": None if channel is None else _rows(found.on_photo(channel)),
    }


def named_place(context: Context, photo: Photo, mask: str | None, box: str | None) -> ObjectPlace | None:
    """Where the object is: a box ``x_min,y_min,x_max,y_max``, or a render's mask by name.

    Raises:
        NotFoundError: the photo has no such mask.
        ConfigError: the box is none.
    """
    if box is not None:
        named = target_box(f"box:{box}")
        if named is None:
            raise ConfigError(f"box: expected x_min,y_min,x_max,y_max in pixels, got {box[:80]!r}")
        return ObjectPlace(box_xyxy_px=named[1])
    if mask is None:
        return None
    masks = find_masks(context.settings, photo)
    if mask not in masks:
        known = ", ".join(masks) or "none: it is no render that this server knows"
        raise NotFoundError(f"mask {mask[:80]!r} of {photo.name}: expected one of {known}")
    return ObjectPlace(mask_path=masks[mask])


def _rows(map_hw: FloatImage) -> dict[str, Any]:
    return {"height": map_hw.shape[0], "width": map_hw.shape[1], "values": np.round(map_hw.astype(float), 4).tolist()}
