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
    columns = [("Fréchet (95 %) floor", [_words(layer.frechet) for layer in study.layers])]
    columns.append(("MMD (95 %) floor", [_words(layer.mmd) for layer in study.layers]))
    if any(layer.cka is not None for layer in study.layers):
        pairs = [_words(layer.cka) if layer.cka else "" for layer in study.layers]
        columns.append(("CKA of pairs (95 %) chance", [words.replace("no floor", "no chance") for words in pairs]))
    if any(layer.object_share is not None for layer in study.layers):
        shares = ["" if layer.object_share is None else f"{layer.object_share:.0%}" for layer in study.layers]
        columns.append(("of it the object", shares))
    columns.insert(0, ("layer", [layer.name for layer in study.layers]))
    widths = [max(map(len, (title, *cells))) for title, cells in columns]
    for row in zip(*([title, *cells] for title, cells in columns), strict=True):
        print("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _words(number: GapNumber) -> str:
    ends = "no interval" if math.isnan(number.low) else f"{number.low:.4g} to {number.high:.4g}"
    floor = "no floor" if math.isnan(number.floor) else f"{number.floor:.4g}"
    return f"{number.value:.4g} ({ends}) {floor}"
