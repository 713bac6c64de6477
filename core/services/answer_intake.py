"""Predictions that a person uploads, beside their truth, into saved answers."""

from __future__ import annotations

import tempfile
from pathlib import Path

from core.errors import ConfigError
from core.services.answer_writing import save_import
from core.services.context import Context
from core.services.saved_answers import SavedAnswers, new_answers_dir
from core.store.names import clean_name

NamedFile = tuple[str, bytes]


def add_answers(
    context: Context,
    predictions: NamedFile | None,
    truth: NamedFile | None,
    name: str,
    photos_dir: str = "",
    model: str | None = None,
) -> SavedAnswers:
    """Check uploaded files and keep them.

    Args:
        context: settings and models.
        predictions, truth: name and content; None where nothing was chosen.
        name: of the answers.
        photos_dir: folder on this machine that paths of photos begin at; "" for none.
        model: name of the installed model whose answers they are; None for another program's.

    Raises:
        ConfigError: a file is missing or wrong (named as the sender knows it), the folder does not exist, or the
            name is none or taken.
        NotFoundError: no such model.
        StoreError: they cannot be kept.
    """
    if predictions is None or truth is None:
        missing = "predictions" if predictions is None else "truth"
        raise ConfigError(f"{missing}: expected a file, received none")
    photos = Path(photos_dir).expanduser() if photos_dir.strip() else None
    if photos is not None and not photos.is_dir():
        raise ConfigError(f"folder of photos: expected a folder on this machine, received {photos_dir!r}")
    folder = context.registry.folder(model) if model else None
    target = new_answers_dir(context.settings, name.strip())
    with tempfile.TemporaryDirectory(prefix="gridlens-answers-") as place:
        try:
            files = [_kept(one, Path(place) / part) for one, part in ((predictions, "p"), (truth, "t"))]
            return save_import(files[0], files[1], target, model=folder, photos_dir=photos or target)
        except ConfigError as error:  # names the files as the sender knows them, not where they lay here
            raise ConfigError(str(error).replace(f"{place}/p/", "").replace(f"{place}/t/", "")) from error


def _kept(file: NamedFile, place: Path) -> Path:
    place.mkdir()
    path = place / clean_name(file[0])
    path.write_bytes(file[1])
    return path
