"""Several fits in one run (folds, trials): each in its own folder, their epochs one after the other in the run's."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.training.callbacks import OnEvent
from core.training.run_folder import write_lines


@dataclass(frozen=True, slots=True)
class Series:
    """Where the fits of a run lie, and how their epochs are told.

    Attributes:
        run_dir: the run's folder.
        kind: ``fold`` or ``trial``; names the folders ``fold-1``, ``fold-2``, …
        count: fits in all.
        on_event: as ``train`` takes it; ``epoch`` and ``epochs`` count over all fits.
    """

    run_dir: Path
    kind: str
    count: int
    on_event: OnEvent | None

    def folder(self, number: int) -> Path:
        """Folder of a fit; numbers begin at 1."""
        return self.run_dir / f"{self.kind}-{number}"

    def listener(self, number: int) -> Callable[[dict[str, Any]], None]:
        """What a fit calls after each of its epochs."""

        def on_event(record: dict[str, Any]) -> None:
            records = [r for k in range(1, number + 1) for r in self._epochs(k)]
            total = record["epochs"] * self.count
            numbered = [{**r, "epoch": i, "epochs": total} for i, r in enumerate(records, start=1)]
            write_lines(self.run_dir / "epochs.jsonl", numbered)
            if self.on_event:
                self.on_event(numbered[-1])

        return on_event

    def _epochs(self, number: int) -> list[dict[str, Any]]:
        path = self.folder(number) / "epochs.jsonl"
        lines = path.read_text().splitlines() if path.is_file() else []
        return [{**json.loads(line), self.kind: number} for line in lines]
