"""Sets of photos by a word: a folder, a dataset, a batch of dropped photos; and where the object is in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.compare.activations import ObjectPlace
from core.config import Settings
from core.datasets import Dataset, read_dataset
from core.datasets.beside import mask_file
from core.errors import ConfigError, NotFoundError
from core.services.box_corrections import BOXES_KEY, read_boxes
from core.services.datasets import dataset_versions
from core.services.file_list import find_photo_files
from core.services.render_datasets import list_datasets
from core.services.samples import SAMPLE_DATA
from core.store import PhotoFilter, Store, open_store
from core.types import BoxXyxyPx

DATASET, BATCH = "dataset:", "batch:"
_MASK = "object"


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """Photos that belong together.

    Attributes:
        reference: the word that they were asked for by.
        files: at least one.
        names: of each, what a pair has in common: the file's name without its ending.
        boxes: file → where the object is, pixels of the upright original: a dataset's boxes, or those that a person
            drew on a dropped photo. Files without any are left out.
    """

    reference: str
    files: tuple[Path, ...]
    names: tuple[str, ...]
    boxes: Mapping[Path, tuple[BoxXyxyPx, ...]] = field(default_factory=dict)

    def object_place(self, file: Path) -> ObjectPlace:
        """Where the object is in a photo: by the mask beside a render, else by boxes."""
        return mask_beside(file) or self.boxes.get(file)

    def some(self, places: Sequence[int]) -> PhotoSet:
        """Some of the photos, in the order given."""
        files = tuple(self.files[k] for k in places)
        boxes = {file: self.boxes[file] for file in files if file in self.boxes}
        return PhotoSet(self.reference, files, tuple(self.names[k] for k in places), boxes)


def photo_set(settings: Settings, reference: str) -> PhotoSet:
    """The photos that a word stands for.

    Args:
        settings: where datasets and the store are.
        reference: a folder (of renders: its ``images``), a dataset CSV, ``dataset:HASH`` or ``dataset:NAME`` for a
            version, ``batch:ID`` for dropped photos.

    Raises:
        ConfigError: it holds no photo.
        NotFoundError: nothing of that name.
    """
    path = Path(reference).expanduser()
    if reference.startswith(BATCH):
        found = _batch(settings, reference)
    elif reference.startswith(DATASET):
        found = _of_dataset(reference, dataset_versions(settings).read(reference.removeprefix(DATASET)))
    elif path.is_file() and path.suffix.lower() == ".csv":
        found = _of_dataset(reference, read_dataset(path))
    else:
        files = tuple(_folder(path))
        found = PhotoSet(reference, files, tuple(file.stem for file in files))
    if not found.files:
        raise ConfigError(f"{reference}: expected photos, found none; choose a folder or dataset that holds some")
    return found


def known_sets(settings: Settings, store: Store) -> dict[str, str]:
    """What can be chosen without typing a path: reference → words, the newest of each kind first."""
    found = {f"{BATCH}{one.id}": f"Dropped: {one.name}" for one in store.batches(20)}
    versions = dataset_versions(settings).versions()
    found |= {f"{DATASET}{one.hash}": f"Dataset: {one.name} ({one.photo_count})" for one in versions[:40]}
    renders = [one for one in list_datasets(settings) if one.done]
    found |= {str(one.folder): f"Renders: {one.order.name} ({one.done})" for one in renders[:40]}
    samples = {"poles": "Sample poles", "shackles": "Sample shackles", "pairs/render": "Sample pairs: renders",
               "pairs/high_fidelity_render": "Sample pairs: high-fidelity renders"}  # fmt: skip
    found |= {str(SAMPLE_DATA / name): words for name, words in samples.items()}
    stand_ins = stand_ins_dir(settings)
    return found | ({str(stand_ins): "Stand-ins for field photos of poles"} if stand_ins.is_dir() else {})


def stand_ins_dir(settings: Settings) -> Path:
    """Where the sample gap's stand-ins for field photos are, once they were made."""
    return settings.home / "gap" / "sample" / "stand_ins"


def lasting_reference(reference: str) -> str:
    """The same word for a process that starts in another folder: paths become absolute."""
    if reference.startswith((DATASET, BATCH)):
        return reference
    return str(Path(reference).expanduser().absolute())


def mask_beside(file: Path) -> Path | None:
    """The mask of a render, ``masks/NAME_object.png`` beside ``images/NAME.jpg``; None where there is none."""
    if file.parent.name != "images":
        return None
    mask = mask_file(file, _MASK)
    return mask if mask.is_file() else None


def _folder(path: Path) -> list[Path]:
    if path.is_file():
        raise ConfigError(f"{path}: expected a folder or a dataset CSV, received a file")
    # A folder of renders also holds masks, which are no photos.
    images = path / "images"
    return find_photo_files([images if images.is_dir() else path])


def _of_dataset(reference: str, data: Dataset) -> PhotoSet:
    files = tuple(data.file(name) for name in data.by_photo)
    boxes = {
        data.file(name): tuple(row.box_xyxy_px for row in rows if row.box_xyxy_px is not None)
        for name, rows in data.by_photo.items()
    }
    return PhotoSet(reference, files, tuple(file.stem for file in files), _those_with_boxes(boxes))


def _batch(settings: Settings, reference: str) -> PhotoSet:
    store = open_store(settings)
    try:
        batch_id = reference.removeprefix(BATCH)
        store.batch(batch_id)
        photos = [row.photo for row in store.photos(PhotoFilter(batch_id=batch_id, order="name"))]
        if not photos:
            raise NotFoundError(f"batch {batch_id}: expected photos, found none; drop some")
        files = tuple(store.original_path(photo.sha256) for photo in photos)
        known = store.metadata_of([photo.sha256 for photo in photos])
    finally:
        store.close()
    drawn = {
        file: tuple(
            box.box_xyxy_px
            for key, value in known[photo.sha256].items()
            if key.endswith(f".{BOXES_KEY}")
            for box in read_boxes(value, key)
        )
        for file, photo in zip(files, photos, strict=True)
    }
    names = tuple(Path(photo.name).stem for photo in photos)
    return PhotoSet(reference, files, names, _those_with_boxes(drawn))


def _those_with_boxes(boxes: Mapping[Path, tuple[BoxXyxyPx, ...]]) -> dict[Path, tuple[BoxXyxyPx, ...]]:
    return {file: some for file, some in boxes.items() if some}
