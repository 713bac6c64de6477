"""The ``gridlens`` command: its subcommands, and how errors become exit statuses.

0 done, 1 some inputs failed (each named on standard error), 2 wrong use.
"""

from __future__ import annotations

import sys

import typer

from core.cli.advise import advise_command
from core.cli.compare import compare_command
from core.cli.curves import curves_command
from core.cli.dataset import dataset_app
from core.cli.evaluate import evaluate_command
from core.cli.explain import choose_explanations_command, explain_command, features_command
from core.cli.gap import gap_command
from core.cli.inspect import inspect_command
from core.cli.models import models_command
from core.cli.render import render_command
from core.cli.runs import runs_command
from core.cli.similar import similar_command
from core.cli.thresholds import thresholds_command
from core.cli.train import train_command
from core.errors import ConfigError, GridlensError, NotFoundError

app = typer.Typer(
    name="gridlens",
    help="Inspect overhead-line photos, render training data, train models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("inspect")(inspect_command)
app.command("evaluate")(evaluate_command)
app.command("compare")(compare_command)
app.command("similar")(similar_command)
app.command("gap")(gap_command)
app.command("advise")(advise_command)
app.command("curves")(curves_command)
app.command("thresholds")(thresholds_command)
app.command("explain")(explain_command)
app.command("features")(features_command)
app.command("choose-explanations")(choose_explanations_command)
app.command("render")(render_command)
app.command("train")(train_command)
app.command("runs")(runs_command)
app.command("models")(models_command)
app.add_typer(dataset_app)


def main() -> None:
    """Entry point of the ``gridlens`` command."""
    try:
        app()
    except (ConfigError, NotFoundError) as error:
        _fail(error, status=2)
    except GridlensError as error:
        _fail(error, status=1)


def _fail(error: GridlensError, status: int) -> None:
    print(f"gridlens: {error}", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
