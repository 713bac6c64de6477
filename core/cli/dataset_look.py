"""``gridlens dataset list|show|diff|check``: look into versions of labelled photos."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from core.cli.dataset_words import AsJson, Reference, version_line


def list_command(as_json: AsJson = False) -> None:
    """All versions, the newest first."""
    from core.config import read_settings
    from core.datasets.versions import version_document
    from core.services.datasets import dataset_versions

    versions = dataset_versions(read_settings()).versions()
    if as_json:
        print(json.dumps([version_document(version) for version in versions], indent=1))
        return
    for version in versions:
        print(version_line(version))
    if not versions:
        print("no datasets yet; gridlens dataset import sample_data/poles.csv makes one")


def show_command(
    version: Reference,
    rows: Annotated[int, typer.Option(min=0, help="How many rows to print.")] = 0,
    label: Annotated[str | None, typer.Option(help="Rows of this label alone.")] = None,
    split: Annotated[str | None, typer.Option(help="Rows of this split alone.")] = None,
    as_json: AsJson = False,
) -> None:
    """Counts, origin and rows of a version."""
    from core.config import read_settings
    from core.datasets.versions import version_document
    from core.services.datasets import dataset_versions, row_document, rows_page

    versions = dataset_versions(read_settings())
    found = versions.version(version)
    page = rows_page(versions.read(found.hash), label=label, split=split, limit=rows) if rows else None
    documents = [row_document(row) for row in page.rows] if page else []
    if as_json:
        counted = {"total": page.total, "rows_shown": documents} if page else {}
        print(json.dumps({**version_document(found), "csv": str(versions.csv_path(found.hash)), **counted}, indent=1))
        return
    print(version_line(found))
    parents = ", ".join(found.origin.parents) or "no other version"
    print(f"  {found.origin.done}, by {found.origin.made_by}; from {parents}")
    print(f"  {versions.csv_path(found.hash)}")
    for count in found.labels:
        splits = "  ".join(f"{split} {n}" for split, n in count.photos_by_split.items() if split and n)
        print(f"  {count.label or 'nothing':32} {count.photos:7} photos {count.rows:7} rows  {splits}".rstrip())
    for document in documents:
        print("  " + "  ".join(f"{value}" for value in document.values()))


def diff_command(
    before: Reference,
    after: Reference,
    as_json: AsJson = False,
) -> None:
    """What differs between two versions: photos, labels, boxes, splits."""
    from core.config import read_settings
    from core.services.datasets import compare_datasets, comparison_document

    comparison = compare_datasets(read_settings(), before, after)
    if as_json:
        print(json.dumps(comparison_document(comparison), indent=1, ensure_ascii=False))
        return
    for kind, count in comparison.counts.items():
        if count:
            print(f"{kind:16} {count}")
    for change in comparison.changes:
        print(f"  {change.path}: {change.kind}: {change.before or 'nothing'} → {change.after or 'nothing'}")
    if not comparison.changes:
        print("no difference")


def check_command(
    version: Reference,
    model: Annotated[str | None, typer.Option(help="The model that is to learn from it; else its own labels.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look for what would stop or spoil a training: missing photos, boxes outside, photos in two splits …"""
    from core.config import read_settings
    from core.services.dataset_check import check_photos

    problems = check_photos(read_settings(), version, model)
    if as_json:
        print(json.dumps({"version": version, "problems": [asdict(problem) for problem in problems]}, indent=1))
    elif not problems:
        print(f"{version}: nothing wrong")
    for problem in problems:
        print(f"gridlens: {problem}", file=sys.stderr)
    if problems:
        raise typer.Exit(1)
