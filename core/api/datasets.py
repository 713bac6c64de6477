"""``/v1/datasets``: versions of labelled photos, their rows, changes to them, imports and exports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from core.datasets.dealing import Sample, Split
from core.datasets.formats import FORMATS
from core.datasets.frames import MAX_SHARPEST_OF
from core.datasets.operations import Merge, Operation, Relabel, Remove
from core.datasets.versions import version_document
from core.errors import InputError
from core.services.context import Context
from core.services.dataset_intake import import_csv, import_dataset, import_folders
from core.services.datasets import (
    add_dataset,
    change_dataset,
    compare_datasets,
    comparison_document,
    dataset_versions,
    export_version,
    lineage,
    row_document,
    rows_page,
    saved_document,
)

CSV_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}
}
MOST_ROWS = 1000
OPERATIONS: tuple[type[Operation], ...] = (Remove, Relabel, Merge, Sample, Split)


class Addition(BaseModel):
    """Whose photos to add to a version."""

    model_config = ConfigDict(extra="forbid")
    other: Annotated[str, Field(description="Version: hash or name.")]
    on_conflict: Literal["refuse", "replace", "both"] = "refuse"


class Import(BaseModel):
    """Files on the server to make a version of."""

    model_config = ConfigDict(extra="forbid")
    source: Annotated[str, Field(description="File or folder on the server.")]
    format: Annotated[str, Field(description=f"auto, {', '.join(FORMATS)}.")] = "auto"
    name: str | None = None
    photos_dir: str | None = None
    parent: str | None = None


class FolderImportWish(BaseModel):
    """A folder on the server whose subfolders are classes."""

    model_config = ConfigDict(extra="forbid")
    source: str
    name: str | None = None
    level: int | Literal["leaf", "full"] = "full"
    per_second: Annotated[float, Field(description="Frames of videos that are looked at, a second.")] = 1.0
    least_distance: Annotated[int, Field(ge=0, le=64)] = 6
    sharpest_of: Annotated[int, Field(ge=1, le=MAX_SHARPEST_OF, description="Keep the sharpest of so many.")] = 1
    most_blur: Annotated[float, Field(gt=0, le=1, description="Leave out frames more blurred than this.")] = 1.0
    one_a_scene: Annotated[bool, Field(description="Keep one frame a scene, the sharpest.")] = False


class Export(BaseModel):
    """Where to write a version, and how."""

    model_config = ConfigDict(extra="forbid")
    format: Annotated[str, Field(description=", ".join(FORMATS))]
    folder: Annotated[str, Field(description="New or empty folder on the server.")]


def dataset_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter(prefix="/datasets", tags=["datasets"])

    @routes.get("")
    def every_version() -> list[dict[str, Any]]:
        """All versions, the newest first."""
        return [version_document(version) for version in dataset_versions(context().settings).versions()]

    _add_intake(routes, context)
    _add_views(routes, context)
    _add_changes(routes, context)
    return routes


def _add_intake(routes: APIRouter, context: Callable[[], Context]) -> None:
    @routes.post("", status_code=201, openapi_extra=CSV_BODY)
    async def upload(
        request: Request, name: str, photos_dir: str | None = None, parent: str | None = None
    ) -> dict[str, Any]:
        """Make a version of a dataset CSV (the body). Relative paths begin at ``photos_dir`` on the server."""
        settings = (await run_in_threadpool(context)).settings
        data = bytearray()
        async for chunk in request.stream():
            data += chunk
            if len(data) > settings.max_upload_bytes:
                limit = f"{settings.max_upload_bytes / 1e6:.0f} MB"
                raise InputError(f"{name}.csv: expected at most {limit}, received more; raise GRIDLENS_MAX_UPLOAD_MB")
        folder = Path(photos_dir) if photos_dir else None
        saved = await run_in_threadpool(
            import_csv, settings, bytes(data), f"{name}.csv", name=name, photos_dir=folder, parent=parent
        )
        return saved_document(saved)

    @routes.post("/imports", status_code=201)
    def bring_in(wish: Import) -> dict[str, Any]:
        """Make a version of annotations on the server; the photos stay where they are."""
        folder = Path(wish.photos_dir) if wish.photos_dir else None
        saved = import_dataset(
            context().settings, Path(wish.source), format_name=wish.format, name=wish.name, photos_dir=folder,
            parent=wish.parent,
        )  # fmt: skip
        return saved_document(saved)

    @routes.post("/folder-imports", status_code=201)
    def bring_in_folders(wish: FolderImportWish) -> dict[str, Any]:
        """Make a version of folders whose names are classes; ``failed`` names the files that were left out."""
        found = import_folders(
            context().settings, Path(wish.source), name=wish.name, level=wish.level, per_second=wish.per_second,
            least_distance=wish.least_distance, sharpest_of=wish.sharpest_of, most_blur=wish.most_blur,
            one_a_scene=wish.one_a_scene,
        )  # fmt: skip
        failed = [{"path": problem.file, "error": str(problem)} for problem in found.problems]
        counted = {"videos": found.videos, "near_duplicates_left_out": found.dropped,
                   "blurred_left_out": found.blurred, "failed": failed}  # fmt: skip
        return saved_document(found.saved) | counted


def _add_views(routes: APIRouter, context: Callable[[], Context]) -> None:
    @routes.get("/{version}")
    def one_version(
        version: str,
        label: Annotated[str | None, Query(description="Rows of this label alone.")] = None,
        split: Annotated[str | None, Query(description="Rows of this split alone.")] = None,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=0, le=MOST_ROWS)] = 100,
    ) -> dict[str, Any]:
        """A version with its counts, some of its rows, and what was made from it. Takes a hash or a name."""
        versions = dataset_versions(context().settings)
        found = versions.version(version)
        page = rows_page(versions.read(found.hash), label=label, split=split, offset=offset, limit=limit)
        children = [child.hash for child in lineage(versions.versions(), found).children]
        shown = {"total": page.total, "offset": page.offset, "items": [row_document(row) for row in page.rows]}
        return {**version_document(found), "children": children, "page": shown}

    @routes.get("/{version}/csv", response_class=FileResponse)
    def rows_as_csv(version: str) -> FileResponse:
        """The version's own file: what training and evaluation take."""
        versions = dataset_versions(context().settings)
        found = versions.version(version)
        return FileResponse(versions.csv_path(found.hash), media_type="text/csv", filename=f"{found.hash}.csv")

    @routes.get("/{before}/diff/{after}")
    def difference(before: str, after: str, limit: Annotated[int, Query(ge=0)] = MOST_ROWS) -> dict[str, Any]:
        """What differs between two versions: counts by kind, and the first changes."""
        settings = context().settings
        versions = dataset_versions(settings)
        hashes = (versions.version(before).hash, versions.version(after).hash)
        return comparison_document(compare_datasets(settings, *hashes), limit)


def _add_changes(routes: APIRouter, context: Callable[[], Context]) -> None:
    @routes.post("/{version}/add", status_code=201)
    def add(version: str, addition: Addition) -> dict[str, Any]:
        """Add the photos of another version."""
        settings = context().settings
        other = dataset_versions(settings).version(addition.other).hash
        return saved_document(add_dataset(settings, version, other, addition.on_conflict))

    @routes.post("/{version}/exports", status_code=201)
    def export(version: str, wish: Export) -> dict[str, str]:
        """Write a version with copies of its photos in the format of another tool."""
        folder = export_version(context().settings, dataset_versions(context().settings).version(version).hash,
                                wish.format, Path(wish.folder))  # fmt: skip
        return {"folder": str(folder), "format": wish.format}

    for operation in OPERATIONS:
        _add_operation(routes, context, operation)


def _add_operation(routes: APIRouter, context: Callable[[], Context], operation: type[Operation]) -> None:
    def change(version: str, wish: Any) -> dict[str, Any]:
        return saved_document(change_dataset(context().settings, version, wish))

    change.__doc__ = operation.__doc__
    # The body's form is the operation itself: what a version's JSON keeps can be sent again as it is.
    change.__annotations__["wish"] = Annotated[operation, Body()]
    routes.post(f"/{{version}}/{operation.name}", status_code=201, name=operation.name)(change)
