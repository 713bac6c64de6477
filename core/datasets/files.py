"""Where a row's photo lies."""

from __future__ import annotations

import os
from pathlib import Path


def stored_path(photo: Path, folder: Path) -> str:
    """How a version names a photo: relative where photo and versions lie in one data folder, else absolute.

    So the data folder can be moved as a whole, and photos elsewhere are still found.

    Args:
        photo: the file; relative ones begin at the working folder.
        folder: where the versions lie, inside the data folder.
    """
    absolute = Path(os.path.abspath(photo))
    if absolute.is_relative_to(folder.absolute().parent):
        return Path(os.path.relpath(absolute, folder.absolute())).as_posix()
    return absolute.as_posix()
