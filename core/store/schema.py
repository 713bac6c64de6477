"""The tables. Alembic revisions under ``migrations/`` must lead to exactly these (a test compares)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

REVISION = "0002"

METADATA = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC with zone in Python; without zone in the table, where all times are UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _photo_key(**options: Any) -> Column[str]:
    return Column("photo_sha256", String(64), ForeignKey("photos.sha256", ondelete="CASCADE"), **options)


def _prediction_key() -> Column[int]:
    return Column("prediction_id", ForeignKey("predictions.id", ondelete="CASCADE"), primary_key=True)


PHOTOS = Table(
    "photos",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("media_type", String(32), nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("captured_at", UtcDateTime),
    Column("latitude_deg", Float),
    Column("longitude_deg", Float),
    Column("camera", Text),
    Column("added_at", UtcDateTime, nullable=False),
    Column("urgency_score", Float, nullable=False, default=0.0),
    Column("urgency_step", Integer, nullable=False, default=0),
    Column("reviewed", Boolean, nullable=False, default=False),
    Index("photos_by_urgency", "urgency_score", "added_at", "sha256"),
    Index("photos_by_added", "added_at", "sha256"),
    Index("photos_by_name", "name", "sha256"),
    Index("photos_by_captured", "captured_at", "sha256"),
)

# Tags and metadata_now are views of the log, kept as tables so that filters are fast.
PHOTO_TAGS = Table(
    "photo_tags",
    METADATA,
    _photo_key(primary_key=True),
    Column("tag", Text, primary_key=True),
    Index("photo_tags_by_tag", "tag", "photo_sha256"),
)

METADATA_NOW = Table(
    "metadata_now",
    METADATA,
    _photo_key(primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", JSON, nullable=False),
)

METADATA_LOG = Table(
    "metadata_log",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _photo_key(nullable=False),
    Column("key", Text, nullable=False),
    Column("old_value", JSON(none_as_null=True)),
    Column("new_value", JSON(none_as_null=True)),
    Column("writer", Text, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Index("metadata_log_by_photo", "photo_sha256", "id"),
)

PREDICTIONS = Table(
    "predictions",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _photo_key(nullable=False),
    Column("model", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Column("parameters_hash", String(16), nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("elapsed_s", Float, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("is_current", Boolean, nullable=False),
    UniqueConstraint("photo_sha256", "model", "version", "parameters_hash", name="predictions_named_by_content"),
)

FINDINGS = Table(
    "findings",
    METADATA,
    _prediction_key(),
    Column("rank", Integer, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("label", Text, nullable=False),
    Column("confidence", Float),
    Column("probabilities", JSON, nullable=False),
    Column("prediction_set", JSON, nullable=False),
    Column("x_min_px", Float),
    Column("y_min_px", Float),
    Column("x_max_px", Float),
    Column("y_max_px", Float),
    Column("value", Float),
    Column("interval_low", Float),
    Column("interval_high", Float),
    Column("recognised", Boolean, nullable=False),
    Index("findings_by_label", "label", "prediction_id"),
)

HEAT_MAPS = Table(
    "heat_maps",
    METADATA,
    _prediction_key(),
    Column("label", Text, primary_key=True),
    Column("method", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("height", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("map_float16_zlib", LargeBinary, nullable=False),
)

PLUGINS = Table(
    "plugins",
    METADATA,
    Column("name", String(120), primary_key=True),
    Column("event", String(32), nullable=False),
    Column("filter", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("writes", JSON, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
)

BATCHES = Table(
    "batches",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("cancelled_at", UtcDateTime),
    Index("batches_by_created", "created_at"),
)

LEDGER = Table(
    "ledger",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("batch_id", String(32), ForeignKey("batches.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    _photo_key(),
    Column("state", String(10), nullable=False),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, default=0),
    Column("worker", Text),
    Column("lease_until", UtcDateTime),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Index("ledger_by_state", "state", "id"),
    Index("ledger_by_batch", "batch_id", "state", "finished_at"),
    Index("ledger_by_photo", "photo_sha256"),
)

# A log: the latest row of a model, version and label is in force; no threshold stands for the shipped one.
THRESHOLDS = Table(
    "thresholds",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("model", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Column("label", Text, nullable=False),
    Column("threshold", Float),
    Column("rule", Text, nullable=False),
    Column("writer", Text, nullable=False),
    Column("chosen_at", UtcDateTime, nullable=False),
    Index("thresholds_by_label", "model", "version", "label", "id"),
)
