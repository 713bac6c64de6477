"""``/v1/renders``: pictures with known truth, one at once or whole datasets in the background."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from core.render.dataset import encoded_jpeg, encoded_mask
from core.services.context import Context
from core.services.export import finding_document
from core.services.render_datasets import (
    DatasetOrder,
    RenderedDataset,
    begin_dataset,
    dataset_named,
    list_datasets,
    resume_dataset,
    stop_dataset,
)
from core.services.render_desk import Picture, render_desk
from core.services.render_lab import answers, preview_order, verdicts
from core.services.thresholds import shown_findings

PREVIEW_JPEG_QUALITY = 95
Names = Annotated[list[str], Field(min_length=1, max_length=100)]
Numbers = Annotated[list[float], Field(min_length=2, max_length=2)]


class WantedPreview(BaseModel):
    """A seed's scene with some variables changed."""

    scene: Annotated[str, Field(max_length=50, description="shackle or pole")] = "shackle"
    variant: Annotated[str, Field(max_length=50, description="NOTX_NOBG … WBG_WTX_WGM; scene, top, close-up")] = (
        "WBG_WTX_WGM"
    )
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 1
    variables: Annotated[
        dict[str, float | str], Field(max_length=100, description="In place of what the seed drew.")
    ] = {}
    size_px: Annotated[int | None, Field(ge=32, le=1024, description="Long side; the usual one if left out.")] = None


class WantedDataset(BaseModel):
    """A dataset to render; what ``variables`` does not name varies as in the variant."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    scene: Annotated[str, Field(max_length=50)] = "shackle"
    variant: Annotated[str, Field(max_length=50)] = "WBG_WTX_WGM"
    count: Annotated[int, Field(ge=1, le=1_000_000)]
    size_px: Annotated[int, Field(ge=32, le=2048)] = 256
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 0
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    variables: Annotated[
        dict[str, float | str | Numbers | Names],
        Field(max_length=100, description="A number, a name, [lowest, highest], or names of which one is drawn."),
    ] = {}


def render_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter(prefix="/renders", tags=["renders"])

    @routes.post("/preview")
    async def preview(wanted: WantedPreview) -> dict[str, Any]:
        """Render one picture; its truth and masks come from the scene itself, and the models answer beside it."""
        opened = await run_in_threadpool(context)
        return await run_in_threadpool(_preview, opened, wanted)

    @routes.post("/datasets", status_code=201)
    def begin(wanted: WantedDataset) -> dict[str, Any]:
        """Start to render a dataset; it goes on by itself, as ``gridlens render … --ranges`` does."""
        return _document(begin_dataset(context().settings, DatasetOrder(**wanted.model_dump())))

    @routes.get("/datasets")
    def datasets() -> list[dict[str, Any]]:
        """All datasets, the newest first."""
        return [_document(dataset) for dataset in list_datasets(context().settings)]

    @routes.get("/datasets/{name}")
    def dataset(name: str) -> dict[str, Any]:
        """How far a dataset is."""
        return _document(dataset_named(context().settings, name))

    @routes.post("/datasets/{name}/stop")
    def stop(name: str) -> dict[str, Any]:
        """Stop; what is finished is kept."""
        return _document(stop_dataset(context().settings, name))

    @routes.post("/datasets/{name}/resume")
    def resume(name: str) -> dict[str, Any]:
        """Go on where it was stopped; nothing is rendered twice."""
        return _document(resume_dataset(context().settings, name))

    return routes


def _preview(context: Context, wanted: WantedPreview) -> dict[str, Any]:
    order = preview_order(wanted.scene, wanted.variant, wanted.seed, wanted.variables, wanted.size_px)
    picture = render_desk().ask(order, f"api-{uuid.uuid4()}").result()
    return preview_document(context, picture)


def preview_document(context: Context, picture: Picture) -> dict[str, Any]:
    """A picture, its truth and the models' answers as JSON-ready values; images as base64."""
    findings = answers(context, picture)
    height_px, width_px = picture.image_hwc.shape[:2]
    return {
        "scene": picture.order.scene,
        "variant": picture.order.variant,
        "seed": picture.order.seed,
        "width_px": width_px,
        "height_px": height_px,
        "jpeg": _base64(encoded_jpeg(picture.image_hwc, PREVIEW_JPEG_QUALITY)),
        "masks_png": {name: _base64(encoded_mask(mask_hw)) for name, mask_hw in picture.masks.items()},
        "truth": picture.truth,
        "findings": [finding_document(finding) for finding in shown_findings(findings, context.thresholds)],
        "verdicts": [asdict(verdict) for verdict in verdicts(picture, findings, context.thresholds)],
        "elapsed_s": picture.elapsed_s,
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _document(dataset: RenderedDataset) -> dict[str, Any]:
    order = asdict(dataset.order)
    return {
        **order,
        "folder": str(dataset.folder),
        "state": dataset.state,
        "done": dataset.done,
        "per_hour": dataset.per_hour,
        "left_s": dataset.left_s,
        "error": dataset.error,
    }
