"""Datasets: rows of labelled photos, their versions and lineage, and the formats of other tools."""

from core.datasets.problems import Problem, Problems, problems_text
from core.datasets.read import read_dataset
from core.datasets.rows import BOX_COLUMNS, SPLITS, TASKS, Dataset, DatasetRow, Task
from core.datasets.versions import DatasetVersion, Origin, SavedVersion, VersionFolder

__all__ = [
    "BOX_COLUMNS",
    "SPLITS",
    "TASKS",
    "Dataset",
    "DatasetRow",
    "DatasetVersion",
    "Origin",
    "Problem",
    "Problems",
    "SavedVersion",
    "Task",
    "VersionFolder",
    "problems_text",
    "read_dataset",
]
