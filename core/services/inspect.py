"""One photo through all plugins that want it: decode once, predict, keep everything in one transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.imaging import decode_upright, encode_variant
from core.imaging.variants import LONG_SIDE_PX
from core.runtime.model import Model
from core.services.context import Context
from core.services.export import photo_document
from core.services.thresholds import Thresholds, shown_findings
from core.services.urgency import PhotoUrgency, assess_urgency, urgency_of
from core.services.webhook import post_webhook
from core.services.wording import quantity_key
from core.store import MetadataChange, Plugin, matches, parse_filter
from core.store.filters import keys_of
from core.types import Finding, Photo, Prediction, UInt8Image

MODEL_TARGET = "model:"


@dataclass(frozen=True, slots=True, eq=False)
class InspectionResult:
    """What is known about a photo after its inspection.

    Attributes:
        photo: the photo.
        findings: all current findings, those of earlier inspections too.
        urgency: how soon a person should look.
        new_predictions: names of models that ran now; empty where everything was known.
        elapsed_s: time it took, seconds, webhooks left out.
    """

    photo: Photo
    findings: tuple[Finding, ...]
    urgency: PhotoUrgency
    new_predictions: tuple[str, ...]
    elapsed_s: float


@dataclass(slots=True)
class _Inspection:
    """One photo's way through the plugins; what is known so far, and what is to be written."""

    context: Context
    photo: Photo
    tags: tuple[str, ...]
    metadata: dict[str, Any]
    plugins: Sequence[Plugin]
    predictions: list[Prediction] = field(default_factory=list)
    changes: list[MetadataChange] = field(default_factory=list)
    reused: list[tuple[str, str]] = field(default_factory=list)
    webhooks: list[Plugin] = field(default_factory=list)
    image_hwc: UInt8Image | None = None


def inspect_photo(context: Context, photo_sha256: str, *, row_id: int | None = None) -> InspectionResult:
    """Run every plugin whose filter accepts the photo, in the order that their metadata asks for.

    A model that has answered for this photo in this version is not run again. Results are committed in
    one transaction with the ledger row, so that a process killed anywhere leaves all of it or nothing.

    Args:
        context: store and models.
        photo_sha256: a photo of the store.
        row_id: ledger row to mark as done with the findings.

    Returns:
        All current findings of the photo.

    Raises:
        NotFoundError: no such photo.
        PhotoError: the photo cannot be decoded.
        ModelError: a model's folder is broken.
        StoreError: the store cannot do it now; nothing was changed.
    """
    started_s = time.perf_counter()
    store = context.store
    row = store.photo_row(photo_sha256)
    plugins = [plugin for plugin in store.plugins() if plugin.enabled]
    inspection = _Inspection(context, row.photo, row.tags, store.metadata(photo_sha256), plugins)
    for plugin in plugins:
        if _accepts(inspection, plugin):
            _run_plugin(inspection, plugin)
    _keep_thumbnail(inspection)
    findings, urgency = _commit(inspection, row_id)
    elapsed_s = time.perf_counter() - started_s
    _deliver_webhooks(inspection, findings)
    new = tuple(prediction.model for prediction in inspection.predictions)
    return InspectionResult(row.photo, findings, urgency, new, elapsed_s)


def _run_plugin(inspection: _Inspection, plugin: Plugin) -> None:
    if not plugin.target.startswith(MODEL_TARGET):
        inspection.webhooks.append(plugin)
        return
    name = plugin.target.removeprefix(MODEL_TARGET)
    if name not in inspection.context.registry:
        return  # a rule may name a model that is not installed on this machine
    store, sha256 = inspection.context.store, inspection.photo.sha256
    version = inspection.context.registry.folder(name).version
    if store.has_prediction(sha256, name, version, {}):
        inspection.reused.append((name, version))
        return
    model = inspection.context.registry.model(name)
    prediction = model.predict(
        sha256, _pixels(inspection, model), (inspection.photo.width_px, inspection.photo.height_px)
    )
    inspection.predictions.append(prediction)
    change = _metadata_change(prediction, inspection.context.thresholds)
    inspection.changes.append(change)
    if change.value is None:
        inspection.metadata.pop(change.key, None)
    else:
        inspection.metadata[change.key] = change.value


def _accepts(inspection: _Inspection, plugin: Plugin) -> bool:
    """Whether the plugin's event has happened to the photo and its filter holds now."""
    has_happened = plugin.event == "photo.added" or bool(inspection.metadata or inspection.tags)
    return has_happened and matches(parse_filter(plugin.filter), inspection.tags, inspection.metadata)


def _metadata_change(prediction: Prediction, thresholds: Thresholds) -> MetadataChange:
    """What a prediction says about the photo as a whole; other plugins' filters wait for it.

    ``polecat.label``, ``shackle.worn_fraction``, ``topcap.worst`` (the most urgent label in sight), and for
    a model of several labels at once ``name.labels``, the list of those that hold. An answer that is not
    recognised, or no box, takes the entry away: no rule may act on it.
    """
    writer = f"model:{prediction.model}@{prediction.version}"
    kinds = {finding.kind for finding in prediction.findings}
    best = prediction.findings[0] if prediction.findings else None
    if best is not None and best.stands_alone:
        holding = [finding.label for finding in shown_findings(prediction.findings, thresholds)]
        return MetadataChange(f"{prediction.model}.labels", holding if best.recognised else None, writer)
    if best is not None and "class" in kinds:
        return MetadataChange(f"{prediction.model}.label", best.label if best.recognised else None, writer)
    if best is not None and "value" in kinds:
        key = f"{prediction.model}.{quantity_key(best.label)}"
        return MetadataChange(key, best.value if best.recognised else None, writer)
    shown = shown_findings(prediction.findings, thresholds)
    worst = max(shown, key=urgency_of).label if shown else None
    return MetadataChange(f"{prediction.model}.worst", worst, writer)


def _pixels(inspection: _Inspection, model: Model) -> UInt8Image:
    """The photo, decoded once at the largest scale that any plugin to come may need."""
    if inspection.image_hwc is None:
        photo = inspection.photo
        models = [model, *_models_that_may_run(inspection)]
        wanted = [m.wanted_long_side_px(photo.width_px, photo.height_px) for m in models]
        long_side_px = max(LONG_SIDE_PX["thumbnail"], *wanted)
        path = inspection.context.store.original_path_of(photo)
        inspection.image_hwc = decode_upright(path, photo.name, at_least_px=long_side_px)
    return inspection.image_hwc


def _models_that_may_run(inspection: _Inspection) -> list[Model]:
    """Models whose filter accepts the photo now, or waits for metadata that another plugin writes."""
    registry, models = inspection.context.registry, []
    to_be_written = {key for plugin in inspection.plugins for key in plugin.writes}
    for plugin in inspection.plugins:
        name = plugin.target.removeprefix(MODEL_TARGET)
        if not plugin.target.startswith(MODEL_TARGET) or name not in registry:
            continue
        if keys_of(parse_filter(plugin.filter)) & to_be_written or _accepts(inspection, plugin):
            models.append(registry.model(name))
    return models


def _keep_thumbnail(inspection: _Inspection) -> None:
    """The pixels are at hand now; a gallery would have to decode the original again."""
    image_hwc = inspection.image_hwc
    if image_hwc is not None:
        data = encode_variant(image_hwc, "thumbnail")
        inspection.context.store.save_variant(inspection.photo.sha256, "thumbnail", data)


def _commit(inspection: _Inspection, row_id: int | None) -> tuple[tuple[Finding, ...], PhotoUrgency]:
    store, sha256 = inspection.context.store, inspection.photo.sha256
    with store.transaction():
        for name, version in inspection.reused:
            store.use_prediction(sha256, name, version, {})
        for prediction in inspection.predictions:
            store.save_prediction(prediction)
        findings = store.findings(sha256)
        urgency = assess_urgency(findings, inspection.context.thresholds)
        store.commit_inspection(
            sha256, metadata=inspection.changes, urgency=(urgency.score, int(urgency.step)), row_id=row_id
        )
    return findings, urgency


def _deliver_webhooks(inspection: _Inspection, findings: tuple[Finding, ...]) -> None:
    """Tell each webhook once; how it went is an entry in the metadata log, and never stops the work."""
    store, photo = inspection.context.store, inspection.photo
    for plugin in inspection.webhooks:
        key = f"webhook.{quantity_key(plugin.name)}"
        if inspection.metadata.get(key, {}).get("delivered"):
            continue
        document = {"event": plugin.event, "plugin": plugin.name, **photo_document(photo, findings)}
        document |= {"tags": list(inspection.tags), "metadata": inspection.metadata}
        delivery = post_webhook(plugin.target, document)
        store.set_metadata(photo.sha256, key, delivery.as_metadata(), f"plugin:{plugin.name}")
