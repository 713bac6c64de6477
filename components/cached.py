"""What lives longer than one run of a page. Caching is done here and nowhere else."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

from core.config import read_settings
from core.datasets import Dataset, VersionFolder
from core.services.context import Context, open_context
from core.types import BoxXyxyPx

_opening = threading.Lock()


def context() -> Context:
    """This process's store and models, opened once and shared by all sessions. Thread-safe.

    Not ``st.cache_resource``: the app opens it ahead of the first session, where Streamlit has no cache yet.

    Raises:
        ConfigError, StoreError, ModelError: it cannot be opened; the next call tries again.
    """
    with _opening:
        return _open_once()


@lru_cache(maxsize=1)
def _open_once() -> Context:
    return open_context(read_settings())


@lru_cache(maxsize=4)
def dataset(folder: Path, version_hash: str) -> Dataset:
    """The rows of a dataset version, which never change; 36,000 of them take half a second to read.

    Raises:
        NotFoundError, StoreError: see ``VersionFolder.read``.
    """
    return VersionFolder(folder).read(version_hash)


def dataset_thumbnail(file: Path, box: BoxXyxyPx | None) -> bytes:
    """A JPEG of a photo or a box; see ``core.services.dataset_examples.thumbnail``.

    Raises:
        PhotoError: not there, or not a photo.
    """
    changed_ns = file.stat().st_mtime_ns if file.is_file() else 0
    return _thumbnail(file, changed_ns, box)


@lru_cache(maxsize=600)  # 15 kB each
def _thumbnail(file: Path, changed_ns: int, box: BoxXyxyPx | None) -> bytes:
    # Imported here: the first page does not need it.
    from core.services.dataset_examples import thumbnail

    return thumbnail(file, box)
