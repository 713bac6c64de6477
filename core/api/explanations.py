"""Explanations over HTTP: ``/v1/photos/…/explain``, ``/v1/photos/…/features``, ``/v1/models/…/layers``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query

from core.services.context import Context
from core.services.explain_desk import explain_desk
from core.services.explain_documents import (
    channels_answer,
    choice_document,
    explanation_answer,
    named_place,
    network_document,
)

Box = Annotated[
    str | None, Query(description="Where the object is: x_min,y_min,x_max,y_max, pixels of the upright photo.")
]
Mask = Annotated[str | None, Query(description="Name of a render's mask: object, joint, cap.")]


def explanation_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter(tags=["explanations"])

    @routes.get("/photos/{sha256}/explain/{model}")
    def explain(
        sha256: str,
        model: str,
        method: Annotated[str | None, Query(description="By default the one that measured best.")] = None,
        layer: str | None = None,
        target: Annotated[str | None, Query(description="Label, -label, or LABEL:x_min,y_min,x_max,y_max.")] = None,
        signed: bool | None = None,
        box: Box = None,
        mask: Mask = None,
        scores: bool = True,
    ) -> dict[str, Any]:
        """Where an answer comes from, with scores; where there is no evidence, the reason instead of a map."""
        opened = context()
        photo = opened.store.photo(sha256)
        return explanation_answer(
            opened,
            explain_desk(),
            photo,
            model,
            method=method,
            layer=layer,
            target=target,
            signed=signed,
            place=named_place(opened, photo, mask, box),
            scored=scores,
        )

    @routes.get("/photos/{sha256}/features/{model}")
    def features(
        sha256: str, model: str, layer: str, channel: int | None = None, box: Box = None, mask: Mask = None
    ) -> dict[str, Any]:
        """A layer's channels with their energy; with ``channel`` its map over the photo, too."""
        opened = context()
        photo = opened.store.photo(sha256)
        place = named_place(opened, photo, mask, box)
        return channels_answer(opened, explain_desk(), photo, model, layer, place, channel)

    @routes.get("/models/{model}/layers")
    def layers(model: str) -> dict[str, Any]:
        """Layers with their shapes, methods, labels, and the default explanation."""
        return network_document(explain_desk(), context().registry.folder(model))

    @routes.get("/models/{model}/explanations")
    def explanations(model: str) -> dict[str, Any]:
        """The table that the default explanation was chosen from, and its figures on other photos."""
        return choice_document(context().registry.folder(model))

    return routes
