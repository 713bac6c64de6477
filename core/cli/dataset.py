"""``gridlens dataset``: its subcommands."""

from __future__ import annotations

import typer

from core.cli.dataset_changes import (
    add_command,
    merge_command,
    relabel_command,
    remove_command,
    sample_command,
    split_command,
)
from core.cli.dataset_files import export_command, from_folders_command, from_reviews_command, import_command
from core.cli.dataset_look import check_command, diff_command, list_command, show_command

dataset_app = typer.Typer(
    name="dataset",
    help="Keep versions of labelled photos: import, change, split, compare and export them.",
    no_args_is_help=True,
)
dataset_app.command("list")(list_command)
dataset_app.command("show")(show_command)
dataset_app.command("import")(import_command)
dataset_app.command("from-folders")(from_folders_command)
dataset_app.command("from-reviews")(from_reviews_command)
dataset_app.command("export")(export_command)
dataset_app.command("add")(add_command)
dataset_app.command("remove")(remove_command)
dataset_app.command("relabel")(relabel_command)
dataset_app.command("merge")(merge_command)
dataset_app.command("sample")(sample_command)
dataset_app.command("split")(split_command)
dataset_app.command("diff")(diff_command)
dataset_app.command("check")(check_command)
