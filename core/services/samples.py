"""The shipped sample photos into the store, in one call."""

from __future__ import annotations

from pathlib import Path

from core.config import REPOSITORY
from core.errors import NotFoundError
from core.services.context import Context
from core.services.file_list import find_photo_files

SAMPLE_DATA = REPOSITORY / "sample_data"
FOLDER_TAGS = {"poles": "helicopter inspection", "shackles": "shackle close-up"}


def add_samples(context: Context, folder: Path = SAMPLE_DATA) -> str:
    """Queue the sample photos as one batch; the workers inspect them. Photos known already stay what they are.

    Args:
        context: its store gets the photos.
        folder: holds ``poles/`` (a line seen from a helicopter) and ``shackles/`` (close-ups).

    Returns:
        The batch's id.

    Raises:
        NotFoundError: the folder holds no photos.
        StoreError: the store cannot do it now.
    """
    files = [
        (path, tag)
        for name, tag in FOLDER_TAGS.items()
        if (folder / name).is_dir()
        for path in find_photo_files([folder / name])
    ]
    if not files:
        raise NotFoundError(
            f"{folder}: expected photos in {' and '.join(FOLDER_TAGS)}, found none; get them from the project"
        )
    batch_id = context.store.create_batch("Sample photos", ("sample",))
    for path, tag in files:
        context.store.add_photo(path, path.name, tags=(tag,), batch_id=batch_id)
    return batch_id
