"""``gridlens gap``: how far renders lie from field photos, layer by layer."""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.compare.set_distances import GapNumber
    from core.services.gap import GapStudy


def gap_command(
    model: Annotated[str, typer.Argument(help="polecat, topcap-v1, a version hash …")],
    synthetic: Annotated[str, typer.Option(metavar="DIR|CSV", help="Renders: a folder, dataset CSV or dataset:NAME.")],
    real: Annotated[str, typer.Option(metavar="DIR|CSV", help="Field photos, likewise.")],
    layer: Annotated[
        list[str] | None, typer.Option(help="A layer, may be repeated. Default: 12 through depth.")
    ] = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="Photos of one name are pairs; adds CKA.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of what chance draws.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Fréchet distance and kernel MMD at every layer, each with its interval and the floor of the real set's halves."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from core.cli.progress import progress_bar
    from core.config import read_settings
    from core.services.gap import GapOrder, gap_document, measure_gap
    from core.services.gap_look import gap_verdict
    from core.services.photo_sets import lasting_reference

    order = GapOrder(
        model, lasting_reference(synthetic), lasting_reference(real), tuple(layer or ()), are_pairs=pairs, seed=seed
    )  # fmt: skip
    with progress_bar() as bar:
        task = bar.add_task("Reading photos", total=None)
        study = measure_gap(
            read_settings(),
            order,
            lambda words, done, total: bar.update(task, description=words.capitalize(), completed=done, total=total),
        )
    if as_json:
        print(json.dumps(gap_document(study), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        _print_table(study)
        print(gap_verdict(study.layers))
    failed: dict[Path, str] = {**study.synthetic.failed, **study.real.failed}
    for path, error in failed.items():
        print(f"gridlens: {path}: {error}", file=sys.stderr)
    for note in study.notes:
        print(f"gridlens: note: {note}", file=sys.stderr)
    if failed:
        raise typer.Exit(1)


def _print_table(study: GapStudy) -> None:
    width = max(len(layer.name) for layer in study.layers)
    print(f"{'layer':{width}}  {'Fréchet (95 %) floor':36}  MMD (95 %) floor")
    for layer in study.layers:
        print(f"{layer.name:{width}}  {_words(layer.frechet):36}  {_words(layer.mmd)}")


def _words(number: GapNumber) -> str:
    ends = "no interval" if math.isnan(number.low) else f"{number.low:.4g} to {number.high:.4g}"
    floor = "no floor" if math.isnan(number.floor) else f"{number.floor:.4g}"
    return f"{number.value:.4g} ({ends}) {floor}"
