"""pycocotools as the oracle: the same boxes through both, and random boxes that provoke its corner cases."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from core.metrics.answers import BoxAnswers, BoxTruth, box_answers, box_truth

SUMMARY = ("AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl")


@dataclass
class Case:
    """Boxes as COCO writes them, x, y, width, height."""

    photo_count: int
    label_count: int
    answers: list[dict]
    truths: list[dict]


def random_case(
    seed: int, *, photos: int, labels: int, answers: int, truths: int, side_px: int = 20, levels: int = 5
) -> Case:
    """Whole-number boxes in a small field and few score levels: many ties, doubles, zero areas and crowds."""
    rng = np.random.default_rng(seed)

    def box() -> list[float]:
        x, y = rng.integers(0, side_px, 2)
        w, h = rng.integers(0, side_px, 2)
        return [float(x), float(y), float(w), float(h)]

    truth_list = [
        {
            "id": k + 1,
            "image_id": int(rng.integers(photos)),
            "category_id": int(rng.integers(labels)),
            "bbox": box(),
            "iscrowd": int(rng.random() < 0.15),
        }
        for k in range(truths)
    ]
    for one in truth_list:
        one["area"] = one["bbox"][2] * one["bbox"][3] * float(rng.choice([1.0, 0.6]))
    answer_list = []
    for _ in range(answers):
        near = truth_list[int(rng.integers(len(truth_list)))] if truth_list and rng.random() < 0.6 else None
        answer_list.append(
            {
                "image_id": near["image_id"] if near else int(rng.integers(photos)),
                "category_id": near["category_id"] if near and rng.random() < 0.8 else int(rng.integers(labels)),
                "bbox": [max(0.0, v + float(rng.integers(-2, 3))) for v in near["bbox"]] if near else box(),
                "score": float(rng.integers(1, levels + 1)) / levels,
            }
        )
    return Case(photos, labels, answer_list, truth_list)


def as_columns(case: Case) -> tuple[BoxAnswers, BoxTruth]:
    """The case as the columns that our matching reads."""

    def corners(rows: list[dict]) -> np.ndarray:
        xywh = np.array([row["bbox"] for row in rows], dtype=float).reshape(-1, 4)
        return np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1)

    def areas(rows: list[dict]) -> np.ndarray:
        return np.array([row["bbox"][2] * row["bbox"][3] for row in rows])

    def column(rows: list[dict], key: str) -> list:
        return [row[key] for row in rows]

    answers, truths = case.answers, case.truths
    return (
        box_answers(
            column(answers, "image_id"), column(answers, "category_id"), column(answers, "score"),
            corners(answers), areas(answers),
        ),
        box_truth(
            column(truths, "image_id"), column(truths, "category_id"), corners(truths), areas(truths),
            column(truths, "area"), column(truths, "iscrowd"),
        ),
    )  # fmt: skip


def evaluate(case: Case, overlaps: np.ndarray | None = None) -> COCOeval:
    """Run pycocotools; without answers its own ``loadRes`` fails, so that an empty COCO stands in."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": k} for k in range(case.photo_count)],
            "categories": [{"id": k} for k in range(case.label_count)],
            "annotations": case.truths,
        }
        truth.createIndex()
        if case.answers:
            answers = truth.loadRes([dict(row) for row in case.answers])
        else:
            answers = COCO()
            answers.dataset = {**truth.dataset, "annotations": []}
            answers.createIndex()
        result = COCOeval(truth, answers, "bbox")
        if overlaps is not None:
            result.params.iouThrs = overlaps
        result.evaluate()
        result.accumulate()
        if overlaps is None:
            result.summarize()
    return result


def absent_as_nan(values: np.ndarray) -> np.ndarray:
    """pycocotools says −1 where there is no truth; we say NaN."""
    return np.where(values < 0, np.nan, values)
