"""The metadata log: nothing is lost, any state returns."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import ConfigError, NotFoundError
from core.store import MetadataChange, Store
from tests.store.samples import add, counted_queries

KARI = "person:kari"
KEYS = st.sampled_from(["polecat.label", "line", "note-1", "høyde.m", "tag:a", "tag:b c"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def test_every_change_is_logged_with_old_new_writer_and_time(store: Store, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)
    before = datetime.now(UTC)
    assert store.set_metadata(sha256, "polecat.label", "TREE", "model:polecat@v1")
    assert not store.set_metadata(sha256, "polecat.label", "TREE", "model:polecat@v2")
    assert store.set_metadata(sha256, "polecat.label", "STEEL", KARI)
    assert store.add_tag(sha256, "line 4", KARI)
    assert not store.add_tag(sha256, "line 4", KARI)
    assert store.remove_tag(sha256, "line 4", "plugin:Tidy")
    assert store.set_metadata(sha256, "polecat.label", None, KARI)
    log = store.history(sha256)
    assert [(entry.key, entry.old_value, entry.new_value, entry.writer) for entry in log] == [
        ("polecat.label", None, "TREE", "model:polecat@v1"),
        ("polecat.label", "TREE", "STEEL", KARI),
        ("tag:line 4", None, True, KARI),
        ("tag:line 4", True, None, "plugin:Tidy"),
        ("polecat.label", "STEEL", None, KARI),
    ]
    assert all(before <= entry.written_at <= datetime.now(UTC) for entry in log)
    assert store.metadata(sha256) == {}
    assert store.tags(sha256) == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(steps=st.lists(st.tuples(KEYS, VALUES), min_size=1, max_size=6))
def test_now_is_a_view_and_any_state_returns(store: Store, tmp_path: Path, steps: list[tuple[str, Any]]) -> None:
    sha256 = add(store, tmp_path)
    store.restore(sha256, datetime(2000, 1, 1, tzinfo=UTC), KARI)
    assert (store.metadata(sha256), store.tags(sha256)) == ({}, ())
    states = []
    for key, value in steps:
        store.set_metadata(sha256, key, (True if value else None) if key.startswith("tag:") else value, KARI)
        states.append((datetime.now(UTC), store.metadata(sha256), store.tags(sha256)))
        time.sleep(1e-6)
    replayed: dict[str, Any] = {}
    for entry in store.history(sha256):
        assert entry.old_value == replayed.get(entry.key)
        replayed[entry.key] = entry.new_value
    now = {key: value for key, value in replayed.items() if value is not None}
    tags = sorted(key.removeprefix("tag:") for key in now if key.startswith("tag:"))
    assert store.metadata(sha256) == {key: value for key, value in now.items() if not key.startswith("tag:")}
    assert store.tags(sha256) == tuple(tags)
    for at, metadata, tags_then in states:
        store.restore(sha256, at, KARI)
        assert (store.metadata(sha256), store.tags(sha256)) == (metadata, tags_then)


def test_true_is_not_one(store: Store, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)
    store.set_metadata(sha256, "checked", 1, KARI)
    assert store.set_metadata(sha256, "checked", True, KARI)
    assert store.metadata(sha256)["checked"] is True


@pytest.mark.parametrize(
    ("key", "value", "writer", "message"),
    [
        ("", 1, KARI, "metadata key: expected words"),
        ("a b", 1, KARI, "metadata key: expected words"),
        ("tag:", True, KARI, "metadata key: expected words"),
        ("tag:x", "yes", KARI, "tag:x: a tag is True or None, received 'yes'"),
        ("a", float("nan"), KARI, "a: expected a finite number"),
        ("a", [float("inf")], KARI, "a: expected a value that JSON can hold"),
        ("a", b"bytes", KARI, "a: expected a value that JSON can hold"),
        ("a", 1, "kari", "writer: expected person:NAME"),
        ("a", 1, "model:polecat", "writer: expected person:NAME"),
    ],
)
def test_wrong_entries(store: Store, tmp_path: Path, key: str, value: Any, writer: str, message: str) -> None:
    sha256 = add(store, tmp_path)
    with pytest.raises(ConfigError, match=message):
        store.set_metadata(sha256, key, value, writer)
    assert store.history(sha256) == ()


def test_unknown_photo_and_time_without_zone(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        store.set_metadata("0" * 64, "a", 1, KARI)
    with pytest.raises(ConfigError, match="at: expected a time with zone"):
        store.restore(add(store, tmp_path), datetime(2024, 1, 1), KARI)


def test_metadata_of_many_photos_is_one_query(store: Store, tmp_path: Path) -> None:
    shas = [add(store, tmp_path, seed) for seed in range(5)]
    store.set_metadata(shas[1], "a", {"b": [1, 2]}, KARI)
    with counted_queries(store) as statements:
        found = store.metadata_of(shas)
    assert len(statements) == 1
    assert found == {sha256: ({"a": {"b": [1, 2]}} if sha256 == shas[1] else {}) for sha256 in shas}


def test_tag_counts(store: Store, tmp_path: Path) -> None:
    for seed in range(3):
        add(store, tmp_path, seed, tags=("all", "last") if seed == 2 else ("all",))
    assert store.tag_counts() == {"all": 3, "last": 1}


def test_last_change_of_a_key_in_one_commit_counts(store: Store, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)
    changes = [MetadataChange("a", 1, KARI), MetadataChange("a", 2, KARI)]
    store.commit_inspection(sha256, metadata=changes)
    assert store.metadata(sha256) == {"a": 2}
