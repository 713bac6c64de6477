"""A person's word on a photo's findings, written to its metadata log."""

from __future__ import annotations

from typing import Literal

from core.services.context import Context

Verdict = Literal["accepted", "rejected"]
VERDICT_KEY = "review.verdict"


def review_photo(context: Context, photo_sha256: str, verdict: Verdict, person: str = "local") -> None:
    """Note that a person has looked at a photo, and whether the findings are right.

    Raises:
        NotFoundError: no such photo.
        StoreError: the store cannot do it now.
    """
    writer = f"person:{person}"
    with context.store.transaction():
        context.store.set_metadata(photo_sha256, VERDICT_KEY, verdict, writer)
        context.store.set_reviewed(photo_sha256, True, writer)
