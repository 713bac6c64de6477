"""Matching and curves against pycocotools and faster-coco-eval, on the same boxes in the same run.

Usage: ``python -m benchmarks.bench_curves [--boxes N] [--largest N] [--write]``. Each contender runs in a process of
its own, one after the other, on equal boxes; average precision has to agree to 1e-9, or the run fails.

What is timed: ours from columns to the match table at ten overlaps, average precision, and precision, recall
and F1 at every threshold of ALL and of every label at every overlap. Theirs: ``evaluate`` and ``accumulate`` alone,
with one range of areas and one limit of boxes, which is the least that they can be asked for; making their dictionaries
and indices from the columns is left out of the time.

Growth: each size in a process of its own, the fastest of three. Time that grows like n log n may multiply by
(n₂ ln n₂) / (n₁ ln n₁) from n₁ to n₂ boxes, which is 1,750 from ten thousand to ten million; the smallest size pays
some milliseconds of Python whatever its boxes, and no allowance is made for that.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.tables import Row, as_table, write_table
from core.charts.confusion import confusion_figure
from core.charts.overlap_map import overlap_map
from core.charts.rate_curves import f1_figure, precision_recall_figure
from core.metrics.answers import BoxAnswers, BoxTruth, box_answers, box_truth
from core.metrics.average_precision import mean_precision, table_precision
from core.metrics.curves import overlap_curves
from core.metrics.table import match_boxes_table
from core.services.answer_set import AnswerSet
from core.services.curve_lines import label_lines
from core.services.evidence import evidence
from core.services.measured import Measured, match_answers, view
from core.services.saved_answers import SavedAnswers

HEADING = "Curves"
LABELS = ("whole top cap", "whole missing top cap")
BOXES_A_PHOTO, TRUTHS_A_PHOTO = 50, 5
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
REPEATS = 3


@dataclass(frozen=True, slots=True)
class Boxes:
    """Half of the answers lie near a truth; scores have no ties; sorted by photo, as a detector gives them."""

    answers: BoxAnswers
    truth: BoxTruth
    photo_count: int


def make_boxes(count: int, seed: int = 0) -> Boxes:
    """``count`` answers on ``count`` / 50 photos with five truths each."""
    rng = np.random.default_rng(seed)
    photos = count // BOXES_A_PHOTO
    truths = photos * TRUTHS_A_PHOTO
    truth_photo, truth_label = np.repeat(np.arange(photos), TRUTHS_A_PHOTO), rng.integers(0, len(LABELS), truths)
    truth_boxes = _random_boxes(rng, truths)
    photo = np.repeat(np.arange(photos), BOXES_A_PHOTO)
    near, chosen = rng.random(count) < 0.5, photo * TRUTHS_A_PHOTO + rng.integers(0, TRUTHS_A_PHOTO, count)
    boxes = np.where(near[:, None], truth_boxes[chosen] + rng.normal(0, 8, (count, 4)), _random_boxes(rng, count))
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2])
    label = np.where(near, truth_label[chosen], rng.integers(0, len(LABELS), count))
    score = rng.random(count) * 0.7 + 0.3 * near
    return Boxes(box_answers(photo, label, score, boxes), box_truth(truth_photo, truth_label, truth_boxes), photos)


def _random_boxes(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    corner, size = rng.uniform(0, 900, (count, 2)), rng.uniform(10, 120, (count, 2))
    return np.concatenate([corner, corner + size], axis=1)


def measure_ours(boxes: Boxes, repeats: int, *, has_page: bool) -> dict[str, float]:
    """Seconds (the fastest of ``repeats``), mAP, and what the Curves page takes: to be ready, and for a move."""
    fastest_s, found = math.inf, float("nan")
    for _ in range(repeats):
        started_s = time.perf_counter()
        table = match_boxes_table(boxes.answers, boxes.truth, LABELS, boxes.photo_count)
        found = mean_precision(table_precision(table))
        for label in (None, *range(len(LABELS))):
            for curve in overlap_curves(table, label):
                _ = curve.precision, curve.recall, curve.f1
        fastest_s = min(fastest_s, time.perf_counter() - started_s)
    peak_mb = _peak_mb()
    return {"seconds": fastest_s, "map": found, "peak_mb": peak_mb, **(_slider(boxes) if has_page else {})}


def _slider(boxes: Boxes) -> dict[str, float]:
    """What the Curves page does: ready once, then the median from a new position to every figure as JSON.

    A move counts points, confusion matrix and the photos of a gallery exactly, and makes both figures of curves,
    the heat map and the confusion matrix anew, as Streamlit sends them to the browser.
    """
    photos = tuple(f"{k}.jpg" for k in range(boxes.photo_count))
    scored = (boxes.answers.photo, boxes.answers.label, boxes.answers.score)
    true_labels = (boxes.truth.photo, boxes.truth.label)
    answers = AnswerSet("box", photos, LABELS, scored, true_labels, boxes.answers, boxes.truth, ())
    saved = SavedAnswers(
        Path("bench"), "box", "bench", 1, "", "Bench", LABELS, "", Path(), len(photos), 0, datetime.now(UTC)
    )
    started_s = time.perf_counter()
    measured = match_answers(saved, answers)
    ready_s = time.perf_counter() - started_s
    _figures(measured, 0.5, 0.5)  # plotly is imported with the first figure
    times_s = []
    for threshold, overlap in ((0.3, 0.5), (0.5, 0.75), (0.7, 0.05), (0.2, 0.6), (0.9, 0.9)):
        started_s = time.perf_counter()
        _figures(measured, threshold, overlap)
        times_s.append(time.perf_counter() - started_s)
    return {"ready_s": ready_s, "slider_s": float(np.median(times_s))}


def _figures(measured: Measured, threshold: float, overlap: float) -> list[str]:
    seen = view(measured, dict.fromkeys(LABELS, threshold), overlap)
    lines = label_lines(measured, seen, str)
    if seen.confusion is None:
        raise SystemExit("expected a confusion matrix of boxes")
    evidence(measured, seen, "needless")
    figures = (
        precision_recall_figure(lines),
        f1_figure(lines),
        overlap_map(measured.glance.surfaces["ALL"], chosen=(threshold, overlap)),
        confusion_figure(seen.confusion.truths, seen.confusion.counts.tolist(), answers=seen.confusion.answers),
    )
    return [figure.to_json() for figure in figures]


def measure_theirs(boxes: Boxes, name: str) -> dict[str, float]:
    """Seconds of ``evaluate`` and ``accumulate``, and mAP."""
    if name == "pycocotools":
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval as Evaluator
    else:
        from faster_coco_eval import COCO
        from faster_coco_eval import COCOeval_faster as Evaluator
    truths, answers = _as_dictionaries(boxes)
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": k} for k in range(boxes.photo_count)],
            "categories": [{"id": k, "name": label} for k, label in enumerate(LABELS)],
            "annotations": truths,
        }
        truth.createIndex()
        evaluation = Evaluator(truth, truth.loadRes(answers), "bbox")
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
        evaluation.params.maxDets = [100]
        started_s = time.perf_counter()
        evaluation.evaluate()
        evaluation.accumulate()
        seconds = time.perf_counter() - started_s
    precision = evaluation.eval["precision"]
    return {"seconds": seconds, "map": float(precision[precision > -1].mean()), "peak_mb": _peak_mb()}


def _as_dictionaries(boxes: Boxes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    def rows(side: BoxAnswers | BoxTruth) -> list[dict[str, Any]]:
        corners = side.boxes_xyxy
        xywh = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1).tolist()
        columns = zip(side.photo.tolist(), side.label.tolist(), xywh, strict=True)
        return [{"image_id": photo, "category_id": label, "bbox": box} for photo, label, box in columns]

    truths, answers = rows(boxes.truth), rows(boxes.answers)
    for number, (row, area) in enumerate(zip(truths, boxes.truth.area.tolist(), strict=True), start=1):
        row.update(id=number, area=area, iscrowd=0)
    for row, score in zip(answers, boxes.answers.score.tolist(), strict=True):
        row["score"] = score
    return truths, answers


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _in_own_process(name: str, boxes: int, repeats: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.bench_curves", "--only", name, "--boxes", str(boxes)]
    done = subprocess.run([*command, "--repeats", str(repeats)], check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(count: int) -> list[Row]:
    """Time, memory and agreement of the three at one size."""
    ours = _in_own_process("ours", count, REPEATS)
    rows = [
        Row(
            f"{count:,} boxes, 10 overlaps: match table, average precision, every curve", _s(ours["seconds"]), "", True
        ),
        Row("Its memory at its highest, columns included", f"{ours['peak_mb']:.0f} MB", "", True),
        Row("Curves page: matched at 19 overlaps, every curve made once", _s(ours["ready_s"]), "", True),
        Row(
            "Slider moved → counts, confusion matrix, gallery and four figures on the server",
            f"{ours['slider_s'] * 1e3:.0f} ms",
            "< 100 ms",
            ours["slider_s"] < 0.1,
        ),
    ]
    for name, wanted in (("pycocotools", 10), ("faster-coco-eval", 3)):
        theirs = _in_own_process(name, count, 1)
        if abs(theirs["map"] - ours["map"]) > 1e-9:
            raise SystemExit(f"{name}: mAP {theirs['map']!r}, ours {ours['map']!r}")
        factor = theirs["seconds"] / ours["seconds"]
        less = theirs["peak_mb"] / ours["peak_mb"]
        rows += [
            Row(
                f"{name}: evaluate, accumulate",
                f"{factor:.1f} × slower ({_s(theirs['seconds'])})",
                f"≥ {wanted} ×",
                factor >= wanted,
            ),
            Row(f"{name}: memory", f"{less:.1f} × as much ({theirs['peak_mb']:.0f} MB)", "> 1 ×", less > 1),
        ]
    return rows


def growth(largest: int) -> list[Row]:
    """Seconds at every size up to ``largest``, and how they grow beside n log n."""
    sizes = [size for size in SIZES if size <= largest]
    times_s = {size: _in_own_process("curves", size, REPEATS)["seconds"] for size in sizes}
    rows = [Row(f"{size:,} boxes", _s(times_s[size]), "", True) for size in sizes]
    first, last = sizes[0], sizes[-1]
    allowed = last * math.log(last) / (first * math.log(first))
    grown = times_s[last] / times_s[first]
    wanted = f"≤ {allowed:.0f} × (n₂ ln n₂ / n₁ ln n₁)"
    rows.append(Row(f"Growth from {first:,} to {last:,}", f"{grown:.0f} ×", wanted, grown <= allowed))
    return rows


def _s(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.0f} ms"


def main() -> None:
    """Measure and print, or write into ``benchmarks/README.md``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boxes", type=int, default=1_000_000)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="of the growth table")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--only", choices=["ours", "curves", "pycocotools", "faster-coco-eval"])
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    if chosen.only:
        boxes = make_boxes(chosen.boxes)
        if chosen.only in ("ours", "curves"):
            alone = measure_ours(boxes, chosen.repeats, has_page=chosen.only == "ours")
        else:
            alone = measure_theirs(boxes, chosen.only)
        print(json.dumps(alone))
        return
    how = "Two labels, 50 answers and 5 truths a photo; mAP equal to 1e-9; `python -m benchmarks.bench_curves`"
    table = as_table([*compare(chosen.boxes), *growth(chosen.largest)], how)
    print(table)
    if chosen.write:
        write_table(HEADING, table)


if __name__ == "__main__":
    main()
