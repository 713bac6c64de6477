"""What a layer took and gave while a network ran, whatever kind of network it is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """Tensors of the layer's last call in the pass."""

    received: Any
    given: Any


@contextmanager
def recording(layers: Mapping[str, Any]) -> Iterator[dict[str, Taken]]:
    """Watch layers while the body runs; afterwards, and after a failure, they are as they were.

    A second network that shares the layers would do for flat functional networks alone: a layer of a
    network inside a network belongs to the inner graph. Watching ``call`` serves all kinds alike, and
    costs nothing in a compiled function, where it happens once. Not thread-safe: one at a time.

    Args:
        layers: name → Keras layer.

    Yields:
        Name → what was taken; filled while the body runs.
    """
    taken: dict[str, Taken] = {}
    before = {name: layer.__dict__.get("call") for name, layer in layers.items()}
    try:
        for name, layer in layers.items():
            # Past Keras' own __setattr__, which would track the function as part of the model.
            object.__setattr__(layer, "call", _watched(layer.call, name, taken))
        yield taken
    finally:
        for name, layer in layers.items():
            previous = before[name]
            if previous is None:
                layer.__dict__.pop("call", None)
            else:
                object.__setattr__(layer, "call", previous)


def _watched(call: Any, name: str, taken: dict[str, Taken]) -> Any:
    def watched(*args: Any, **kwargs: Any) -> Any:
        given = call(*args, **kwargs)
        taken[name] = Taken(args[0] if args else None, given)
        return given

    return watched
