"""Plugins as data: rules that run a model or call a webhook when something happens to a photo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row, delete, insert, select

from core.errors import ConfigError, NotFoundError
from core.store.database import Database
from core.store.filter_parser import parse_filter
from core.store.filters import keys_of
from core.store.metadata_log import TAG_PREFIX
from core.store.rows import Plugin
from core.store.schema import PLUGINS

_EVENTS = ("photo.added", "metadata.changed")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

DEFAULT_PLUGINS = (
    Plugin(
        name="PoleCat",
        event="photo.added",
        filter='tag = "helicopter inspection"',
        target="model:polecat",
        writes=("polecat.label",),
        order=10,
    ),
    Plugin(
        name="TopCap Finder",
        event="metadata.changed",
        filter='polecat.label = "TREE"',
        target="model:topcap",
        writes=("topcap.worst",),
        order=20,
    ),
    Plugin(
        name="Shackle wear",
        event="photo.added",
        filter='tag = "shackle close-up"',
        target="model:shackle",
        writes=("shackle.worn_fraction",),
        order=30,
    ),
)


class PluginsPart:
    """The plugins of this store; the shipped three are there from the first start."""

    database: Database

    def plugins(self) -> list[Plugin]:
        """All plugins in the order in which they run, switched-off ones included."""
        with self.database.reading() as connection:
            found = connection.execute(select(PLUGINS).order_by(PLUGINS.c.position, PLUGINS.c.name))
            return plan_order([_plugin(row) for row in found])

    def save_plugin(self, plugin: Plugin) -> None:
        """Define a plugin, or replace the one of that name.

        Raises:
            ConfigError: its filter, event or target is wrong, or it would wait for itself in a circle.
            StoreError: the store cannot do it now.
        """
        check_plugin(plugin)
        with self.database.writing() as connection:
            others = [other for other in self.plugins() if other.name != plugin.name]
            plan_order([*others, plugin])
            connection.execute(delete(PLUGINS).where(PLUGINS.c.name == plugin.name))
            connection.execute(insert(PLUGINS).values(plugin_values(plugin)))

    def delete_plugin(self, name: str) -> None:
        """Forget a plugin; what it wrote stays.

        Raises:
            NotFoundError: no plugin of that name.
        """
        with self.database.writing() as connection:
            if connection.execute(delete(PLUGINS).where(PLUGINS.c.name == name)).rowcount == 0:
                known = ", ".join(plugin.name for plugin in self.plugins()) or "none"
                raise NotFoundError(f"plugin {name!r}: not defined; there are: {known}")


def check_plugin(plugin: Plugin) -> None:
    """See whether a plugin makes sense by itself.

    Raises:
        ConfigError: name, event, filter, target or writes are wrong; the message says which and how.
    """
    if not plugin.name.strip():
        raise ConfigError("plugin: expected a name, received none")
    if plugin.event not in _EVENTS:
        raise ConfigError(f"plugin {plugin.name}: expected event {' or '.join(_EVENTS)}, received {plugin.event!r}")
    parse_filter(plugin.filter)
    address = urlsplit(plugin.target)
    is_model = plugin.target.startswith("model:") and len(plugin.target) > len("model:")
    is_webhook = address.scheme == "https" and bool(address.hostname)
    is_local = address.scheme == "http" and address.hostname in _LOOPBACK
    if not (is_model or is_webhook or is_local):
        raise ConfigError(
            f"plugin {plugin.name}: expected target model:NAME or an https:// address (http:// only on this machine), "
            f"received {plugin.target!r}"
        )
    if any(not key.strip() for key in plugin.writes):
        raise ConfigError(f"plugin {plugin.name}: expected the names of the keys that it writes, received an empty one")


def plan_order(plugins: Iterable[Plugin]) -> list[Plugin]:
    """Put plugins so that each comes after those that write what its filter looks at.

    Among plugins that do not wait for each other, ``order`` and then the name decide.

    Raises:
        ConfigError: plugins wait for each other in a circle; the message names its path.
    """
    waiting = sorted(plugins, key=lambda plugin: (plugin.order, plugin.name))
    needs = {plugin.name: _waits_for(plugin, waiting) for plugin in waiting}
    planned: list[Plugin] = []
    placed: set[str] = set()
    while waiting:
        ready = next((plugin for plugin in waiting if needs[plugin.name] <= placed), None)
        if ready is None:
            raise ConfigError(f"plugins wait for each other in a circle: {_circle(waiting, needs)}; change one filter")
        waiting.remove(ready)
        placed.add(ready.name)
        planned.append(ready)
    return planned


def _waits_for(plugin: Plugin, plugins: Sequence[Plugin]) -> set[str]:
    looked_at = keys_of(parse_filter(plugin.filter))
    return {other.name for other in plugins if any(_key(written) in looked_at for written in other.writes)}


def _key(written: str) -> str:
    return "tag" if written.startswith(TAG_PREFIX) else written


def _circle(waiting: Sequence[Plugin], needs: dict[str, set[str]]) -> str:
    """The shortest story: from a plugin along what it waits for until one comes again."""
    names = [plugin.name for plugin in waiting]
    path = [names[0]]
    while path.count(path[-1]) == 1:
        path.append(next(name for name in names if name in needs[path[-1]]))
    circle = path[path.index(path[-1]) :]
    return " → ".join(reversed(circle))


def plugin_values(plugin: Plugin) -> dict[str, Any]:
    """A plugin as a row of its table."""
    return {
        "name": plugin.name,
        "event": plugin.event,
        "filter": plugin.filter,
        "target": plugin.target,
        "writes": list(plugin.writes),
        "enabled": plugin.enabled,
        "position": plugin.order,
    }


def _plugin(row: Row[Any]) -> Plugin:
    return Plugin(row.name, row.event, row.filter, row.target, tuple(row.writes), row.enabled, row.position)
