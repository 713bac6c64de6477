"""The gallery's queries and the files behind a photo."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from core.errors import ConfigError, NotFoundError, StoreError
from core.store import PhotoFilter, Store
from tests.imaging.pictures import save, scene
from tests.store.samples import add, counted_queries, pole


def _names(store: Store, **wanted: object) -> list[str]:
    return [row.photo.name for row in store.photos(PhotoFilter(**wanted))]  # type: ignore[arg-type]


@pytest.fixture
def gallery(store: Store, tmp_path: Path) -> dict[str, str]:
    """Photos a, B and c%: c% is most urgent, a is tagged and reviewed, B is STEEL."""
    shas = {name: add(store, tmp_path, seed, name=name) for seed, name in enumerate(("a.jpg", "B.jpg", "c%.jpg"))}
    store.set_urgency(shas["c%.jpg"], 9.5, 3)
    store.set_urgency(shas["a.jpg"], 2.0, 1)
    store.add_tag(shas["a.jpg"], "Line 4", "person:kari")
    store.set_reviewed(shas["a.jpg"], True, "person:kari")
    store.save_prediction(pole(shas["a.jpg"], "TREE"))
    store.save_prediction(pole(shas["B.jpg"], "TREE", "v1"))
    store.save_prediction(pole(shas["B.jpg"], "STEEL", "v2"))
    return shas


def test_orders(store: Store, gallery: dict[str, str], tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2023:04:08 10:00:00"
    path = save(tmp_path / "dated.jpg", scene(60, 80, 9), exif=exif)
    assert store.add_photo(path, "dated.jpg").photo.captured_at == datetime(2023, 4, 8, 10, tzinfo=UTC)
    assert _names(store, order="urgency") == ["c%.jpg", "a.jpg", "dated.jpg", "B.jpg"]
    assert _names(store, order="newest") == ["dated.jpg", "c%.jpg", "B.jpg", "a.jpg"]
    assert _names(store, order="name") == ["B.jpg", "a.jpg", "c%.jpg", "dated.jpg"]
    assert _names(store, order="captured")[0] == "dated.jpg"
    assert _names(store, order="newest", limit=2, offset=1) == ["c%.jpg", "B.jpg"]
    assert _names(store, order="newest", offset=3) == ["a.jpg"]
    with pytest.raises(ConfigError, match="order: expected one of urgency"):
        _names(store, order="size")


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"tags": ("Line 4",)}, ["a.jpg"]),
        ({"tags": ("Line 4", "other")}, []),
        ({"labels": ("TREE",)}, ["a.jpg"]),  # B's TREE is not current any more
        ({"labels": ("TREE", "STEEL")}, ["B.jpg", "a.jpg"]),
        ({"text": "b"}, ["B.jpg"]),
        ({"text": "%"}, ["c%.jpg"]),
        ({"text": "line"}, ["a.jpg"]),
        ({"reviewed": True}, ["a.jpg"]),
        ({"reviewed": False}, ["B.jpg", "c%.jpg"]),
    ],
)
def test_conditions(store: Store, gallery: dict[str, str], wanted: dict[str, object], names: list[str]) -> None:
    assert _names(store, order="name", **wanted) == names
    assert store.count(PhotoFilter(**wanted)) == len(names)  # type: ignore[arg-type]


def test_photos_of_a_batch(store: Store, tmp_path: Path, gallery: dict[str, str]) -> None:
    batch_id = store.create_batch("b")
    for _ in range(2):
        add(store, tmp_path, 1, batch_id=batch_id)
    store.fail_file(batch_id, "broken.jpg", "the upload broke off")
    assert _names(store, batch_id=batch_id) == ["B.jpg"]


def test_row_shows_urgency_tags_and_review(store: Store, gallery: dict[str, str]) -> None:
    row = store.photo_row(gallery["a.jpg"])
    assert (row.urgency_score, row.urgency_step, row.tags, row.reviewed) == (2.0, 1, ("Line 4",), True)
    assert row.added_at.tzinfo is UTC
    store.set_reviewed(gallery["a.jpg"], False, "person:kari")
    assert not store.photo_row(gallery["a.jpg"]).reviewed


def test_gallery_takes_two_queries_and_urgency_its_index(store: Store, gallery: dict[str, str]) -> None:
    with counted_queries(store) as statements:
        assert len(store.photos(PhotoFilter(limit=100))) == 3
    assert len(statements) == 2
    with store.database.reading() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM photos ORDER BY urgency_score DESC, added_at DESC, sha256 DESC LIMIT 9"
        ).all()
    assert "photos_by_urgency" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


def test_unknown_photos_are_not_found(store: Store) -> None:
    for wrong in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(NotFoundError):
            store.photo(wrong)
        with pytest.raises(NotFoundError):
            store.original_path(wrong)
        with pytest.raises(NotFoundError):
            store.variant_path(wrong, "standard")
    with pytest.raises(NotFoundError):
        store.save_variant("../../x", "standard", b"")
    with pytest.raises(NotFoundError, match="variant: expected one of standard, thumbnail"):
        store.variant_path("0" * 64, "poster")  # type: ignore[arg-type]


def test_urgency_step_is_checked(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="step: expected 0, 1, 2 or 3, received 4"):
        store.set_urgency(add(store, tmp_path), 1.0, 4)


def test_variants_are_made_once_from_the_original(store: Store, tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scene(1500, 2500))
    sha256 = store.add_photo(path, "a.jpg").photo.sha256
    thumbnail = store.variant_path(sha256, "thumbnail")
    with Image.open(thumbnail) as picture:
        assert picture.size == (320, 192)
    with Image.open(store.variant_path(sha256, "standard")) as picture:
        assert picture.size == (2048, 1229)
    before = thumbnail.stat().st_mtime_ns
    assert store.variant_path(sha256, "thumbnail").stat().st_mtime_ns == before
    store.save_variant(sha256, "thumbnail", b"made along the way")
    assert store.variant_path(sha256, "thumbnail").read_bytes() == b"made along the way"


def test_variant_that_cannot_be_written_is_said(store: Store, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)
    (store.settings.home / "photos" / "thumbnail").write_bytes(b"a file where the folder should be")
    with pytest.raises((StoreError, OSError)):
        store.variant_path(sha256, "thumbnail")
