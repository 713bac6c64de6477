"""Pascal VOC: ``Annotations/a.xml``, ``JPEGImages/a.jpg``, ``ImageSets/Main/train.txt``.

VOC counts pixels from 1 and names the last pixel that a box covers; inside, boxes are edges that count from 0. So
``xmin = x_min + 1`` and ``xmax = x_max``, as Detectron2 and torchvision read it. Written with fractions, so that
nothing is lost. Groups and times have no place there and are lost.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from core.datasets.folders import SPLIT_FOLDERS
from core.datasets.formats.photo_files import OnProgress, PhotoFinder, check_size, copy_photos, export_names, inside
from core.datasets.photos import PhotoFacts, photo_facts
from core.datasets.problems import Problems
from core.datasets.rows import SPLITS, Dataset, DatasetRow
from core.errors import ConfigError
from core.whole_files import write_whole

_PRESENCE = re.compile(r"\s+-?[01]$")  # lists of one class say after each photo whether it is in it
_SIDES = ("xmin", "ymin", "xmax", "ymax")


def read_pascal_voc(source: Path, photos_dir: Path | None = None) -> Dataset:
    """Read a VOC folder.

    Args:
        source: holds ``Annotations/``, or is a folder of XML files itself.
        photos_dir: where the photos are; None for ``JPEGImages/`` beside the annotations.

    Raises:
        ConfigError: no XML files, or they are wrong; the message names up to 10 objects.
    """
    folder = source / "Annotations" if (source / "Annotations").is_dir() else source
    files = sorted(folder.glob("*.xml"))
    if not files:
        raise ConfigError(f"{source}: expected VOC annotations (*.xml), received none")
    root = folder.parent
    finder = PhotoFinder([photos_dir] if photos_dir else [root / "JPEGImages", root, folder])
    splits = _read_splits(root)
    rows: list[DatasetRow] = []
    everything = Problems(str(source))
    for file in files:
        problems = Problems(str(file))
        rows += _rows_of(file, splits.get(file.stem, ""), finder, problems)
        everything.found += problems.found
    everything.stop_if_any()
    return Dataset("detection", tuple(rows), root)


def _read_splits(root: Path) -> dict[str, str]:
    splits: dict[str, str] = {}
    for name, split in SPLIT_FOLDERS.items():
        file = root / "ImageSets" / "Main" / f"{name}.txt"
        if file.is_file():
            lines = file.read_text("utf-8").splitlines()
            splits |= {_PRESENCE.sub("", line.strip()): split for line in lines if line.strip()}
    return splits


def _rows_of(file: Path, split: str, finder: PhotoFinder, problems: Problems) -> list[DatasetRow]:
    data = file.read_bytes()
    # Annotations need no document type, and one can hold entities that grow without end.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        problems.add(None, "XML without a document type", "one")
        return []
    try:
        annotation = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        problems.add(None, "XML", str(error))
        return []
    name = (annotation.findtext("filename") or "").strip() or f"{file.stem}.jpg"
    photo = finder.facts(name, "filename", problems)
    if photo is None:
        return []
    size = (_whole(annotation.findtext("size/width")), _whole(annotation.findtext("size/height")))
    check_size(size, photo[1], "size", problems)
    rows = []
    for number, found in enumerate(annotation.iter("object"), start=1):
        row = _object_row(found, photo, split, f"object {number}", problems)
        if row is not None:
            rows.append(row)
    return rows or [DatasetRow(photo[0], split=split)]


def _object_row(
    found: Element, photo: tuple[str, PhotoFacts], split: str, place: str, problems: Problems
) -> DatasetRow | None:
    label = (found.findtext("name") or "").strip()
    if not label:
        problems.add(place, "a name", "")
        return None
    texts = [(found.findtext(f"bndbox/{side}") or "").strip() for side in _SIDES]
    try:
        sides = [float(text) for text in texts]
    except ValueError:
        sides = [math.nan]
    if not all(map(math.isfinite, sides)):
        problems.add(place, f"numbers as {', '.join(_SIDES)}", ", ".join(texts))
        return None
    box = inside((sides[0] - 1, sides[1] - 1, sides[2], sides[3]), photo[1], place, problems)
    return None if box is None else DatasetRow(photo[0], label, box, split=split)


def _whole(text: str | None) -> int:
    return int(text) if text and text.strip().isdigit() else 0


def write_pascal_voc(dataset: Dataset, folder: Path, on_progress: OnProgress | None = None) -> None:
    """Write ``Annotations/``, ``JPEGImages/`` and ``ImageSets/Main/``. Groups and times are lost.

    Raises:
        PhotoError: a photo is not there or cannot be read.
        StoreError: disk full.
    """
    names = export_names(dataset.by_photo)
    copy_photos(dataset, {path: folder / "JPEGImages" / name for path, name in names.items()}, on_progress)
    for path, rows in dataset.by_photo.items():
        document = _annotation(names[path], rows, photo_facts(dataset.file(path), path))
        target = folder / "Annotations" / f"{Path(names[path]).stem}.xml"
        write_whole(target, ElementTree.tostring(document, encoding="utf-8"))
    for split in SPLITS:
        stems = [Path(names[path]).stem for path, rows in dataset.by_photo.items() if rows[0].split == split]
        if stems:
            file = folder / "ImageSets" / "Main" / f"{'val' if split == 'validation' else split}.txt"
            write_whole(file, "".join(f"{stem}\n" for stem in stems).encode())


def _annotation(name: str, rows: tuple[DatasetRow, ...], facts: PhotoFacts) -> Element:
    annotation = Element("annotation")
    SubElement(annotation, "folder").text = "JPEGImages"
    SubElement(annotation, "filename").text = name
    size = SubElement(annotation, "size")
    for key, value in (("width", facts.width_px), ("height", facts.height_px), ("depth", 3)):
        SubElement(size, key).text = str(value)
    for row in rows:
        if row.box_xyxy_px is None:
            continue
        found = SubElement(annotation, "object")
        SubElement(found, "name").text = row.label
        SubElement(found, "difficult").text = "0"
        box = SubElement(found, "bndbox")
        x_min, y_min, x_max, y_max = row.box_xyxy_px
        for key, side in zip(_SIDES, (x_min + 1, y_min + 1, x_max, y_max), strict=True):
            SubElement(box, key).text = repr(side)
    ElementTree.indent(annotation)
    return annotation
