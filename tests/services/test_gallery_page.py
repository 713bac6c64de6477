"""Pages of the gallery: order, neighbours, thresholds, documents."""

import threading
from collections.abc import Callable

from core.services.context import Context
from core.services.gallery_page import gallery_documents, gallery_page, gallery_summary
from core.services.review import VERDICT_KEY, review_photo
from core.services.worker import drain
from core.store import PhotoFilter
from tests.services.toys import ToyRegistry, box_finding

AddPhoto = Callable[..., str]
MISSING = "whole missing top cap"


def inspect_three(context: Context, registry: ToyRegistry, add_photo: AddPhoto) -> tuple[str, list[str]]:
    """Photos whose missing cap is 60, 90 and 75 % sure."""
    batch_id = context.store.create_batch("three", ("helicopter inspection",))
    hashes = []
    for seed, confidence in enumerate((0.6, 0.9, 0.75)):
        registry.models["topcap"].findings = (box_finding(MISSING, confidence),)
        hashes.append(add_photo(seed, batch_id=batch_id))
        drain(context, "test", threading.Event())
    return batch_id, hashes


def test_the_most_urgent_photo_comes_first_and_knows_its_neighbours(
    context: Context, registry: ToyRegistry, add_photo: AddPhoto
) -> None:
    batch_id, (low, high, middle) = inspect_three(context, registry, add_photo)
    page = gallery_page(context, PhotoFilter(batch_id=batch_id), context.thresholds, page=1, per_page=2)
    assert page.order == (high, middle, low)
    assert [row.photo.sha256 for row in page.rows] == [high, middle]
    assert page.neighbours(high) == (None, middle)
    assert page.neighbours(middle) == (high, low)
    assert page.neighbours("not there") == (None, None)


def test_a_page_beyond_the_last_gives_the_last(context: Context, registry: ToyRegistry, add_photo: AddPhoto) -> None:
    batch_id, (low, _, _) = inspect_three(context, registry, add_photo)
    page = gallery_page(context, PhotoFilter(batch_id=batch_id), context.thresholds, page=9, per_page=2)
    assert (page.page, page.page_count) == (2, 2)
    assert [row.photo.sha256 for row in page.rows] == [low]


def test_other_thresholds_give_another_order(context: Context, registry: ToyRegistry, add_photo: AddPhoto) -> None:
    batch_id, (_, high, _) = inspect_three(context, registry, add_photo)
    thresholds = {**context.thresholds, "topcap": {**context.thresholds["topcap"], MISSING: 0.95}}
    page = gallery_page(context, PhotoFilter(batch_id=batch_id), thresholds)
    row = next(row for row in page.rows if row.photo.sha256 == high)
    assert all(finding.kind != "box" for finding in row.findings)
    assert {row.score for row in page.rows} == {0.0}


def test_an_empty_gallery_is_one_empty_page(context: Context) -> None:
    page = gallery_page(context, PhotoFilter(), context.thresholds)
    assert (page.rows, page.page, page.page_count) == ((), 1, 1)


def test_the_summary_counts_photos_urgent_ones_and_failures(
    context: Context, registry: ToyRegistry, add_photo: AddPhoto
) -> None:
    batch_id, _ = inspect_three(context, registry, add_photo)
    context.store.fail_file(batch_id, "bad.jpg", "bad.jpg: empty")
    summary = gallery_summary(context, batch_id)
    assert (summary.photo_count, summary.look_now_count) == (3, 2)  # 0.75 and 0.9 are a look now
    assert [row.name for row in summary.failures] == ["bad.jpg"]
    assert gallery_summary(context, None).photo_count == 3


def test_documents_hold_every_photo_and_every_failure(
    context: Context, registry: ToyRegistry, add_photo: AddPhoto
) -> None:
    batch_id, _ = inspect_three(context, registry, add_photo)
    context.store.fail_file(batch_id, "bad.jpg", "bad.jpg: empty")
    documents = gallery_documents(context, PhotoFilter(batch_id=batch_id), context.thresholds)
    assert len(documents) == 4
    assert documents[-1]["error"] == "bad.jpg: empty"
    assert all(document["findings"] for document in documents[:3])


def test_waiting_photos_are_named(context: Context, add_photo: AddPhoto) -> None:
    batch_id = context.store.create_batch("waiting", ("helicopter inspection",))
    sha256 = add_photo(1, batch_id=batch_id)
    page = gallery_page(context, PhotoFilter(batch_id=batch_id), context.thresholds)
    assert page.waiting == {sha256}


def test_a_review_is_in_the_log_under_the_persons_name(context: Context, add_photo: AddPhoto) -> None:
    sha256 = add_photo(1)
    review_photo(context, sha256, "rejected", "Kari")
    assert context.store.metadata(sha256)[VERDICT_KEY] == "rejected"
    assert {entry.writer for entry in context.store.history(sha256) if entry.key == VERDICT_KEY} == {"person:Kari"}
    assert context.store.photo_row(sha256).reviewed
