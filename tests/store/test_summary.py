"""Counting over the whole store: a stamp that changes when it does, photos in few columns, versions in use."""

from core.store import Store
from core.types import Prediction
from tests.services.toys import class_finding
from tests.store.samples import add, photo_file


def test_points_tell_what_the_store_knows(store: Store, tmp_path) -> None:
    batch = store.create_batch("Line 12")
    first = store.add_photo(photo_file(tmp_path, 1), "a.jpg", batch_id=batch).photo.sha256
    second = add(store, tmp_path, 2)
    store.set_metadata(first, "line", "L7", "person:ann")
    store.set_metadata(first, "other", 1, "person:ann")
    store.save_prediction(Prediction(first, "polecat", "v1", {}, (class_finding("TREE"),)))
    store.set_urgency(first, 2.5, 2)
    points = {point.sha256: point for point in store.photo_points(("line",))}
    assert len(points) == 2
    told = points[first]
    assert (told.batch, told.values, told.urgency_step, told.is_inspected) == ("Line 12", {"line": "L7"}, 2, True)
    assert (points[second].batch, points[second].values, points[second].is_inspected) == (None, {}, False)
    assert told.moment.tzinfo is not None
    (use,) = store.model_use()
    assert (use.model, use.version, use.photos) == ("polecat", "v1", 1)
    assert use.first_at == use.last_at


def test_the_stamp_changes_with_every_kind_of_change(store: Store, tmp_path) -> None:
    seen = [store.stamp()]
    sha256 = add(store, tmp_path, 1)
    seen.append(store.stamp())
    store.set_metadata(sha256, "line", "L7", "person:ann")
    seen.append(store.stamp())
    store.save_prediction(Prediction(sha256, "polecat", "v1", {}, (class_finding("TREE"),)))
    seen.append(store.stamp())
    store.choose_thresholds("polecat", "v1", {"TREE": 0.7}, rule="by hand", writer="person:ann")
    seen.append(store.stamp())
    assert len(set(seen)) == 5
    assert store.stamp() == seen[-1]
