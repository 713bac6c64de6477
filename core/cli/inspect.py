"""``gridlens inspect``: findings for files and folders, kept in the store and printed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from core.services.batch import FileOutcome
    from core.services.context import Context

FILES_WORTH_A_POOL = 24  # starting a second process costs about as much as inspecting so many photos


def inspect_command(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Photos, and folders of photos.")],
    tag: Annotated[str, typer.Option(help="Given to every photo; decides which models run.")] = "helicopter inspection",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 chooses by the number of files.")] = 0,
) -> None:
    """Inspect photos; the findings are also on the dashboard afterwards."""
    from core.cli.progress import progress_bar
    from core.config import read_settings
    from core.services.batch import inspect_files
    from core.services.context import open_context
    from core.services.file_list import find_photo_files

    files = find_photo_files(paths)
    context = open_context(read_settings())
    chosen = workers or (context.settings.worker_count if len(files) >= FILES_WORTH_A_POOL else 1)
    with progress_bar() as bar:
        task = bar.add_task("Inspecting", total=len(files))
        outcomes = inspect_files(
            context,
            files,
            tags=(tag,),
            name=f"gridlens inspect {' '.join(str(path) for path in paths)}"[:200],
            workers=chosen,
            on_progress=lambda done, _: bar.update(task, completed=done),
        )
    _print_outcomes(context, outcomes, as_json)
    for outcome in outcomes:
        if outcome.error is not None:
            print(f"gridlens: {outcome.path}: {outcome.error}", file=sys.stderr)
    if any(outcome.error for outcome in outcomes):
        raise typer.Exit(1)


def _print_outcomes(context: Context, outcomes: Sequence[FileOutcome], as_json: bool) -> None:
    from core.services.export import failed_document, findings_json, photo_document
    from core.services.thresholds import shown_findings
    from core.services.wording import finding_words

    shas = [outcome.photo_sha256 for outcome in outcomes if outcome.photo_sha256 is not None]
    stored = context.store.findings_of(shas)
    documents: list[dict[str, Any]] = []
    for outcome in outcomes:
        if outcome.photo_sha256 is None or outcome.error is not None:
            documents.append(failed_document(str(outcome.path), outcome.error or "failed"))
            continue
        shown = shown_findings(stored[outcome.photo_sha256], context.thresholds)
        documents.append(photo_document(context.store.photo(outcome.photo_sha256), shown, str(outcome.path)))
        if not as_json:
            print(f"{outcome.path}: {'; '.join(finding_words(finding) for finding in shown) or 'nothing found'}")
    if as_json:
        print(findings_json(documents))
