"""Sets of photos by a word: a folder, a dataset, a batch of dropped photos; with the masks that lie beside renders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.config import Settings
from core.datasets import read_dataset
from core.datasets.beside import mask_file
from core.errors import ConfigError, NotFoundError
from core.services.datasets import dataset_versions
from core.services.file_list import find_photo_files
from core.services.render_datasets import list_datasets
from core.services.samples import SAMPLE_DATA
from core.store import PhotoFilter, Store, open_store

DATASET, BATCH = "dataset:", "batch:"
_MASK = "object"


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """Photos that belong together.

    Attributes:
        reference: the word that they were asked for by.
        files: at least one.
        names: of each, what a pair has in common: the file's name without its ending.
    """

    reference: str
    files: tuple[Path, ...]
    names: tuple[str, ...]


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
    if reference.startswith(BATCH):
        files, names = _batch(settings, reference.removeprefix(BATCH))
    elif reference.startswith(DATASET):
        data = dataset_versions(settings).read(reference.removeprefix(DATASET))
        files = [data.file(name) for name in data.by_photo]
        names = [file.stem for file in files]
    else:
        files = _path(Path(reference).expanduser())
        names = [file.stem for file in files]
    if not files:
        raise ConfigError(f"{reference}: expected photos, found none; choose a folder or dataset that holds some")
    return PhotoSet(reference, tuple(files), tuple(names))


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


def _path(path: Path) -> list[Path]:
    if path.is_file() and path.suffix.lower() == ".csv":
        data = read_dataset(path)
        return [data.file(name) for name in data.by_photo]
    if path.is_file():
        raise ConfigError(f"{path}: expected a folder or a dataset CSV, received a file")
    # A folder of renders also holds masks, which are no photos.
    images = path / "images"
    return find_photo_files([images if images.is_dir() else path])


def _batch(settings: Settings, batch_id: str) -> tuple[list[Path], list[str]]:
    store = open_store(settings)
    try:
        store.batch(batch_id)
        rows = store.photos(PhotoFilter(batch_id=batch_id, order="name"))
        if not rows:
            raise NotFoundError(f"batch {batch_id}: expected photos, found none; drop some")
        return [store.original_path(row.photo.sha256) for row in rows], [Path(row.photo.name).stem for row in rows]
    finally:
        store.close()
