"""What a study is: named runs that measure rows, and how those rows become a table and figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.sizes import Sizes

Value = str | int | float
Row = dict[str, Value]
"""One line of a result CSV: column → value."""

Tables = Mapping[str, Sequence[Mapping[str, str]]]
"""What was read back from the CSVs: ``results`` and ``epochs`` → rows of text."""


@dataclass(frozen=True, slots=True)
class Context:
    """What every run is given.

    Attributes:
        sizes: see ``Sizes``.
        out: folder of renders, run folders and caches; nothing in it is committed.
        results: folder of the result CSVs, which are committed.
        renders: folder that may hold ``shackle_v3_train`` and ``shackle_v3_test`` already.
        weights: folder of ImageNet weights in ``keras.applications``' format.
        field: folder of field photos with ``labels.csv``; None where there are none.
        say: called with a line for people.
    """

    sizes: Sizes
    out: Path
    results: Path
    renders: Path
    weights: Path
    field: Path | None
    say: Callable[[str], None] = print

    def weights_of(self, backbone: str) -> Path | None:
        """The file of a backbone's ImageNet weights, or None where nobody has put one there."""
        found = sorted(self.weights.glob(f"{backbone}*notop*.h5")) if self.weights.is_dir() else []
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run found out: rows of the study's results, and one row an epoch where it trained."""

    results: list[Row]
    epochs: list[Row]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a study.

    Attributes:
        name: unique in its study, usable as a folder's name.
        seed: of data, order, augmentation and initial weights.
        settings: everything that decides the outcome; its hash tells whether a finished run still holds.
        minutes: expected time on two idle CPU cores.
        measure: called with the run's folder; started again after a kill, it goes on from there.
    """

    name: str
    seed: int
    settings: Mapping[str, Any]
    minutes: float
    measure: Callable[[Path, Context], Measured]

    @property
    def config_hash(self) -> str:
        """Ten hex digits over settings and seed."""
        text = json.dumps({"settings": self.settings, "seed": self.seed}, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Study:
    """One question and how it is answered.

    Attributes:
        name: as on the command line, and of the CSV.
        question: one sentence.
        runs: the runs at a context's sizes, in the order in which they are worth having.
        table: Markdown from the CSVs' rows.
        figures: name → SVG text, from the same rows; empty where there is nothing to draw.
    """

    name: str
    question: str
    runs: Callable[[Context], list[Run]]
    table: Callable[[Tables], str]
    figures: Callable[[Tables], dict[str, str]]
