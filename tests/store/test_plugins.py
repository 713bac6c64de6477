"""Plugins as data."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError, NotFoundError
from core.store import Plugin, Store, plan_order
from core.store.plugins import DEFAULT_PLUGINS


def _plugin(name: str, waits: str = "", writes: str = "", order: int = 0) -> Plugin:
    condition = " and ".join(f"{key} = 1" for key in waits.split())
    return Plugin(name, "metadata.changed", condition, "model:m", tuple(writes.split()), order=order)


def test_shipped_plugins_are_there_from_the_first_start(store: Store) -> None:
    assert tuple(store.plugins()) == DEFAULT_PLUGINS
    assert [plugin.name for plugin in DEFAULT_PLUGINS] == ["PoleCat", "TopCap Finder", "Shackle wear"]


def test_plugins_are_saved_replaced_and_deleted(store: Store) -> None:
    hook = Plugin("Hook", "photo.added", 'tag = "x"', "https://example.org/in", ("hook.answer",), False, 5)
    store.save_plugin(hook)
    assert store.plugins()[0] == hook
    store.save_plugin(replace(hook, enabled=True))
    assert [plugin.enabled for plugin in store.plugins() if plugin.name == "Hook"] == [True]
    store.delete_plugin("Hook")
    store.delete_plugin("PoleCat")
    assert [plugin.name for plugin in store.plugins()] == ["TopCap Finder", "Shackle wear"]
    with pytest.raises(NotFoundError, match="plugin 'Hook': not defined; there are: TopCap Finder, Shackle wear"):
        store.delete_plugin("Hook")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": " "}, "expected a name"),
        ({"event": "photo.removed"}, "expected event photo.added or metadata.changed, received 'photo.removed'"),
        ({"filter": "tag ="}, "expected a value"),
        ({"target": "model:"}, "expected target model:NAME"),
        ({"target": "http://example.org/"}, "expected target model:NAME"),
        ({"target": "file:///etc/passwd"}, "expected target model:NAME"),
        ({"writes": ("",)}, "names of the keys"),
    ],
)
def test_wrong_plugins_are_refused(store: Store, change: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        store.save_plugin(replace(_plugin("New"), **change))  # type: ignore[arg-type]
    assert len(store.plugins()) == 3


def test_webhook_on_this_machine_may_be_plain(store: Store) -> None:
    store.save_plugin(replace(_plugin("Local"), target="http://127.0.0.1:9000/in"))
    assert "http://127.0.0.1:9000/in" in {plugin.target for plugin in store.plugins()}


def test_order_follows_from_what_is_written_and_waited_for() -> None:
    plugins = [_plugin("c", "y", "z"), _plugin("b", "x", "y"), _plugin("a", "", "x"), _plugin("first", order=-1)]
    assert [plugin.name for plugin in plan_order(plugins)] == ["first", "a", "b", "c"]


def test_written_tags_count_as_tag() -> None:
    waits = Plugin("waits", "photo.added", 'tag = "seen"', "model:m")
    assert [plugin.name for plugin in plan_order([waits, _plugin("writes", "", "tag:seen", order=9)])] == [
        "writes",
        "waits",
    ]


@pytest.mark.parametrize(
    ("plugins", "circle"),
    [
        ([_plugin("a", "x", "x")], "a → a"),
        ([_plugin("a", "y", "x"), _plugin("b", "x", "y")], "a → b → a"),
        ([_plugin("0", "y"), _plugin("a", "z", "x"), _plugin("b", "x", "y"), _plugin("c", "y", "z")], "b → c → a → b"),
    ],
)
def test_circles_are_refused_with_their_path(plugins: list[Plugin], circle: str) -> None:
    with pytest.raises(ConfigError, match=f"in a circle: {circle}; change one filter"):
        plan_order(plugins)


def test_circle_is_refused_when_defined(store: Store) -> None:
    with pytest.raises(ConfigError, match="in a circle"):
        store.save_plugin(_plugin("Back", "topcap.worst", "polecat.label"))
    assert len(store.plugins()) == 3


@given(st.permutations(range(8)), st.data())
def test_every_order_without_circle_is_kept(names: list[int], data: st.DataObject) -> None:
    plugins = []
    for place in range(8):
        waits = data.draw(st.sets(st.integers(0, place - 1), max_size=3)) if place else set()
        plugins.append(_plugin(str(names[place]), " ".join(f"k{w}" for w in sorted(waits)), f"k{place}"))
    planned = plan_order(plugins)
    assert sorted(plugin.name for plugin in planned) == sorted(plugin.name for plugin in plugins)
    written: set[str] = set()
    for plugin in planned:
        assert all(part.split()[0] in written for part in plugin.filter.split(" and ") if part)
        written.update(plugin.writes)
