"""Photos of saved answers side by side; those that are in the store open on the Inspect page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from components import cached
from components.example_grid import GridPicture, example_grid
from core.errors import PhotoError
from core.services.context import Context
from core.services.saved_answers import SavedAnswers
from core.types import BoxXyxyPx


@dataclass(frozen=True, slots=True)
class AnswerPicture:
    """A photo of saved answers.

    Attributes:
        saved: whose.
        photo: its name there.
        words: below it, before its file's name.
        box: the part that is shown; None for all of it.
    """

    saved: SavedAnswers
    photo: str
    words: str
    box: BoxXyxyPx | None = None

    @property
    def file(self) -> Path:
        """The photo's file."""
        return self.saved.photos_dir / self.photo


def answer_grid(context: Context, pictures: Sequence[AnswerPicture]) -> None:
    """Draw thumbnails in their order; those that cannot be shown say why."""
    hashes = [cached.answer_hashes(one.saved).get(one.photo, "") for one in pictures]
    known = context.store.known(sha256 for sha256 in hashes if sha256)
    example_grid([_drawn(one, h if h in known else "") for one, h in zip(pictures, hashes, strict=True)])


def _drawn(one: AnswerPicture, sha256: str) -> GridPicture:
    words = f"{one.words} · {one.photo.rpartition('/')[2]}"
    try:
        return GridPicture(cached.dataset_thumbnail(one.file, one.box), words, sha256=sha256)
    except PhotoError as error:
        return GridPicture(None, words, str(error), sha256)
