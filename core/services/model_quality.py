"""How good model versions are, by what was measured and kept: one number a set of answers, over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from core.metrics.average_precision import mean_precision
from core.services.measured import Measured
from core.services.measured_values import MeasuredValues


@dataclass(frozen=True, slots=True)
class Quality:
    """One model version on one dataset.

    Attributes:
        answers: name of the saved answers, for the Curves page.
        title, number: of the model.
        dataset: that it was measured on.
        measure: ``mAP at IoU 0.5``, ``mean AP``, or ``within 0.1`` for values; all from 0 to 1, higher is better.
        value: NaN where it is not defined.
        photos: that it rests on.
        made_at: when it was measured, UTC.
    """

    answers: str
    title: str
    number: int
    dataset: str
    measure: str
    value: float
    photos: int
    made_at: datetime


def quality_of(measured: Measured | MeasuredValues) -> Quality:
    """The one number that stands for a set of answers."""
    saved = measured.saved
    if isinstance(measured, MeasuredValues):
        measure, value = "within 0.1", float(measured.share_within(np.array([0.1]))[0])
    else:
        t = measured.overlap_index(0.5)
        value = mean_precision(np.array([measured.glance.precision[label][t] for label in measured.labels]))
        measure = "mAP at IoU 0.5" if measured.crossing is not None else "mean AP"
    return Quality(
        saved.name, saved.title, saved.number, saved.dataset, measure, value, saved.photo_count, saved.made_at
    )
