"""``POST /v1/inspect``: one photo in, its findings out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from core.api.upload import MULTIPART_FILE, receive_file
from core.services.batch import DEFAULT_TAG
from core.services.context import Context
from core.services.export import Document, photo_document
from core.services.inspect import inspect_photo
from core.services.thresholds import shown_findings
from core.store.intake import UploadSink


def inspection_routes(context: Callable[[], Context]) -> APIRouter:
    """The route, on the context that ``context()`` gives."""
    routes = APIRouter(tags=["inspection"])

    @routes.post("/inspect", openapi_extra=MULTIPART_FILE)
    async def inspect(
        request: Request, tag: str = Query(DEFAULT_TAG, description="Decides which models run.")
    ) -> dict[str, Any]:
        """Keep one photo, inspect it at once, and answer as ``gridlens inspect --json`` does for one photo."""
        opened = await run_in_threadpool(context)
        sink = await receive_file(request, opened.store)
        return await run_in_threadpool(_inspect, opened, sink, tag)

    return routes


def _inspect(context: Context, sink: UploadSink, tag: str) -> Document:
    with sink:
        photo = sink.finish(tags=(tag,)).photo
    result = inspect_photo(context, photo.sha256)
    return photo_document(result.photo, shown_findings(result.findings, context.thresholds))
