"""``gridlens curves``: precision, recall and F1 at every threshold, of predictions made anywhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.metrics.threshold_choice import Choice
    from core.services.curves import CurveReport


def curves_command(
    predictions: Annotated[
        Path,
        typer.Argument(metavar="PREDICTIONS", help="CSV path,label,score[,x_min,y_min,x_max,y_max], or COCO results."),
    ],
    truth: Annotated[Path, typer.Argument(metavar="TRUTH", help="Dataset CSV, or COCO instances.")],
    overlap: Annotated[float, typer.Option(help="IoU from which a box is found: 0.05, 0.10 … 0.95.")] = 0.5,
    labels: Annotated[str, typer.Option(help="The labels that may occur, with commas; others are refused.")] = "",
    recall: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Choose thresholds with this recall.")] = None,
    missed_cost: Annotated[
        float | None, typer.Option(min=0.0, help="Choose the cheapest thresholds: cost of a missed fault …")
    ] = None,
    visit_cost: Annotated[float, typer.Option(min=0.0, help="… against the cost of a needless visit.")] = 1.0,
    save: Annotated[
        str | None, typer.Option(help="Keep both for the Curves page: a name, or a new folder (with a slash).")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="With --save: the installed model that these are answers of.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Curves, average precision and thresholds of predictions against truth."""
    from core.metrics.threshold_choice import Costs
    from core.services.answer_set import read_answer_set
    from core.services.curves import choose_thresholds, curves_document, report_curves

    wanted = [label.strip() for label in labels.split(",") if label.strip()] or None
    answers = read_answer_set(predictions, truth, wanted)
    report = report_curves(answers, overlap)
    costs = None if missed_cost is None else Costs(missed_cost, visit_cost)
    choices, notes = choose_thresholds(report, recall=recall, costs=costs)
    if save is not None:
        _keep(predictions, truth, save, model)
    if as_json:
        print(json.dumps(curves_document(report, choices), ensure_ascii=False, allow_nan=False))
    else:
        _print_table(report, choices)
    for note in (*answers.notes, *notes):
        print(f"gridlens: note: {note}", file=sys.stderr)


def _keep(predictions: Path, truth: Path, name: str, model: str | None) -> None:
    from core.config import read_settings
    from core.runtime.model_config import find_model
    from core.services.answer_writing import answers_folder, save_import

    settings = read_settings()
    folder = find_model(settings.models_dir, model) if model else None
    saved = save_import(predictions, truth, answers_folder(settings, name), model=folder)
    print(f"gridlens: answers kept in {saved.folder}", file=sys.stderr)


def _print_table(report: CurveReport, choices: Mapping[str, Choice]) -> None:
    from core.metrics.average_precision import mean_precision
    from core.services.curve_lines import MEAN

    at = report.table.overlap_index(report.overlap)
    width = max(len(MEAN), *map(len, report.curves))
    print(f"{'':{width}}  truth  answers     AP  threshold  precision  recall     F1")
    for name, curve in report.curves.items():
        row = report.table.labels.index(name) if name in report.table.labels else None
        precision = report.pooled_precision if row is None else report.precision[row, at]
        answered = int(curve.answered[0]) if len(curve.answered) else 0
        line = f"{name:{width}}  {curve.truth_count:5}  {answered:7}  {precision:5.3f}"
        if name in choices:
            point = choices[name].point
            line += f"  {point.threshold:9.4f}  {point.precision:9.3f}  {point.recall:6.3f}  {point.f1:5.3f}"
        print(line)
    means = report.precision[:, at]
    if len(report.table.labels) > 1:
        counts = f"{'':5}  {'':7}"
        print(f"{MEAN:{width}}  {counts}  {mean_precision(means):5.3f}")
    for name, value in report.coco.items():
        print(f"{name:6} {value:.4f}")
