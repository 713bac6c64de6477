"""What the whole store amounts to, in few columns and few queries: for pages that count everything."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from core.store.database import Database
from core.store.rows import ModelUse, PhotoPoint
from core.store.schema import BATCHES, LEDGER, METADATA_LOG, METADATA_NOW, PHOTOS, PREDICTIONS, THRESHOLDS


class SummaryPart:
    """Counting over all photos."""

    database: Database

    def stamp(self) -> tuple[int, ...]:
        """Changes whenever photos, predictions, metadata (reviews among it) or thresholds do; well under 1 ms."""
        with self.database.reading() as connection:
            photos = connection.scalar(select(func.count()).select_from(PHOTOS)) or 0
            newest = [
                connection.scalar(select(func.max(table.c.id))) or 0
                for table in (PREDICTIONS, METADATA_LOG, THRESHOLDS)
            ]
            return photos, *newest

    def photo_points(self, keys: Sequence[str] = ()) -> list[PhotoPoint]:
        """Every photo in few columns, in order of capture (of arrival, where the file tells no time).

        Args:
            keys: metadata keys whose values are wanted.
        """
        moment = func.coalesce(PHOTOS.c.captured_at, PHOTOS.c.added_at)
        columns = (
            PHOTOS.c.sha256, PHOTOS.c.name, PHOTOS.c.captured_at, PHOTOS.c.added_at, PHOTOS.c.urgency_step,
            PHOTOS.c.reviewed, PHOTOS.c.latitude_deg, PHOTOS.c.longitude_deg,
        )  # fmt: skip
        with self.database.reading() as connection:
            known: dict[str, dict[str, object]] = {}
            if keys:
                wanted = select(METADATA_NOW).where(METADATA_NOW.c.key.in_(list(keys)))
                for row in connection.execute(wanted):
                    known.setdefault(row.photo_sha256, {})[row.key] = row.value
            batches = select(LEDGER.c.photo_sha256, BATCHES.c.name).join(BATCHES, BATCHES.c.id == LEDGER.c.batch_id)
            latest = {row.photo_sha256: row.name for row in connection.execute(batches.order_by(LEDGER.c.id))}
            inspected = select(PREDICTIONS.c.photo_sha256).where(PREDICTIONS.c.is_current).distinct()
            looked_at = set(connection.scalars(inspected))
            return [
                PhotoPoint(
                    sha256=row.sha256,
                    name=row.name,
                    moment=row.captured_at or row.added_at,
                    urgency_step=row.urgency_step,
                    is_inspected=row.sha256 in looked_at,
                    reviewed=row.reviewed,
                    gps=None if row.latitude_deg is None else (row.latitude_deg, row.longitude_deg),
                    batch=latest.get(row.sha256),
                    values=known.get(row.sha256, {}),
                )
                for row in connection.execute(select(*columns).order_by(moment, PHOTOS.c.sha256))
            ]

    def model_use(self) -> list[ModelUse]:
        """Every model version with current predictions: on how many photos, and from when to when; newest first."""
        with self.database.reading() as connection:
            query = (
                select(
                    PREDICTIONS.c.model,
                    PREDICTIONS.c.version,
                    func.count(PREDICTIONS.c.photo_sha256.distinct()).label("photos"),
                    func.min(PREDICTIONS.c.created_at).label("first_at"),
                    func.max(PREDICTIONS.c.created_at).label("last_at"),
                )
                .where(PREDICTIONS.c.is_current)
                .group_by(PREDICTIONS.c.model, PREDICTIONS.c.version)
                .order_by(func.max(PREDICTIONS.c.created_at).desc(), PREDICTIONS.c.model)
            )
            return [
                ModelUse(row.model, row.version, row.photos, row.first_at, row.last_at)
                for row in connection.execute(query)
            ]

    def photos_answered_by(self, model: str, version: str) -> frozenset[str]:
        """SHA-256 of the photos whose current answer of a model is this version's."""
        with self.database.reading() as connection:
            wanted = select(PREDICTIONS.c.photo_sha256).where(
                PREDICTIONS.c.is_current, PREDICTIONS.c.model == model, PREDICTIONS.c.version == version
            )
            return frozenset(connection.scalars(wanted))
