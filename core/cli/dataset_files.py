"""``gridlens dataset import|from-folders|from-reviews|export``: labelled photos in and out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from core.cli.dataset_words import AsJson, By, Name, Reference, level_of, print_saved


def import_command(
    source: Annotated[Path, typer.Argument(help="File or folder of annotations.")],
    format_name: Annotated[
        str, typer.Option("--format", help="csv, coco, yolo, voc, label-studio, custom-vision; auto looks.")
    ] = "auto",
    name: Name = None,
    photos: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the photos are.")] = None,
    parent: Annotated[str | None, typer.Option(help="The version that this one corrects.")] = None,
    by: By = "local",
    as_json: AsJson = False,
) -> None:
    """Make a version of annotations; the photos stay where they are."""
    from core.config import read_settings
    from core.services.dataset_intake import import_dataset

    saved = import_dataset(
        read_settings(), source, format_name=format_name, name=name, photos_dir=photos, parent=parent, person=by
    )
    print_saved(saved, as_json)


def from_folders_command(
    root: Annotated[Path, typer.Argument(metavar="DIR", help="Its subfolders are the classes.")],
    name: Name = None,
    level: Annotated[str, typer.Option(help="leaf, full, or how many folders from the top make the class.")] = "full",
    per_second: Annotated[float, typer.Option(help="Frames looked at, a second of video.")] = 1.0,
    least_distance: Annotated[
        int, typer.Option(min=0, max=64, help="Bits of 64 in which a frame differs from those kept; 0 keeps all.")
    ] = 6,
    sharpest_of: Annotated[int, typer.Option(min=1, help="Keep the sharpest of so many frames a turn.")] = 1,
    most_blur: Annotated[float, typer.Option(help="Leave out frames more blurred than this, over 0 to 1.")] = 1.0,
    one_a_scene: Annotated[bool, typer.Option(help="Keep one frame a scene, the sharpest.")] = False,
    by: By = "local",
    as_json: AsJson = False,
) -> None:
    """Make a version of folders of photos and videos; folder names are labels, videos give frames."""
    from core.cli.progress import progress_bar
    from core.config import read_settings
    from core.services.dataset_intake import import_folders

    with progress_bar() as bar:
        task = bar.add_task("Reading", total=None)
        found = import_folders(
            read_settings(),
            root,
            name=name,
            level=level_of(level),
            per_second=per_second,
            least_distance=least_distance,
            sharpest_of=sharpest_of,
            most_blur=most_blur,
            one_a_scene=one_a_scene,
            person=by,
            on_step=lambda done, count, words: bar.update(
                task, completed=done, total=count, description=f"Reading {words}"
            ),
        )
    failed = [{"path": problem.file, "error": str(problem)} for problem in found.problems]
    extra = {
        "videos": found.videos, "near_duplicates_left_out": found.dropped, "blurred_left_out": found.blurred,
        "failed": failed,
    }  # fmt: skip
    print_saved(found.saved, as_json, extra)
    for problem in found.problems:
        print(f"gridlens: {problem}", file=sys.stderr)
    if found.problems:
        raise typer.Exit(1)


def from_reviews_command(
    model: Annotated[str, typer.Argument(help="polecat, topcap, shackle …: whose findings were reviewed.")],
    name: Name = None,
    by: By = "local",
    as_json: AsJson = False,
) -> None:
    """Make a version of what people accepted and corrected on the Inspect page."""
    from core.config import read_settings
    from core.services.context import open_context
    from core.services.dataset_reviews import dataset_from_reviews

    found = dataset_from_reviews(open_context(read_settings()), model, name, by)
    extra = {"accepted": found.accepted, "corrected": found.corrected, "left_out": found.left_out}
    print_saved(found.saved, as_json, extra)


def export_command(
    version: Reference,
    format_name: Annotated[
        str, typer.Argument(metavar="FORMAT", help="csv, coco, yolo, voc, label-studio, custom-vision, folders.")
    ],
    out: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty; gets copies of the photos.")],
) -> None:
    """Write a version in the format of another tool."""
    from core.cli.progress import progress_bar
    from core.config import read_settings
    from core.datasets.formats.registry import format_named
    from core.services.datasets import export_version

    chosen = format_named(format_name)
    with progress_bar() as bar:
        task = bar.add_task("Copying photos", total=None)
        export_version(
            read_settings(),
            version,
            format_name,
            out,
            lambda done, count: bar.update(task, completed=done, total=count),
        )
    print(f"{out}: {chosen.title}" + (f"; {chosen.loses} have no place in it" if chosen.loses else ""))
