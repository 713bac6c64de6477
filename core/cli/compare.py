"""``gridlens compare``: every measure between two photos."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def compare_command(
    a: Annotated[Path, typer.Argument(metavar="A", help="A photo.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Another one, of any size.")],
    model: Annotated[
        list[str] | None,
        typer.Option(help="Whose features are compared: NAME or NAME:LAYER, may be repeated. Default: all models."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Histograms, hashes, pixels, edges and features of two photos, each with the way that is nearer."""
    from core.config import read_settings
    from core.services.compare import compare_files, comparison_document, make_describer

    settings = read_settings()
    found = compare_files(settings, a, b, make_describer(settings, model))
    if as_json:
        print(json.dumps(comparison_document(str(a), str(b), found), indent=1, ensure_ascii=False, allow_nan=False))
        return
    width = max(len(one.measure.name) for one in found)
    for one in found:
        measure = one.measure
        span = f"{measure.low:g} to {measure.high:g}, {measure.nearer} is nearer"
        print(f"{measure.name:{width}}  {one.value:9.4f}  {span:28}  {measure.meaning}")
