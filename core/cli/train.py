"""``gridlens train``: fit a model from a config file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer


def train_command(
    config: Annotated[Path, typer.Argument(help="TOML: what to train, on what, how.", exists=True, dir_okay=False)],
    runs: Annotated[Path | None, typer.Option(help="Folder of the runs; by default GRIDLENS_RUNS.")] = None,
    models: Annotated[Path | None, typer.Option(help="Folder of the model; by default GRIDLENS_MODELS.")] = None,
    export: Annotated[bool, typer.Option("--export/--no-export", help="Write a model folder.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Train a model and write its folder; started again, it goes on after its last whole epoch."""
    from core.cli.progress import ERRORS, progress_bar
    from core.training.run import train

    with progress_bar() as bar:
        task = bar.add_task("Training", total=None)

        def on_event(event: dict[str, Any]) -> None:
            loss = event.get("val_loss", event.get("loss"))
            words = "Training" if loss is None else f"Training, loss {loss:.4f}"
            bar.update(task, description=words, total=event["epochs"], completed=event["epoch"])
            if not ERRORS.is_terminal:  # a log file gets a line an epoch where a person gets a bar
                print(_epoch_line(event), file=sys.stderr, flush=True)

        trained = train(config, on_event, models_dir=models, runs_dir=runs, export=export)
    if as_json:
        result = json.loads((trained.run_dir / "result.json").read_text())
        print(json.dumps({"run_dir": str(trained.run_dir), **result}))
        return
    print(f"{trained.folder.path}  {trained.folder.version}" if trained.folder else trained.run_dir)
    for name, value in trained.measured.items():
        print(f"  {name}: {value}")


def _epoch_line(event: dict[str, Any]) -> str:
    """``epoch 3 of 12  loss 0.5213  val_loss 0.6127  12.1 s``."""
    values = [f"{name} {event[name]:.4g}" for name in ("loss", "val_loss", "accuracy", "val_accuracy") if name in event]
    return "  ".join([f"epoch {event['epoch']} of {event['epochs']}", *values, f"{event.get('elapsed_s', 0.0):.1f} s"])
