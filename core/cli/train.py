"""``gridlens train``: fit a model from a config file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def train_command(
    config: Annotated[Path, typer.Argument(help="TOML: what to train, on what, how.", exists=True, dir_okay=False)],
) -> None:
    """Train a model and write its folder; started again, it goes on after its last whole epoch."""
    from core.cli.progress import progress_bar
    from core.training.run import train

    with progress_bar() as bar:
        task = bar.add_task("Training", total=None)

        def on_event(event: dict[str, Any]) -> None:
            loss = event.get("val_loss", event.get("loss"))
            words = "Training" if loss is None else f"Training, loss {loss:.4f}"
            bar.update(task, description=words, total=event["epochs"], completed=event["epoch"])

        trained = train(config, on_event)
    print(f"{trained.folder.path}  {trained.folder.version}")
    for name, value in trained.measured.items():
        print(f"  {name}: {value}")
