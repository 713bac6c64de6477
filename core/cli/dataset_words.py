"""What the ``gridlens dataset`` commands share: their options, and a version in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import ConfigError

if TYPE_CHECKING:
    from core.datasets import DatasetVersion, SavedVersion

Reference = Annotated[str, typer.Argument(metavar="VERSION", help="Hash (4 digits or more), name, or a CSV's path.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Name = Annotated[str | None, typer.Option(help="What to call the dataset; its versions share the name.")]
By = Annotated[str, typer.Option(envvar="USER", help="Who does it, for the record.")]


def level_of(text: str) -> Any:
    """``leaf``, ``full`` or a number, from the command line.

    Raises:
        ConfigError: none of these.
    """
    if text in ("leaf", "full"):
        return text
    if text.isdigit() and int(text) >= 1:
        return int(text)
    raise ConfigError(f"--level: expected leaf, full or a number of folders from 1, received {text!r}")


def print_saved(saved: SavedVersion, as_json: bool, extra: dict[str, Any] | None = None) -> None:
    """A new version, or the one that held these rows already."""
    from core.services.datasets import saved_document

    if as_json:
        print(json.dumps({**saved_document(saved), **(extra or {})}, indent=1, ensure_ascii=False))
        return
    print(version_line(saved.version) + ("" if saved.is_new else "  (these rows were there already)"))


def version_line(version: DatasetVersion) -> str:
    """Hash, name, photos, time, what was done, and splits."""
    splits = "  ".join(f"{split} {count}" for split, count in version.splits.items() if split)
    made = version.made_at.strftime("%Y-%m-%d %H:%M")
    words = f"{version.hash}  {version.name:24} {version.photo_count:7} photos  {made}  {version.origin.done}"
    return f"{words}  {splits}".rstrip()
