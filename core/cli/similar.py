"""``gridlens similar``: photos like this one, photos that stand for a class, near-duplicates."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from core.errors import ConfigError

if TYPE_CHECKING:
    from core.compare.descriptors import Describer
    from core.compare.representatives import Method
    from core.services.photo_library import Library


def similar_command(
    source: Annotated[
        str, typer.Option("--in", metavar="DATASET.csv", help="Labelled photos, dataset:NAME, or a folder.")
    ],
    photo: Annotated[Path | None, typer.Argument(metavar="PHOTO", help="What the others are compared with.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(metavar="MEASURE[=WEIGHT]", help="Several vote. Default: looks and features.")
    ] = None,
    region: Annotated[str, typer.Option(metavar="X0,Y0,X1,Y1", help="A part of the photo, in pixels, instead.")] = "",
    count: Annotated[int, typer.Option(min=1, help="How many photos.")] = 10,
    duplicates: Annotated[
        int | None, typer.Option(min=0, max=15, metavar="BITS", help="Photos that are there twice, up to these bits.")
    ] = None,
    representatives: Annotated[str, typer.Option(help="random, medoids or prototypes: what stands for a class.")] = "",
    label: Annotated[str | None, typer.Option(help="The class that --representatives stand for.")] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="Whose features: NAME or NAME:LAYER. Default: all models.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Find the photos nearest to PHOTO; without one, near-duplicates or representatives of the library."""
    from core.cli.progress import progress_bar
    from core.config import read_settings
    from core.services.compare import make_describer
    from core.services.libraries import library_source
    from core.services.library_documents import duplicates_document, representatives_document
    from core.services.photo_library import open_library, representative_photos

    _check_question(photo, duplicates, representatives)
    settings = read_settings()
    describer = make_describer(settings, model)
    with progress_bar() as bar:
        task = bar.add_task("Reading photos", total=None)
        library = open_library(
            settings,
            library_source(settings, source),
            describer,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    if photo is not None:
        document = _nearest(library, photo, by or [], region, count, describer, settings.max_pixels)
    elif duplicates is not None:
        document = duplicates_document(library, duplicates)
    else:
        method = cast("Method", representatives)
        document = representatives_document(library, representative_photos(settings, library, label, method, count))
    if as_json:
        print(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        _print_lines(document)
    for path, error in library.failed.items():
        print(f"gridlens: {path}: {error}", file=sys.stderr)
    if library.failed:
        raise typer.Exit(1)


def _check_question(photo: Path | None, duplicates: int | None, representatives: str) -> None:
    asked = [photo is not None, duplicates is not None, bool(representatives)]
    if sum(asked) != 1:
        raise ConfigError(f"expected one of PHOTO, --duplicates and --representatives, received {sum(asked)} of them")


def _nearest(
    library: Library, photo: Path, by: list[str], region: str, count: int, describer: Describer, max_pixels: int
) -> dict[str, Any]:
    from core.services.library_documents import similar_document
    from core.services.similar import parse_weights, similar_photos, similar_regions

    if region:
        if by:
            raise ConfigError("--region: expected no --by, since parts are compared by their colours and edges alone")
        found = similar_regions(library, photo, _box(region), count=count, max_pixels=max_pixels)
    else:
        weights = parse_weights(by, describer)
        found = similar_photos(library, photo, by=weights, count=count, max_pixels=max_pixels)
    return similar_document(library, str(photo), found)


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        x0, y0, x1, y1 = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ConfigError(f"--region: expected x_min,y_min,x_max,y_max in pixels, received {text!r}") from error
    return x0, y0, x1, y1


def _print_lines(document: dict[str, Any]) -> None:
    for group in document.get("groups", ()):
        print("  ".join(group))
    for one in document.get("photos", ()):
        value = f"{one['value']:9.4f}  " if "value" in one else ""
        rest = [str(one[key]) for key in ("label", "truth", "stands_for") if one.get(key) not in (None, "")]
        print("  ".join([value + one["path"], *rest]))
    for path in document.get("criticisms", ()):
        print(f"{path}  stood for by none of them")
    for one in document.get("classes", ()):
        words = "may be" if one["other"] else "taken for"
        print(f"{words} {one['label']}: {one['share']:.0%}, as in {one['example']['path']}")
    if "criterion" in document:
        print(f"Classes in question have {document['criterion']}.")
