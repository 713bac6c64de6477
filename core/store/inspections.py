"""All that an inspection of one photo writes, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, update

from core.store.batches import end_row
from core.store.database import Database
from core.store.findings import write_prediction
from core.store.metadata_log import write_changes
from core.store.rows import MetadataChange
from core.store.schema import PHOTOS
from core.types import Prediction

_SET_URGENCY = (  # built once: every photo asks for it
    update(PHOTOS)
    .where(PHOTOS.c.sha256 == bindparam("wanted"))
    .values(urgency_score=bindparam("score"), urgency_step=bindparam("step"))
)


class InspectionsPart:
    """Committing the outcome of an inspection."""

    database: Database

    def commit_inspection(
        self,
        sha256: str,
        *,
        predictions: Iterable[Prediction] = (),
        metadata: Iterable[MetadataChange] = (),
        urgency: tuple[float, int] | None = None,
        row_id: int | None = None,
        error: str | None = None,
    ) -> None:
        """Write an inspection whole: after a kill there is all of it or nothing, and the row is taken up again.

        Args:
            sha256: the photo.
            predictions: what the models said; those known already only become current.
            metadata: entries for the photo's metadata log, tags included.
            urgency: (score, step 0 to 3); None leaves it as it is.
            row_id: the ledger row to end; None where the photo came without a batch.
            error: what went wrong, which makes the row a failed one; None when done.

        Raises:
            NotFoundError: the photo is not in the store.
            ConfigError: a metadata key, value or writer is not of its form.
            StoreError: the store cannot do it now; nothing was written.
        """
        with self.database.writing() as connection:
            for prediction in predictions:
                write_prediction(connection, prediction)
            write_changes(connection, sha256, list(metadata))
            if urgency is not None:
                score, step = urgency
                connection.execute(_SET_URGENCY, {"wanted": sha256, "score": score, "step": step})
            if row_id is not None:
                end_row(connection, row_id, error)
