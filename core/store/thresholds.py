"""Thresholds that people chose, kept with the model version that they were chosen for, with who and when."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select

from core.errors import ConfigError
from core.store.database import Database
from core.store.metadata_log import is_writer
from core.store.rows import ChosenThreshold
from core.store.schema import THRESHOLDS

_LATEST = select(func.max(THRESHOLDS.c.id)).group_by(THRESHOLDS.c.model, THRESHOLDS.c.version, THRESHOLDS.c.label)
_IN_FORCE = select(THRESHOLDS).where(THRESHOLDS.c.id.in_(_LATEST))  # built once: every photo asks for it


class ThresholdsPart:
    """An append-only log of choices; the latest one of a model version and label is in force."""

    database: Database

    def choose_thresholds(
        self, model: str, version: str, thresholds: Mapping[str, float | None], *, rule: str, writer: str
    ) -> int:
        """Note thresholds; those that are in force already leave no trace.

        Args:
            model, version: the model version that they hold for; no other version takes them over.
            thresholds: label → confidence from which a finding counts; None goes back to the shipped one.
            rule: how they were chosen, in words, for example ``recall at least 0.95 on night flights``.
            writer: ``person:NAME``, ``model:NAME@VERSION`` or ``plugin:NAME``.

        Returns:
            How many of them changed something.

        Raises:
            ConfigError: a threshold is not a finite number, or the writer is not of that form.
            StoreError: the store cannot do it now.
        """
        if not is_writer(writer):
            raise ConfigError(f"writer: expected person:NAME, model:NAME@VERSION or plugin:NAME, received {writer!r}")
        for label, threshold in thresholds.items():
            if threshold is not None and not math.isfinite(threshold):
                raise ConfigError(f"threshold of {label}: expected a finite number, received {threshold}")
        with self.database.writing() as connection:
            now = {row.label: row.threshold for row in connection.execute(_of(model, version))}
            changed = [label for label, threshold in thresholds.items() if now.get(label) != threshold]
            chosen_at = datetime.now(UTC)
            for label in changed:
                values: dict[str, Any] = {"model": model, "version": version, "label": label}
                values |= {"threshold": thresholds[label], "rule": rule, "writer": writer, "chosen_at": chosen_at}
                connection.execute(insert(THRESHOLDS), values)
            return len(changed)

    def chosen_thresholds(self) -> tuple[ChosenThreshold, ...]:
        """All that are in force, by model, version and label; those set back to the shipped ones are left out."""
        with self.database.reading() as connection:
            rows = connection.execute(_IN_FORCE.where(THRESHOLDS.c.threshold.is_not(None)))
            return tuple(sorted((_chosen(row) for row in rows), key=lambda c: (c.model, c.version, c.label)))

    def threshold_history(self, model: str, version: str) -> tuple[ChosenThreshold, ...]:
        """Every choice for a model version, oldest first."""
        with self.database.reading() as connection:
            query = select(THRESHOLDS).where(THRESHOLDS.c.model == model, THRESHOLDS.c.version == version)
            return tuple(_chosen(row) for row in connection.execute(query.order_by(THRESHOLDS.c.id)))


def _of(model: str, version: str) -> Any:
    return _IN_FORCE.where(THRESHOLDS.c.model == model, THRESHOLDS.c.version == version)


def _chosen(row: Row[Any]) -> ChosenThreshold:
    return ChosenThreshold(row.model, row.version, row.label, row.threshold, row.rule, row.writer, row.chosen_at)
