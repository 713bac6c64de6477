"""``gridlens models``: which model versions are installed."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def models_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List installed models with their versions."""
    from core.config import read_settings
    from core.runtime.model_config import find_models

    folders = find_models(read_settings().models_dir)
    rows = [
        {
            "model": name,
            "number": folder.config.number,
            "version": folder.version,
            "title": folder.config.title,
            "family": folder.config.family,
            "labels": list(folder.config.labels),
        }
        for name, folder in sorted(folders.items())
    ]
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    for _, folder in sorted(folders.items()):
        config = folder.config
        print(f"{config.name}-v{config.number}  {folder.version}  {config.title}: {', '.join(config.labels)}")
