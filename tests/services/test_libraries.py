"""Libraries to compare with: which there are, and how far they have been read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.compare.descriptors import Describer
from core.config import Settings
from core.services.dataset_intake import import_csv
from core.services.libraries import begin_reading, known_libraries, reading_state, unread_count
from core.services.photo_library import open_library
from core.services.similar import known_measures
from tests.imaging.pictures import save, scene
from tests.services.toys import toy_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return toy_settings(tmp_path / "home")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    for k in range(3):
        save(tmp_path / f"{k}.png", scene(64, 80, k))
    path = tmp_path / "set.csv"
    path.write_text("path,label\n0.png,A\n1.png,A\n2.png,B\n")
    return path


def test_versions_and_samples_can_be_compared_with(settings: Settings, dataset: Path) -> None:
    assert list(known_libraries(settings).values()) == ["Sample poles", "Sample top caps", "Sample shackles"]
    import_csv(settings, dataset.read_bytes(), "mine.csv", name="mine", photos_dir=dataset.parent)
    known = known_libraries(settings)
    path = next(iter(known))
    assert known[path] == "mine (3 photos)"
    assert len(open_library(settings, Path(path), Describer()).paths) == 3


def test_what_is_left_to_read_is_counted_and_bad_photos_are_not_tried_again(settings: Settings, dataset: Path) -> None:
    (dataset.parent / "2.png").write_bytes(b"no photo")
    assert unread_count(settings, dataset, Describer()) == 3
    open_library(settings, dataset, Describer())
    assert unread_count(settings, dataset, Describer()) == 0


@pytest.mark.slow
def test_a_library_is_read_in_the_background(settings: Settings, dataset: Path) -> None:
    assert reading_state(settings, dataset).state == "stopped"
    begin_reading(settings, dataset)
    end_s = time.monotonic() + 240
    while reading_state(settings, dataset).state == "running":
        assert time.monotonic() < end_s
        time.sleep(0.2)
    assert reading_state(settings, dataset).state == "done"


def test_only_measures_that_an_index_holds_are_offered() -> None:
    names = known_measures(Describer())
    assert "thumbnail_ssim" in names
    assert "ssim" not in names
