"""Puts tables and figures of the studies between their markers in ``docs/experiments.md``; other text stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.errors import ConfigError
from experiments.markdown import provenance
from experiments.runner import read_tables
from experiments.study import Study


def write_report(studies: Sequence[Study], document: Path, results: Path) -> list[Path]:
    """Fill the document from the CSVs, and draw the figures beside these.

    Args:
        studies: each has markers ``<!-- NAME: begin -->`` and ``<!-- NAME: end -->`` in the document.
        document: Markdown file.
        results: folder of the CSVs; figures are written there.

    Returns:
        The files that were written.

    Raises:
        ConfigError: the document or one of its markers is missing.
    """
    if not document.is_file():
        raise ConfigError(f"{document}: expected the document to fill, found nothing")
    text = document.read_text()
    written: list[Path] = []
    for study in studies:
        block, figures = study_block(study, document, results)
        text = _between_markers(text, study.name, block, document)
        written += figures
    document.write_text(text)
    return [document, *written]


def study_block(study: Study, document: Path, results: Path) -> tuple[str, list[Path]]:
    """A study's Markdown, and the figures it shows, which are written."""
    tables = read_tables(study, results)
    if not tables["results"]:
        return f"Not run yet: `python -m experiments run {study.name}`.", []
    parts = [study.table(tables), provenance(tables["results"])]
    files = []
    for name, svg in study.figures(tables).items():
        path = results / f"{study.name}_{name}.svg"
        path.write_text(svg)
        link = path.resolve().relative_to(document.resolve().parent).as_posix()
        parts.append(f"![{study.name}: {name.replace('_', ' ')}]({link})")
        files.append(path)
    return "\n\n".join(parts), files


def _between_markers(text: str, name: str, block: str, document: Path) -> str:
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if begin not in text or end not in text.split(begin, 1)[1]:
        raise ConfigError(f"{document}: expected the markers {begin} and {end}, in this order")
    head, rest = text.split(begin, 1)
    return f"{head}{begin}\n{block}\n{end}{rest.split(end, 1)[1]}"
