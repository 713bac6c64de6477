"""A disk that is full for one file alone: every byte of it goes to ``/dev/full``."""

import os
import tempfile
from typing import Any

import pytest


def fill_the_disk(patch: pytest.MonkeyPatch, file_name: str) -> None:
    """While the patch holds, nothing can be written to a file of this name (see ``core.whole_files``)."""
    make = tempfile.mkstemp

    def mkstemp(prefix: str, **places: Any) -> tuple[int, str]:
        descriptor, name = make(prefix=prefix, **places)
        if prefix == f".{file_name}.":
            os.close(descriptor)
            descriptor = os.open("/dev/full", os.O_WRONLY)
        return descriptor, name

    patch.setattr(tempfile, "mkstemp", mkstemp)
