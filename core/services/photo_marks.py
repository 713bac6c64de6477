"""Marks of lens and sensor on stored photos: looked for once, kept in files of some 30 kB."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np

from core.errors import PhotoError, StoreError
from core.imaging.decode import decode_upright
from core.imaging.lens_marks import FrameMarks, frame_marks
from core.services.context import Context
from core.types import Photo
from core.whole_files import write_whole


def photo_marks(context: Context, photo: Photo) -> FrameMarks | None:
    """Marks of a photo, decoded in full where they were not looked for before; None where it cannot be read.

    Raises:
        NotFoundError: its file was taken away.
        StoreError: the marks cannot be kept.
    """
    kept = context.settings.home / "marks" / photo.sha256[:2] / f"{photo.sha256}.npz"
    found = _kept(kept)
    if found is None:
        try:
            image = decode_upright(context.store.original_path_of(photo), photo.name)
        except PhotoError:
            return None
        found = frame_marks(image)
        out = io.BytesIO()
        np.savez_compressed(
            out,
            lone_xys=found.lone_xys,
            relief=found.relief.astype(np.float16),
            size_px=np.array([found.width_px, found.height_px]),
        )
        try:
            write_whole(kept, out.getvalue(), is_durable=False)
        except OSError as error:
            raise StoreError(f"{kept}: cannot be written ({error.strerror or error}); make room") from error
    return found


def sensor_of(photo: Photo) -> str:
    """Camera and size of the frame: photos of one sensor have their marks at the same places."""
    return f"{photo.camera or 'unknown camera'}, {photo.width_px} × {photo.height_px}"


def _kept(path: Path) -> FrameMarks | None:
    try:
        with np.load(path, allow_pickle=False) as kept:
            width_px, height_px = kept["size_px"].tolist()
            return FrameMarks(kept["lone_xys"], kept["relief"].astype(np.float32), width_px, height_px)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):  # never looked for, or damaged: look again
        return None
