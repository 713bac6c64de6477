"""``gridlens evaluate``: how good a model is on labelled photos."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def evaluate_command(
    model: Annotated[str, typer.Argument(help="polecat, topcap-v1, a version hash …")],
    dataset: Annotated[Path, typer.Argument(metavar="DATASET.csv", help="Labelled photos; see the README.")],
    overlap: Annotated[float, typer.Option(min=0.0, max=1.0, help="IoU from which a box is found.")] = 0.5,
    windows: Annotated[
        bool, typer.Option("--windows", help="The photos are windows cut out at the scale that the detector works at.")
    ] = False,
    save: Annotated[
        str | None,
        typer.Option(help="Keep the answers for the Curves page: a name, or a new folder (with a slash)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Score a model on a dataset CSV."""
    from core.cli.progress import progress_bar
    from core.config import read_settings
    from core.runtime.model_config import find_model
    from core.services.answer_writing import answers_folder, save_evaluation
    from core.services.evaluate import evaluate_model, evaluation_document
    from core.services.saved_answers import require_new

    settings = read_settings()
    folder = find_model(settings.models_dir, model)
    target = answers_folder(settings, save) if save is not None else None
    if target is not None:
        require_new(target)
    with progress_bar() as bar:
        task = bar.add_task("Evaluating", total=None)
        evaluation = evaluate_model(
            folder,
            dataset,
            overlap=overlap,
            windows=windows,
            max_pixels=settings.max_pixels,
            on_progress=lambda done, count: bar.update(task, completed=done, total=count),
        )
    if target is not None:
        saved = save_evaluation(evaluation, folder, dataset, target)
        print(f"gridlens: answers kept in {saved.folder}", file=sys.stderr)
    if as_json:
        print(json.dumps(evaluation_document(evaluation), indent=1, allow_nan=False))
    else:
        print(f"{evaluation.model} {evaluation.version} on {evaluation.count} photos of {dataset}")
        for name, value in evaluation.metrics.items():
            low, high = evaluation.intervals.get(name, (None, None))
            print(f"  {name:24} {value:.3f}" + (f"  ({low:.3f} to {high:.3f})" if low is not None else ""))
        for label, rates in evaluation.per_label.items():
            print(f"  {label:24} " + "  ".join(f"{k} {v:.3f}" if k != "count" else f"n {v}" for k, v in rates.items()))
    for path, error in evaluation.failed:
        print(f"gridlens: {path}: {error}", file=sys.stderr)
    if evaluation.failed:
        raise typer.Exit(1)
