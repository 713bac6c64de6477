"""Photos that an annotation file names: found on import, copied on export."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from core.datasets.photos import PhotoFacts, photo_facts
from core.datasets.problems import Problems
from core.datasets.rows import Dataset
from core.errors import PhotoError, StoreError
from core.types import BoxXyxyPx

OnProgress = Callable[[int, int], None]
SLACK_PX = 1.0
"""Tools round to whole pixels: a box may reach so far over the photo's edge, and is cut there."""
_UPLOAD_PREFIX = re.compile(r"^[0-9a-f]{8}-")  # Label Studio puts it before the names of uploads


class PhotoFinder:
    """Finds photos by the names in annotation files: below several folders, as named, or else by file name alone.

    Args:
        roots: looked through in this order.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = list(dict.fromkeys(roots))

    def find(self, name: str) -> Path | None:
        """The photo of that name; None where there is none, or several in different folders."""
        plain = unquote(re.sub(r"^[a-z][a-z0-9+.-]*://[^/]*/?", "", name)).split("?d=")[-1].replace("\\", "/")
        for root in self._roots:
            for tried in (root / plain, root / "images" / plain):
                if tried.is_file():
                    return Path(os.path.abspath(tried))
        base = plain.rsplit("/", 1)[-1]
        found = self._by_name.get(base) or self._by_name.get(_UPLOAD_PREFIX.sub("", base)) or []
        return Path(os.path.abspath(found[0])) if len(found) == 1 else None

    def facts(self, name: str, place: str, problems: Problems) -> tuple[str, PhotoFacts] | None:
        """Absolute path and size of a photo; a problem is noted, and None given, where it cannot be had."""
        path = self.find(name)
        if path is None:
            looked = " or ".join(str(root) for root in self._roots)
            problems.add(place, f"its photo in {looked}", name)
            return None
        try:
            return path.as_posix(), photo_facts(path, path.name)
        except PhotoError as error:
            problems.add(place, "a photo that can be read", str(error))
            return None

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for file in sorted({file for root in self._roots if root.is_dir() for file in root.rglob("*")}):
            if file.is_file():
                found.setdefault(file.name, []).append(file)
        return found


def check_size(stated: tuple[object, object], facts: PhotoFacts, place: str, problems: Problems) -> None:
    """Note where an annotation was made on a photo of another size, turned or scaled."""
    width, height = stated
    if width and height and (width, height) != (facts.width_px, facts.height_px):
        problems.add(place, f"a size of {facts.width_px} × {facts.height_px} px, upright", f"{width} × {height} px ")


def inside(
    box: tuple[float, float, float, float], facts: PhotoFacts, place: str, problems: Problems
) -> BoxXyxyPx | None:
    """A box cut at the photo's edge; a problem is noted, and None given, where it lies outside or has no extent."""
    x_min, y_min, x_max, y_max = box
    width, height = facts.width_px, facts.height_px
    is_inside = min(x_min, y_min) >= -SLACK_PX and x_max <= width + SLACK_PX and y_max <= height + SLACK_PX
    cut = (max(x_min, 0.0), max(y_min, 0.0), min(x_max, float(width)), min(y_max, float(height)))
    if not is_inside or not (cut[0] < cut[2] and cut[1] < cut[3]):
        sides = ", ".join(f"{side:g}" for side in box)
        problems.add(place, f"a box inside of {width} × {height} px", f"x_min, y_min, x_max, y_max = {sides}")
        return None
    return cut


def export_names(paths: Iterable[str]) -> dict[str, str]:
    """Path → a file name of its own: the photo's, with a few digits where two share a stem."""
    wanted = list(paths)
    stems: dict[str, int] = {}
    for path in wanted:
        stem = Path(path).stem.lower()
        stems[stem] = stems.get(stem, 0) + 1
    names = {}
    for path in wanted:
        name = Path(path)
        own = f"_{hashlib.sha256(path.encode()).hexdigest()[:8]}" if stems[name.stem.lower()] > 1 else ""
        names[path] = f"{name.stem}{own}{name.suffix}"
    return names


def copy_photos(dataset: Dataset, targets: dict[str, Path], on_progress: OnProgress | None = None) -> None:
    """Copy photos, byte by byte the same.

    Args:
        dataset: tells where the photos lie.
        targets: path in the dataset → file to make.
        on_progress: called with (done, count).

    Raises:
        PhotoError: a photo is not there.
        StoreError: disk full or folder not writable.
    """
    for done, (path, target) in enumerate(targets.items(), start=1):
        source = dataset.file(path)
        if not source.is_file():
            raise PhotoError(f"{source}: expected a photo of the dataset, found no such file")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        except OSError as error:
            raise StoreError(f"{target}: cannot be written ({error.strerror or error}); free some space") from error
        if on_progress:
            on_progress(done, len(targets))
