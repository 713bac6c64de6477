"""What models said: predictions named by content, their findings and heat maps."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from core.errors import ConfigError
from core.store.database import Database, to_json
from core.store.schema import FINDINGS, HEAT_MAPS, PREDICTIONS
from core.types import Finding, HeatMap, Prediction

# Statements that every photo asks for are built once: building one costs SQLAlchemy more than running it.
_FIND_PREDICTION = select(PREDICTIONS.c.id).where(
    PREDICTIONS.c.photo_sha256 == bindparam("sha256"),
    PREDICTIONS.c.model == bindparam("model"),
    PREDICTIONS.c.version == bindparam("version"),
    PREDICTIONS.c.parameters_hash == bindparam("named"),
)
_MAKE_CURRENT = (
    update(PREDICTIONS)
    .where(PREDICTIONS.c.photo_sha256 == bindparam("sha256"), PREDICTIONS.c.model == bindparam("of_model"))
    .values(is_current=PREDICTIONS.c.id == bindparam("current_id"))
)
_INSERT_PREDICTION, _INSERT_FINDINGS, _INSERT_MAPS = insert(PREDICTIONS), insert(FINDINGS), insert(HEAT_MAPS)
_CURRENT_FINDINGS = (
    select(PREDICTIONS.c.photo_sha256, PREDICTIONS.c.model, PREDICTIONS.c.version, FINDINGS)
    .join(FINDINGS, FINDINGS.c.prediction_id == PREDICTIONS.c.id)
    .where(PREDICTIONS.c.photo_sha256.in_(bindparam("shas", expanding=True)), PREDICTIONS.c.is_current)
    .order_by(PREDICTIONS.c.id, FINDINGS.c.rank)
)


class FindingsPart:
    """Predictions, findings and heat maps."""

    database: Database

    def save_prediction(self, prediction: Prediction) -> bool:
        """Keep a prediction and make it the current one of its model for the photo.

        Returns:
            True where it is new; a prediction of the same photo, model, version and parameters is kept as it was.

        Raises:
            NotFoundError: the photo is not in the store.
            StoreError: the store cannot do it now.
        """
        with self.database.writing() as connection:
            return write_prediction(connection, prediction)

    def has_prediction(self, sha256: str, model: str, version: str, parameters: Mapping[str, Any]) -> bool:
        """Tell whether this work was done before, whatever is current now."""
        with self.database.reading() as connection:
            return _prediction_id(connection, sha256, model, version, parameters_hash(parameters)) is not None

    def use_prediction(self, sha256: str, model: str, version: str, parameters: Mapping[str, Any]) -> bool:
        """Make an earlier prediction current again; False where there is none, and the work must be done."""
        with self.database.writing() as connection:
            found = _prediction_id(connection, sha256, model, version, parameters_hash(parameters))
            if found is None:
                return False
            _make_current(connection, sha256, model, found)
            return True

    def findings(self, sha256: str) -> tuple[Finding, ...]:
        """Current findings of one photo: model after model in order of work, best first in each."""
        return self.findings_of((sha256,))[sha256]

    def findings_of(self, shas: Iterable[str]) -> dict[str, tuple[Finding, ...]]:
        """``findings`` of many photos in one query a 5,000; photos without any have an empty tuple."""
        asked = list(dict.fromkeys(shas))
        found: dict[str, list[Finding]] = {sha256: [] for sha256 in asked}
        with self.database.reading() as connection:
            for start in range(0, len(asked), 5000):
                for row in connection.execute(_CURRENT_FINDINGS, {"shas": asked[start : start + 5000]}):
                    found[row.photo_sha256].append(_finding(row))
        return {sha256: tuple(findings) for sha256, findings in found.items()}

    def label_counts(self) -> dict[str, int]:
        """Every label of current findings → how many photos have it, sorted by label."""
        with self.database.reading() as connection:
            found = connection.execute(
                select(FINDINGS.c.label, func.count(PREDICTIONS.c.photo_sha256.distinct()).label("photos"))
                .join(PREDICTIONS, PREDICTIONS.c.id == FINDINGS.c.prediction_id)
                .where(PREDICTIONS.c.is_current)
                .group_by(FINDINGS.c.label)
                .order_by(FINDINGS.c.label)
            )
            return {row.label: row.photos for row in found}

    def heat_map(self, sha256: str, model: str, label: str) -> HeatMap | None:
        """The current heat map of a model for a label; None where none was made. Kept in float16."""
        with self.database.reading() as connection:
            row = connection.execute(
                _current_maps().where(
                    PREDICTIONS.c.photo_sha256 == sha256, PREDICTIONS.c.model == model, HEAT_MAPS.c.label == label
                )
            ).one_or_none()
            return None if row is None else _heat_map(row)

    def heat_map_labels(self, sha256: str) -> tuple[tuple[str, str], ...]:
        """(model, label) of every current heat map of a photo, sorted."""
        with self.database.reading() as connection:
            found = connection.execute(
                select(PREDICTIONS.c.model, HEAT_MAPS.c.label)
                .join(HEAT_MAPS, HEAT_MAPS.c.prediction_id == PREDICTIONS.c.id)
                .where(PREDICTIONS.c.photo_sha256 == sha256, PREDICTIONS.c.is_current)
                .order_by(PREDICTIONS.c.model, HEAT_MAPS.c.label)
            )
            return tuple((row.model, row.label) for row in found)


def parameters_hash(parameters: Mapping[str, Any]) -> str:
    """16 hex digits that name a set of parameters, whatever their order.

    Raises:
        ConfigError: a parameter is not something that JSON can hold.
    """
    try:
        return hashlib.sha256(to_json(dict(parameters)).encode()).hexdigest()[:16]
    except (TypeError, ValueError) as error:
        raise ConfigError(f"parameters: expected values that JSON can hold, received {dict(parameters)!r}") from error


def write_prediction(connection: Connection, prediction: Prediction) -> bool:
    """Insert a prediction with all that belongs to it, unless it is there; make it current either way."""
    named = parameters_hash(prediction.parameters)
    known = _prediction_id(connection, prediction.photo_sha256, prediction.model, prediction.version, named)
    if known is not None:
        _make_current(connection, prediction.photo_sha256, prediction.model, known)
        return False
    inserted = connection.execute(
        _INSERT_PREDICTION,
        {
            "photo_sha256": prediction.photo_sha256,
            "model": prediction.model,
            "version": prediction.version,
            "parameters_hash": named,
            "parameters": dict(prediction.parameters),
            "elapsed_s": prediction.elapsed_s,
            "created_at": datetime.now(UTC),
            "is_current": True,
        },
    )
    prediction_id = int(inserted.inserted_primary_key[0])  # type: ignore[index]
    _make_current(connection, prediction.photo_sha256, prediction.model, prediction_id)
    if prediction.findings:
        rows = [_finding_values(prediction_id, rank, finding) for rank, finding in enumerate(prediction.findings)]
        connection.execute(_INSERT_FINDINGS, rows)
    if prediction.heat_maps:
        connection.execute(_INSERT_MAPS, [_map_values(prediction_id, m) for m in prediction.heat_maps])
    return True


def _prediction_id(connection: Connection, sha256: str, model: str, version: str, named: str) -> int | None:
    found: int | None = connection.scalar(
        _FIND_PREDICTION, {"sha256": sha256, "model": model, "version": version, "named": named}
    )
    return found


def _make_current(connection: Connection, sha256: str, model: str, prediction_id: int) -> None:
    connection.execute(_MAKE_CURRENT, {"sha256": sha256, "of_model": model, "current_id": prediction_id})


def _finding_values(prediction_id: int, rank: int, finding: Finding) -> dict[str, Any]:
    x_min_px, y_min_px, x_max_px, y_max_px = finding.box_xyxy_px or (None, None, None, None)
    interval_low, interval_high = finding.interval or (None, None)
    return {
        "prediction_id": prediction_id,
        "rank": rank,
        "kind": finding.kind,
        "label": finding.label,
        "confidence": finding.confidence,
        # A list of pairs: JSON objects come back in another order, and "best first" is part of the value.
        "probabilities": [[label, probability] for label, probability in finding.probabilities.items()],
        "prediction_set": list(finding.prediction_set),
        "x_min_px": x_min_px,
        "y_min_px": y_min_px,
        "x_max_px": x_max_px,
        "y_max_px": y_max_px,
        "value": finding.value,
        "interval_low": interval_low,
        "interval_high": interval_high,
        "recognised": finding.recognised,
    }


def _finding(row: Row[Any]) -> Finding:
    return Finding(
        model=row.model,
        version=row.version,
        kind=row.kind,
        label=row.label,
        confidence=row.confidence,
        probabilities=dict(row.probabilities),
        prediction_set=tuple(row.prediction_set),
        box_xyxy_px=None if row.x_min_px is None else (row.x_min_px, row.y_min_px, row.x_max_px, row.y_max_px),
        value=row.value,
        interval=None if row.interval_low is None else (row.interval_low, row.interval_high),
        recognised=row.recognised,
    )


def _current_maps() -> Any:
    return (
        select(HEAT_MAPS)
        .join(PREDICTIONS, PREDICTIONS.c.id == HEAT_MAPS.c.prediction_id)
        .where(PREDICTIONS.c.is_current)
    )


def _map_values(prediction_id: int, heat_map: HeatMap) -> dict[str, Any]:
    limit = float(np.finfo(np.float16).max)
    halves = np.clip(heat_map.map_hw, -limit, limit).astype("<f2")
    return {
        "prediction_id": prediction_id,
        "label": heat_map.label,
        "method": heat_map.method,
        "layer": heat_map.layer,
        "height": halves.shape[0],
        "width": halves.shape[1],
        "map_float16_zlib": zlib.compress(halves.tobytes(), 1),
    }


def _heat_map(row: Row[Any]) -> HeatMap:
    halves = np.frombuffer(zlib.decompress(row.map_float16_zlib), "<f2").reshape(row.height, row.width)
    return HeatMap(label=row.label, map_hw=halves.astype(np.float32), method=row.method, layer=row.layer)
