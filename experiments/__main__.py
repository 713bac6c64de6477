"""``python -m experiments list | run STUDY… | write``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from core.config import REPOSITORY
from core.errors import ConfigError, GridlensError
from experiments.report import write_report
from experiments.runner import finished, run_study
from experiments.sizes import PRESETS, sizes_named
from experiments.studies import STUDIES
from experiments.study import Context, Study

app = typer.Typer(add_completion=False, help="The field's experiments: runnable, resumable, written up.")
RESULTS = REPOSITORY / "docs" / "experiments"
DOCUMENT = REPOSITORY / "docs" / "experiments.md"

Out = Annotated[Path, typer.Option(help="Folder of renders, runs and caches.")]
SizesName = Annotated[str, typer.Option("--sizes", help=f"One of {', '.join(PRESETS)}.")]
Changes = Annotated[
    list[str] | None, typer.Option("--set", help="Change one of the sizes, for example wear_train=4000.")
]
Field = Annotated[Path | None, typer.Option(help="Folder of field photos with labels.csv (path, pole_type).")]
Renders = Annotated[Path, typer.Option(help="Folder that may hold shackle_v3_train and shackle_v3_test.")]
Weights = Annotated[Path, typer.Option(help="Folder of ImageNet weights, such as mobilenet_v2_1.0_notop.weights.h5.")]
Results = Annotated[Path | None, typer.Option(help="Folder of the CSVs; default docs/experiments, with smoke OUT.")]

_OUT, _RENDERS, _WEIGHTS = Path("renders/experiments"), Path("renders"), Path("renders/imagenet")


@app.command("list")
def list_command(
    out: Out = _OUT,
    sizes: SizesName = "cpu",
    changes: Changes = None,
    field: Field = None,
    renders: Renders = _RENDERS,
    weights: Weights = _WEIGHTS,
) -> None:
    """Every study with its runs, which are finished, and about how long the others take."""
    context = _context(out, sizes, changes, field, renders, weights, None)
    left = 0.0
    for study in STUDIES:
        runs = study.runs(context)
        open_runs = [r for r in runs if not finished(r, out / study.name / r.name)]
        minutes = sum(r.minutes for r in open_runs) * context.sizes.minutes_share
        left += minutes
        print(f"{study.name}: {len(runs) - len(open_runs)} of {len(runs)} finished, about {minutes:.0f} minutes left")
        print(f"  {study.question}")
        for run in runs:
            print(f"  {'.' if run in open_runs else 'x'} {run.name}  {run.config_hash}")
    print(f"about {left:.0f} minutes left in all")


@app.command("run")
def run_command(
    names: Annotated[list[str], typer.Argument(help="Studies, or all.")],
    out: Out = _OUT,
    budget_min: Annotated[
        float | None, typer.Option(help="Start no run expected to end after so many minutes.")
    ] = None,
    sizes: SizesName = "cpu",
    changes: Changes = None,
    field: Field = None,
    renders: Renders = _RENDERS,
    weights: Weights = _WEIGHTS,
    results: Results = None,
) -> None:
    """Do what is not finished of some studies. Started again after a kill, it goes on."""
    chosen = _chosen(names)
    context = _context(out, sizes, changes, field, renders, weights, results)
    deadline_s = None if budget_min is None else time.monotonic() + 60 * budget_min
    failed = 0
    for study in chosen:
        outcome = run_study(study, context, deadline_s)
        failed += len(outcome.failed)
        counts = {k: len(getattr(outcome, k)) for k in ("done", "skipped", "failed", "left")}
        print(f"{study.name}: " + ", ".join(f"{n} {word}" for word, n in counts.items()), flush=True)
    if failed:
        raise typer.Exit(1)


@app.command("write")
def write_command(
    document: Annotated[Path, typer.Option(help="Markdown with a pair of markers for each study.")] = DOCUMENT,
    results: Annotated[Path, typer.Option(help="Folder of the CSVs and figures, below the document's.")] = RESULTS,
) -> None:
    """Fill tables and figures into docs/experiments.md; what stands outside the markers stays."""
    for path in write_report(STUDIES, document, results):
        print(path)


def _chosen(names: list[str]) -> list[Study]:
    known = {study.name: study for study in STUDIES}
    if names == ["all"]:
        return list(STUDIES)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(f"study: expected all, or some of {', '.join(known)}, got {unknown[0]!r}")
    return [known[name] for name in names]


def _context(
    out: Path,
    sizes_name: str,
    changes: list[str] | None,
    field: Path | None,
    renders: Path,
    weights: Path,
    results: Path | None,
) -> Context:
    if field is not None and not (field / "labels.csv").is_file():
        raise ConfigError(f"{field}: expected labels.csv in it, found none")
    sizes = sizes_named(sizes_name, tuple(changes or ()))
    default = out / "results" if sizes_name == "smoke" else RESULTS
    say = _say
    return Context(sizes, out, results or default, renders, weights, field, say)


def _say(line: str) -> None:
    print(time.strftime("%H:%M:%S"), line, flush=True)


def main() -> None:
    """Run a command; an error that a person can mend is one line and exit status 2."""
    try:
        app()
    except GridlensError as error:
        print(f"experiments: {error}")
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
