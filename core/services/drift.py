"""Drift of stored photos over days or flights: what the overview page and the API show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError, PhotoError
from core.imaging.decode import decode_upright
from core.imaging.lens_marks import FrameMarks
from core.imaging.quality import PhotoQuality
from core.metrics.control import MIN_REFERENCE_BATCHES
from core.metrics.drift import Alarm, DriftReport, Marks, find_drift
from core.runtime.features import FeatureReader
from core.runtime.model_config import ModelConfig
from core.services.context import Context
from core.services.curves import without_nan
from core.services.photo_marks import photo_marks, sensor_of
from core.services.photo_quality import QUALITY_KEYS, kept_quality, measured_quality
from core.services.thresholds import Thresholds, threshold_of
from core.store.rows import PhotoFilter, PhotoRow
from core.types import Finding, Photo

Float = NDArray[np.float64]

BY_DAY = "day"
MIN_PHOTOS = 3  # of a batch; smaller ones have no value
_FEATURE_PHOTOS = 60  # of each batch: enough for a distance, and seconds instead of minutes
_MARKS_PHOTOS = 16  # of each batch and sensor, decoded in full: a third of a second each for 24 megapixels


@dataclass(frozen=True, slots=True, eq=False)
class PhotoDrift:
    """Drift of photos in the store.

    Attributes:
        report: charts and alarms; photo indices in it point into ``photos``.
        photos: SHA-256 of each photo.
        batches: the photos' days, or values of the metadata key.
        without_batch: photos that were left out, since they tell no time or have not that key.
    """

    report: DriftReport
    photos: tuple[str, ...]
    batches: tuple[str, ...]
    without_batch: tuple[str, ...]


def find_photo_drift(
    context: Context,
    reference_until: str,
    *,
    wanted: PhotoFilter | None = None,
    by: str = BY_DAY,
    features_of: str | None = None,
    has_marks: bool = False,
    false_alarms: float = 0.05,
    measure_quality: bool = True,
    on_progress: Callable[[int, int], None] | None = None,
) -> PhotoDrift:
    """Compare every day (or flight) after the reference period with those in it.

    What is measured: brightness, contrast, blur, black and white shares; of every model, the share of each label, of
    refusals and the confidence, the boxes of each label a photo, or the mean value.

    Args:
        context: store and models.
        reference_until: last day of the reference period, like 2026-05-31, or the last such name that is in it.
        wanted: which photos; None for all.
        by: ``day`` (UTC, of capture), or a metadata key such as ``flight``.
        features_of: name of the model in whose feature space photos are compared, with the reference and with the
            photos that the model learned from; None leaves that out.
        has_marks: look for dead pixels and for dirt that stays in place, on some photos of every batch and camera,
            decoded in full.
        false_alarms: probability of any alarm where nothing has changed.
        measure_quality: False leaves out the quality of photos that nobody has asked for yet, which takes 50 ms each.
        on_progress: called with (done, count) while qualities are measured.

    Raises:
        ConfigError: no photo has a batch, or the reference has fewer than five batches of three photos.
        NotFoundError: no such model.
        ModelError: ``features_of`` is a detector.
    """
    rows = context.store.photos(wanted)
    batch_of = _batches(context, rows, by)
    photos = sorted(batch_of, key=lambda sha256: (batch_of[sha256], sha256))
    if not photos:
        raise ConfigError(f"{by}: expected photos that have one, got none among {len(rows)}")
    batches = [batch_of[sha256] for sha256 in photos]
    reference = {name for name in batches if name <= reference_until}
    quality = measured_quality(context, photos, on_progress) if measure_quality else kept_quality(context, photos)
    measures = _quality_measures(photos, quality) | answer_measures(context, photos)
    # Where nothing can be charted all stays, so that the error says what is missing.
    measures = {n: v for n, v in measures.items() if _can_be_charted(v, batches, reference)} or measures
    reader = None if features_of is None else FeatureReader(context.registry.folder(features_of))
    features = None if reader is None else _features(context, reader, photos, batches)
    known = {row.photo.sha256: row.photo for row in rows}
    marks = _marks(context, [known[sha256] for sha256 in photos], batches) if has_marks else None
    knows_training = reader is not None and reader.knows_training
    report = find_drift(
        measures, batches, reference, features=features, from_training=knows_training, marks=marks,
        false_alarms=false_alarms,
    )  # fmt: skip
    without = tuple(row.photo.sha256 for row in rows if row.photo.sha256 not in batch_of)
    return PhotoDrift(report, tuple(photos), tuple(batches), without)


def drift_batches(context: Context, by: str = BY_DAY) -> dict[str, int]:
    """Batch → photos in it, in order of name; days are in order of time. Photos without one are left out."""
    names = sorted(_batches(context, context.store.photos(PhotoFilter(order="captured")), by).values())
    return dict(Counter(names))


def usual_reference(batches: Mapping[str, int]) -> str | None:
    """Last batch of the reference period to begin with: the first third of the batches of three photos or more.

    While there are few, the first half, up to ten: limits from five batches are several times as wide. None where
    there are fewer than five, with one left to compare.
    """
    names = [name for name, photos in batches.items() if photos >= MIN_PHOTOS]
    count = max(MIN_REFERENCE_BATCHES, min(len(names) // 2, 10), len(names) // 3)
    return names[count - 1] if len(names) > count else None


def _can_be_charted(values: Float, batches: Sequence[str], reference: set[str]) -> bool:
    """Whether five reference batches have enough photos with a value: models that came later, or quality that was
    measured of some photos, must not stop the rest."""
    known = Counter(name for name, value in zip(batches, values, strict=True) if not np.isnan(value))
    return sum(known[name] >= MIN_PHOTOS for name in reference) >= MIN_REFERENCE_BATCHES


def answer_measures(context: Context, photos: Sequence[str]) -> dict[str, Float]:
    """What models say of photos, as measures for ``find_drift``: name → float (N,), NaN where a model said nothing.

    Of every label the share of photos that show it (boxes: how many a photo), of which a person would be told
    now; the confidence of the best answer; the share that is not recognised; the mean of values. A photo in which
    a detector kept no box at all, not even an unlikely one, counts as one that it was not asked about.

    Args:
        context: store and models; thresholds decide what counts.
        photos: SHA-256 of each photo.
    """
    found, thresholds = context.store.findings_of(photos), context.thresholds
    measures: dict[str, Float] = {}
    for name, folder in context.registry.folders.items():
        mine = [[finding for finding in found[sha256] if finding.model == name] for sha256 in photos]
        measures |= {f"{name}: {what}": values for what, values in _of_model(thresholds, folder.config, mine).items()}
    return measures


def _of_model(thresholds: Thresholds, config: ModelConfig, found: list[list[Finding]]) -> dict[str, Float]:
    answered = [k for k, findings in enumerate(found) if findings]
    if not answered:
        return {}
    columns: dict[str, Float] = {}

    def note(what: str, values: Sequence[float]) -> None:
        columns[what] = np.full(len(found), np.nan)
        columns[what][answered] = values

    best = [found[k][0] for k in answered]
    if config.family == "regression":
        note("value", [np.nan if f.value is None else f.value for f in best])
    else:
        for label in config.labels:
            counts = [sum(_counts(thresholds, f) for f in found[k] if f.label == label) for k in answered]
            note(f"{label} a photo" if config.family == "detection" else f"share of {label}", counts)
        note("confidence", [f.confidence if f.confidence is not None and f.recognised else np.nan for f in best])
    if config.family != "detection":
        note("share not recognised", [float(not f.recognised) for f in best])
    return columns


def _counts(thresholds: Thresholds, finding: Finding) -> bool:
    """Whether a person is told of it; the one label of a photo has no threshold, as on the inspection page."""
    is_one_of_several = finding.kind == "box" or len(finding.probabilities) == 1
    threshold = threshold_of(finding, thresholds) if is_one_of_several else 0.0
    return finding.recognised and (finding.confidence or 0.0) >= threshold


def _batches(context: Context, rows: Sequence[PhotoRow], by: str) -> dict[str, str]:
    """Photo → its batch; photos without one are left out."""
    if by == BY_DAY:
        return {r.photo.sha256: r.photo.captured_at.date().isoformat() for r in rows if r.photo.captured_at}
    known = context.store.metadata_of([row.photo.sha256 for row in rows])
    return {sha256: str(metadata[by]) for sha256, metadata in known.items() if metadata.get(by) is not None}


def _quality_measures(photos: Sequence[str], quality: Mapping[str, PhotoQuality | None]) -> dict[str, Float]:
    def number(known: PhotoQuality | None, name: str) -> float:
        return float("nan") if known is None else float(getattr(known, name))

    return {
        name.replace("_", " "): np.array([number(quality[sha256], name) for sha256 in photos]) for name in QUALITY_KEYS
    }


def _features(context: Context, reader: FeatureReader, photos: Sequence[str], batches: Sequence[str]) -> Float:
    """Features of a sample of every batch, evenly spread; NaN for the other photos, and for unreadable ones."""
    read: dict[int, Float] = {}
    for k in _sampled(batches, _FEATURE_PHOTOS):
        photo = context.store.photo(photos[k])
        wanted_px = reader.wanted_long_side_px(photo.width_px, photo.height_px)
        try:
            path = context.store.original_path_of(photo)
            read[k] = reader.read(decode_upright(path, photo.name, at_least_px=wanted_px))
        except PhotoError:
            continue
    width = len(next(iter(read.values()))) if read else 1
    features = np.full((len(photos), width), np.nan)
    for k, vector in read.items():
        features[k] = vector
    return features


def _marks(context: Context, photos: Sequence[Photo], batches: Sequence[str]) -> Marks:
    """Marks of a sample of every batch and sensor, and every photo's sensor."""
    sensors = [sensor_of(photo) for photo in photos]
    found: list[FrameMarks | None] = [None] * len(photos)
    for k in _sampled([f"{batch}\n{sensor}" for batch, sensor in zip(batches, sensors, strict=True)], _MARKS_PHOTOS):
        found[k] = photo_marks(context, photos[k])
    return found, sensors


def _sampled(groups: Sequence[str], most: int) -> list[int]:
    """Indices of at most so many members of every group, evenly spread."""
    codes = np.unique(np.array(groups), return_inverse=True)[1]
    chosen: list[int] = []
    for group in range(int(codes.max()) + 1):
        members = np.flatnonzero(codes == group)
        chosen += members[np.unique(np.linspace(0, len(members) - 1, most).astype(np.int64))].tolist()
    return chosen


def alarms_by_batch(drift: PhotoDrift) -> dict[str, tuple[Alarm, ...]]:
    """Every batch after the reference period → its alarms, in order of the batches."""
    charts = drift.report.charts
    if not charts:
        return {}
    later = [b for b, is_old in zip(charts[0].batches, charts[0].is_reference.tolist(), strict=True) if not is_old]
    return {batch: tuple(alarm for alarm in drift.report.alarms if alarm.batch == batch) for batch in later}


def drift_document(drift: PhotoDrift) -> dict[str, Any]:
    """JSON-ready: charts, and alarms with the photos that caused them by SHA-256; NaN and infinity are null."""
    charts = [asdict(chart) for chart in drift.report.charts]
    alarms = [
        {**asdict(alarm), "photos": [drift.photos[k] for k in alarm.photos.tolist()]} for alarm in drift.report.alarms
    ]
    document: dict[str, Any] = without_nan(
        {"charts": charts, "alarms": alarms, "photos": len(drift.photos), "without_batch": len(drift.without_batch)}
    )
    return document
