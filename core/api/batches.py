"""``/v1/batches``: begin a batch, ask how far it is, stop it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from core.services.context import Context


class NewBatch(BaseModel):
    """A batch to begin."""

    name: Annotated[str, Field(max_length=200, description="For display.")] = "Photos"
    tags: Annotated[list[str], Field(max_length=50, description="Given to every photo of the batch.")] = []


class FailedFile(BaseModel):
    """A file that its sender gave up on."""

    name: Annotated[str, Field(min_length=1, max_length=500, description="What the person calls the file.")]
    error: Annotated[str, Field(min_length=1, max_length=500, description="Why it could not be sent.")]


def batch_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter(prefix="/batches", tags=["batches"])

    @routes.post("", status_code=201)
    def create(new: Annotated[NewBatch | None, Body()] = None) -> dict[str, str]:
        """Begin a batch; photos are added with ``POST /v1/photos?batch=ID``."""
        wanted = new or NewBatch()
        return {"id": context().store.create_batch(wanted.name, wanted.tags)}

    @routes.get("/{batch_id}")
    def progress(batch_id: str) -> dict[str, Any]:
        """How far a batch is, and the files of it that failed."""
        return _progress(context(), batch_id)

    @routes.post("/{batch_id}/failures", status_code=201)
    def add_failure(batch_id: str, file: FailedFile) -> dict[str, Any]:
        """Keep a row for a file that never arrived (too large, connection broken), so that it stays named."""
        context().store.fail_file(batch_id, file.name, f"{file.name}: {file.error}")
        return _progress(context(), batch_id)

    @routes.post("/{batch_id}/cancel")
    def cancel(batch_id: str) -> dict[str, Any]:
        """Stop a batch: what waits is cancelled, what runs is finished, what is done is kept."""
        store = context().store
        store.batch(batch_id)
        store.cancel_batch(batch_id)
        return _progress(context(), batch_id)

    return routes


def _progress(context: Context, batch_id: str) -> dict[str, Any]:
    batch = context.store.batch(batch_id)
    progress = context.store.progress(batch_id)
    failures = [{"name": row.name, "error": row.error} for row in context.store.rows(batch_id, ("failed",), limit=200)]
    return {
        "id": batch.id,
        "name": batch.name,
        "tags": list(batch.tags),
        **asdict(progress),
        "is_finished": progress.is_finished,
        "failures": failures,
    }
