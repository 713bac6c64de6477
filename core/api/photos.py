"""``/v1/photos``: photos in, and everything the viewer shows of them out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from core.api.upload import MULTIPART_FILE, receive_file
from core.errors import NotFoundError, PhotoError, StoreError
from core.imaging import VariantKind, viewer_tile
from core.services.context import Context
from core.services.export import photo_document
from core.services.thresholds import shown_findings
from core.store.intake import UploadSink

# A photo's name is the hash of its bytes: what is behind such an address never changes.
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
FRESH = {"Cache-Control": "private, no-cache"}
Tags = Annotated[list[str], Query(alias="tag", description="Given to the photo; may be repeated.")]


def photo_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter(prefix="/photos", tags=["photos"])
    _add_intake(routes, context)
    _add_pictures(routes, context)

    @routes.get("/{sha256}")
    def photo(sha256: str) -> dict[str, Any]:
        """A photo with its findings, as ``gridlens inspect --json``, and its tags, metadata and heat maps."""
        opened = context()
        row = opened.store.photo_row(sha256)
        return {
            **photo_document(row.photo, shown_findings(opened.store.findings(sha256), opened.thresholds)),
            "tags": list(row.tags),
            "metadata": opened.store.metadata(sha256),
            "urgency": {"step": row.urgency_step, "score": row.urgency_score},
            "heat_maps": [{"model": m, "label": label} for m, label in opened.store.heat_map_labels(sha256)],
        }

    @routes.get("/{sha256}/heat/{model}")
    def heat(sha256: str, model: str, label: str | None = None) -> Response:
        """A heat map: rows of values over the whole upright photo. Without a label, the model's first."""
        return _heat_answer(context(), sha256, model, label)

    return routes


def _add_intake(routes: APIRouter, context: Callable[[], Context]) -> None:
    @routes.post("", status_code=201, openapi_extra=MULTIPART_FILE)
    async def add(request: Request, batch: str | None = None, tags: Tags = []) -> dict[str, Any]:  # noqa: B006
        """Keep one photo (multipart part ``file``); with a batch, the workers inspect it."""
        opened = await run_in_threadpool(context)
        if batch is not None:
            await run_in_threadpool(opened.store.batch, batch)
        try:
            sink = await receive_file(request, opened.store)
        except PhotoError as error:  # over the limit: the batch's list of failures names it
            if batch is not None:
                await run_in_threadpool(_note_failure, opened, batch, request.state.file_name, str(error))
            raise
        return await run_in_threadpool(_finish, sink, batch, tuple(tags))


def _finish(sink: UploadSink, batch_id: str | None, tags: tuple[str, ...]) -> dict[str, Any]:
    with sink:
        added = sink.finish(tags=tags, batch_id=batch_id)
    return {"sha256": added.photo.sha256, "name": added.photo.name, "is_new": added.is_new}


def _note_failure(context: Context, batch_id: str, name: str, error: str) -> None:
    with suppress(StoreError):
        context.store.fail_file(batch_id, name, error)


def _add_pictures(routes: APIRouter, context: Callable[[], Context]) -> None:
    @routes.get("/{sha256}/standard", response_class=FileResponse)
    def standard(sha256: str) -> FileResponse:
        """JPEG, long side 2048 px, upright."""
        return _variant_answer(context(), sha256, "standard")

    @routes.get("/{sha256}/thumbnail", response_class=FileResponse)
    def thumbnail(sha256: str) -> FileResponse:
        """JPEG, long side 320 px, upright."""
        return _variant_answer(context(), sha256, "thumbnail")

    @routes.get("/{sha256}/original", response_class=FileResponse)
    def original(sha256: str) -> FileResponse:
        """The file as it came, for download."""
        store = context().store
        photo = store.photo(sha256)
        return FileResponse(
            store.original_path(sha256), media_type=photo.media_type, filename=photo.name, headers=FOREVER
        )

    @routes.get("/{sha256}/tiles/{level}/{column}/{row}", response_class=Response)
    def tile(sha256: str, level: int, column: int, row: int) -> Response:
        """512 px JPEG tile of the upright photo; level 0 is full resolution, each next one half of it."""
        store = context().store
        name = store.photo(sha256).name
        data = viewer_tile(store.original_path(sha256), name, level, column, row)
        return Response(data, media_type="image/jpeg", headers=FOREVER)


def _variant_answer(context: Context, sha256: str, kind: VariantKind) -> FileResponse:
    return FileResponse(context.store.variant_path(sha256, kind), media_type="image/jpeg", headers=FOREVER)


def _heat_answer(context: Context, sha256: str, model: str, label: str | None) -> Response:
    context.store.photo(sha256)
    labels = [known for m, known in context.store.heat_map_labels(sha256) if m == model]
    heat_map = context.store.heat_map(sha256, model, label if label is not None else labels[0]) if labels else None
    if heat_map is None:
        known = ", ".join(labels) or "none yet"
        raise NotFoundError(f"heat map of {model[:80]} for {label!r}: expected one of {known}; inspect the photo first")
    values = np.round(heat_map.map_hw.astype(np.float64), 4)
    document = {
        "label": heat_map.label,
        "method": heat_map.method,
        "layer": heat_map.layer,
        "height": values.shape[0],
        "width": values.shape[1],
        "min": float(values.min()),
        "max": float(values.max()),
        "values": values.tolist(),
    }
    return JSONResponse(document, headers=FRESH)
