"""Progress on standard error, so that standard output holds results alone."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

ERRORS = Console(stderr=True)


class RateColumn(ProgressColumn):
    """``18.2/s``."""

    def render(self, task: Task) -> Text:
        """The task's speed; a dash while nothing is known."""
        speed = task.finished_speed or task.speed
        return Text("–/s" if speed is None else f"{speed:.1f}/s", style="progress.data.speed")


def progress_bar() -> Progress:
    """A bar with count, speed and time left; invisible where standard error is no terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
        console=ERRORS,
        disable=not ERRORS.is_terminal,
    )
