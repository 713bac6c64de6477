"""A person's own two photos as a pair."""

from __future__ import annotations

from pathlib import Path

from core.errors import NotFoundError
from core.services.pairs import Pair
from core.store import PhotoFilter, Store


def own_pair(store: Store, first: str, second: str) -> Pair:
    """Two photos of the store, by SHA-256.

    Raises:
        NotFoundError: one of them is not there.
    """
    photos = [store.photo(sha256) for sha256 in (first, second)]
    paths = [store.original_path(photo.sha256) for photo in photos]
    name = " and ".join(Path(photo.name).stem for photo in photos)
    return Pair(name, paths[0], paths[1], (photos[0].name, photos[1].name))


def dropped_pair(store: Store, batch_id: str) -> tuple[str, str]:
    """The two photos of a batch, in the order in which they came; a single one is paired with itself.

    Raises:
        NotFoundError: no such batch, or it holds no photo.
    """
    store.batch(batch_id)
    rows = store.photos(PhotoFilter(batch_id=batch_id, order="newest", limit=2))
    if not rows:
        raise NotFoundError(f"batch {batch_id}: expected two photos, found none that can be read; drop others")
    return rows[-1].photo.sha256, rows[0].photo.sha256
