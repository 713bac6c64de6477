"""Libraries of photos: what is near, what stands for a class, what is there twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from core.compare.catalogue import FIXED_MEASURES
from core.compare.descriptors import Describer
from core.config import Settings
from core.errors import ConfigError, NotFoundError, PhotoError
from core.services.compare import compare_files, comparison_document, make_describer
from core.services.library_documents import similar_document
from core.services.photo_library import Library, find_duplicates, open_library, representative_photos
from core.services.similar import parse_weights, similar_photos, similar_regions
from tests.imaging.pictures import save, scene
from tests.services.toys import SHIPPED_MODELS, toy_settings

DESCRIBER = Describer()
LABELS = ("TREE", "TREE", "STEEL", "STEEL", "CONCRETE")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(toy_settings(tmp_path / "home"), models_dir=SHIPPED_MODELS)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Five scenes; the second is the first, brighter and smaller; one more file is no photo."""
    folder = tmp_path / "photos"
    folder.mkdir()
    pictures = [scene(120, 160, seed) for seed in (1, 1, 2, 3, 4)]
    pictures[1] = cv2.resize(np.clip(pictures[1].astype(int) + 6, 0, 255).astype(np.uint8), (96, 72))
    for k, picture in enumerate(pictures):
        save(folder / f"{k}.png", picture)
    (folder / "text.jpg").write_text("no photo")
    rows = [f"photos/{k}.png,{label}" for k, label in enumerate(LABELS)]
    path = tmp_path / "set.csv"
    path.write_text("\n".join(["path,label", *rows, "photos/text.jpg,STEEL", ""]))
    return path


@pytest.fixture
def library(settings: Settings, dataset: Path) -> Library:
    return open_library(settings, dataset, DESCRIBER)


def test_a_library_holds_what_can_be_read_and_names_the_rest(library: Library, settings: Settings) -> None:
    assert library.labels == LABELS
    assert [path.name for path in library.failed] == ["text.jpg"]
    folder = open_library(settings, library.source.parent / "photos", DESCRIBER)
    assert folder.labels == ("",) * 5
    assert len(folder.index) == 6  # nothing was read again


@pytest.mark.parametrize("by", [["perceptual_hash"], ["thumbnail_ssim=2", "difference_hash"], []])
def test_the_nearest_is_the_copy_and_never_the_photo_itself(
    library: Library, settings: Settings, by: list[str]
) -> None:
    weights = parse_weights(by, DESCRIBER)
    found = similar_photos(library, library.paths[0], by=weights, count=3, max_pixels=settings.max_pixels)
    assert found.photos[0].path.name == "1.png"
    assert library.paths[0] not in [one.path for one in found.photos]
    assert len(found.photos) == 3
    assert found.classes[0].label == "TREE"
    assert found.examples[0] == found.photos[0]
    assert found.measure.name == ("perceptual_hash" if len(weights) == 1 else "vote")
    assert set(found.photos[0].measures) == set(weights)
    document = json.loads(json.dumps(similar_document(library, str(library.paths[0]), found), allow_nan=False))
    assert list(document) == ["photo", "in", "by", "photos", "criterion", "known_as", "classes", "failed"]
    assert document["criterion"].startswith("at least 8% of the 25 nearest photos")
    # The library has it for a TREE: the other classes are the rest, each with its own example.
    assert document["known_as"] == "TREE"
    assert [one["label"] for one in document["classes"] if one["other"]] == [one.label for one, _ in found.others]
    assert {one.label for one, _ in found.others} <= {"STEEL", "CONCRETE"}
    assert all(example.label == one.label for one, example in found.others)
    assert found.own_share == found.classes[0].share


def test_other_classes_are_those_beside_what_a_photo_is_taken_for(library: Library, settings: Settings) -> None:
    by = parse_weights(["difference_hash"], DESCRIBER)
    found = similar_photos(library, library.paths[0], by=by, known_as="STEEL", max_pixels=settings.max_pixels)
    labels = [one.label for one, _ in found.others]
    assert "TREE" in labels
    assert "STEEL" not in labels
    # At 1/1 + 1/2 + 1/3 + 1/4 in all, a class that lies third or fourth alone has 16 or 12 %.
    strict = similar_photos(
        library, library.paths[0], by=by, known_as="TREE", least_share=0.5, max_pixels=settings.max_pixels
    )
    assert strict.others == ()
    assert strict.criterion.startswith("at least 50% of the 25")
    stranger = similar_photos(library, library.paths[0], by=by, known_as="BRICK", max_pixels=settings.max_pixels)
    assert (stranger.own_share, len(stranger.others)) == (None, len(stranger.classes))


def test_a_copy_of_the_photo_under_another_name_counts_if_it_is_wanted(
    library: Library, settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "upload.png"
    copy.write_bytes(library.paths[0].read_bytes())
    by = parse_weights(["perceptual_hash"], DESCRIBER)
    found = [similar_photos(library, copy, by=by, copies=copies, max_pixels=10**6).photos for copies in (True, False)]
    assert [one[0].path.name for one in found] == ["0.png", "1.png"]  # brighter and smaller, so it is another photo
    assert [len(one) for one in found] == [5, 4]


def test_a_foreign_photo_of_another_kind_is_compared_all_the_same(
    library: Library, settings: Settings, tmp_path: Path
) -> None:
    grey = Image.fromarray(scene(300, 400, 3)).convert("L")
    found = similar_photos(
        library,
        save(tmp_path / "grey.jpg", grey),
        by={"difference_hash": 1.0},
        count=9,
        max_pixels=settings.max_pixels,
    )
    assert len(found.photos) == 5
    assert (found.photos[0].label, found.photos[0].path.name) == ("STEEL", "3.png")
    values = [one.value for one in found.photos]
    assert values == sorted(values)


def test_a_library_inside_a_larger_index_gives_the_same(settings: Settings, library: Library, tmp_path: Path) -> None:
    alone = similar_photos(library, library.paths[0], by=parse_weights([], DESCRIBER), max_pixels=settings.max_pixels)
    more = tmp_path / "more"
    more.mkdir()
    for k in range(12):
        save(more / f"{k}.png", scene(40, 50, 100 + k))
    open_library(settings, more, DESCRIBER)
    again = open_library(settings, library.source, DESCRIBER)
    assert len(again.index) == 18
    within = similar_photos(again, library.paths[0], by=parse_weights([], DESCRIBER), max_pixels=settings.max_pixels)
    assert within == alone


def test_a_part_is_found_with_its_place_in_pixels(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "signs"
    folder.mkdir()
    plain = np.full((480, 640, 3), (90, 140, 60), np.uint8)
    signed = plain.copy()
    signed[240:360, 320:480] = (220, 20, 20)
    save(folder / "plain.png", plain)
    save(folder / "signed.png", signed)
    query = np.full((600, 600, 3), (60, 60, 200), np.uint8)
    query[100:250, 300:450] = (220, 20, 20)
    photo = save(tmp_path / "query.png", query)
    signs = open_library(settings, folder, DESCRIBER)
    found = similar_regions(signs, photo, (310, 110, 440, 240), max_pixels=settings.max_pixels)
    assert found.photos[0].path.name == "signed.png"
    assert found.photos[0].value > 0.9 > found.photos[1].value + 0.3
    assert found.photos[0].box_xyxy_px is not None
    x0, y0, x1, y1 = found.photos[0].box_xyxy_px
    assert 320 <= x0 < x1 <= 480
    assert 240 <= y0 < y1 <= 360
    for box in ((310, 110, 310, 240), (-1, 0, 50, 50), (0, 0, 601, 50)):
        with pytest.raises(ConfigError, match="region: expected x_min < x_max up to 600"):
            similar_regions(signs, photo, box, max_pixels=settings.max_pixels)
    with pytest.raises(ConfigError, match="expected at least 10 px a side in this photo, received 5 × 90"):
        similar_regions(signs, photo, (0, 0, 5, 90), max_pixels=settings.max_pixels)


def test_near_duplicates_are_grouped(library: Library) -> None:
    (group,) = find_duplicates(library, 4)
    assert [path.name for path in group] == ["0.png", "1.png"]


def test_representatives_are_chosen_once(settings: Settings, library: Library) -> None:
    first = representative_photos(settings, library, "TREE", "medoids", 1)
    again = representative_photos(settings, library, "TREE", "medoids", 1)
    assert (first.was_kept, again.was_kept) == (False, True)
    assert again.found == first.found
    assert first.count == first.found.members[0] == 2
    assert representative_photos(settings, library, None, "prototypes", 2).count == 5
    with pytest.raises(NotFoundError, match="label 'BRICK': expected one of CONCRETE, STEEL, TREE"):
        representative_photos(settings, library, "BRICK", "random")


def test_weights_of_a_vote(settings: Settings) -> None:
    assert parse_weights(["average_hash", "sharpness=0.5"], DESCRIBER) == {"average_hash": 1.0, "sharpness": 0.5}
    assert set(parse_weights([], DESCRIBER).values()) == {1.0}
    for texts, words in (
        (["ssim"], "ssim: expected a measure that an index holds, such as thumbnail_ssim"),
        (["sharpness=x"], "sharpness: expected a weight over 0, received 'x'"),
        (["sharpness=-1"], "received '-1'"),
        (["sharpness", "sharpness"], "expected each measure once"),
    ):
        with pytest.raises(ConfigError, match=words):
            parse_weights(texts, DESCRIBER)


def test_nothing_to_read_is_said_so(settings: Settings, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ConfigError, match="empty: expected photos, received none that can be read"):
        open_library(settings, empty, DESCRIBER)
    (empty / "a.jpg").write_text("no photo")
    with pytest.raises(ConfigError, match=r"received none that can be read; a\.jpg: "):
        open_library(settings, empty, DESCRIBER)


def test_a_pair_of_files_has_every_measure_and_those_of_the_shipped_models(settings: Settings, tmp_path: Path) -> None:
    a, b = save(tmp_path / "a.jpg", scene(200, 300, 1)), save(tmp_path / "b.png", scene(90, 80, 2))
    describer = make_describer(settings)
    found = compare_files(settings, a, b, describer)
    document = json.loads(json.dumps(comparison_document(str(a), str(b), found), allow_nan=False))
    assert [m["name"] for m in document["measures"]] == [
        *(measure.name for measure in FIXED_MEASURES),
        *(f"embedding_{name}" for name in describer.embedders),
    ]
    assert {"polecat", "shackle"} <= set(describer.embedders)
    assert all(m["range"][0] <= m["value"] <= m["range"][1] for m in document["measures"])
    assert set(document["measures"][0]) == {"name", "value", "nearer", "range"}
    same = compare_files(settings, a, a, describer)
    assert [one.value for one in same[-2:]] == pytest.approx([1, 1])
    with pytest.raises(PhotoError, match=r"none\.jpg: expected a photo, found no such file"):
        compare_files(settings, a, tmp_path / "none.jpg", describer)
    with pytest.raises(NotFoundError):
        make_describer(settings, ["nonsense"])
