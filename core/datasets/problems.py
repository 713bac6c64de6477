"""What is wrong in a file that describes a dataset: file, row, expected, received; several in one message."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.errors import ConfigError

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        file: the file, as the person named it.
        row: line of a CSV (the header is 1), or place in another file (``image 3``); None for the whole file.
        expected, received: in words; long received texts are cut.
    """

    file: str
    row: int | str | None
    expected: str
    received: str

    def __str__(self) -> str:
        """``poles.csv row 7: expected a label, received nothing``."""
        place = "" if self.row is None else f" row {self.row}" if isinstance(self.row, int) else f" {self.row}"
        return f"{self.file}{place}: expected {self.expected}, received {self.received}"


@dataclass(slots=True)
class Problems:
    """Collects problems, so that a person gets all of them in one message and not one a try."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, row: int | str | None, expected: str, received: object) -> None:
        """Note a problem; a text that was received is shown in quotes, other values as they are."""
        words = shown(received) if isinstance(received, str) else str(received)
        self.found.append(Problem(self.file, row, expected, words))

    def stop_if_any(self) -> None:
        """Raise them all at once.

        Raises:
            ConfigError: there are any; the first 10 are named, the others counted.
        """
        if self.found:
            raise ConfigError(problems_text(self.found))


def shown(text: str) -> str:
    """A text of unknown origin in quotes and at most 80 characters; ``nothing`` for an empty one."""
    return repr(text if len(text) <= 80 else text[:79] + "…") if text else "nothing"


def problems_text(problems: list[Problem]) -> str:
    """Problems, one a line, at most 10 and then their number."""
    lines = [str(problem) for problem in problems[:MOST_SHOWN]]
    if len(problems) > MOST_SHOWN:
        lines.append(f"… and {len(problems) - MOST_SHOWN} more")
    return "\n".join(lines)
