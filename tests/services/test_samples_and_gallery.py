"""Sample photos in one call, and the gallery's rows."""

import threading
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.services.context import Context
from core.services.samples import add_samples
from core.services.worker import drain
from tests.services.toys import write_photo


def test_samples_are_one_batch_with_the_tags_that_their_models_wait_for(context: Context, tmp_path: Path) -> None:
    write_photo(tmp_path / "samples" / "poles" / "a.jpg", 1)
    write_photo(tmp_path / "samples" / "shackles" / "b.jpg", 2)
    batch_id = add_samples(context, tmp_path / "samples")
    assert drain(context, "me", threading.Event()) == 2
    models = {row.photo.name: context.store.findings(row.photo.sha256)[0].model for row in context.store.photos()}
    assert models == {"a.jpg": "polecat", "b.jpg": "shackle"}
    assert context.store.progress(batch_id).done == 2


def test_a_folder_without_samples_is_refused(context: Context, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="expected photos in poles and shackles"):
        add_samples(context, tmp_path)
