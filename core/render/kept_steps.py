"""Keeps what the steps of a render made last, so that a preview makes again only what has changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Made = TypeVar("Made")


class KeptSteps:
    """The last result of every step, by the step's name and what it was made from. For one thread."""

    def __init__(self) -> None:
        """Holds nothing yet."""
        self._last: dict[str, tuple[Hashable, Any]] = {}

    def made(self, step: str, needs: Hashable, make: Callable[[], Made]) -> Made:
        """Give the kept result where ``needs`` is what it was made from; else make it, and keep that."""
        kept = self._last.get(step)
        if kept is not None and kept[0] == needs:
            result: Made = kept[1]
            return result
        result = make()
        self._last[step] = (needs, result)
        return result
