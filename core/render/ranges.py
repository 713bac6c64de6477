"""What a dataset's scenes may look like: a TOML file with a value or a range for each variable that is not free.

::

    scene = "shackle"                       # or "pole"
    variant = "WBG_WTX_WGM"                 # what is not named below varies as in this variant

    [variables]
    worn_fraction = [0.2, 0.6]              # drawn evenly between the two
    background = ["forest", "snow"]         # one of these
    ending = "link"                         # always this
    noise = 0

Names are those of the truth files: the fields of ``ShackleVariables`` and ``PoleTopVariables``, and for composed
pole scenes the named draws of the compositor.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from core.render.wanted import Span, Wanted

KEYS = ("scene", "variant", "variables")


@dataclass(frozen=True, slots=True)
class SceneRanges:
    """Ranges as written, not yet held against a scene; see ``core.render.scenes``.

    Attributes:
        scene, variant: what they are meant for; None where the file does not say.
        variables: name → what it may be.
    """

    scene: str | None = None
    variant: str | None = None
    variables: Mapping[str, Wanted] = field(default_factory=dict)


def read_ranges(path: Path) -> SceneRanges:
    """Read a ranges file.

    Raises:
        ConfigError: no such file, no TOML, or an entry that is neither value nor range; it starts with the path.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: expected a TOML file of ranges, received {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected TOML, received what cannot be read: {error}") from error
    return parse_ranges(document, str(path))


def parse_ranges(document: Mapping[str, Any], source: str) -> SceneRanges:
    """Understand decoded TOML or JSON.

    Args:
        document: see the module.
        source: what it came from, for messages.

    Raises:
        ConfigError: an unknown key, or an entry that is neither value nor range.
    """
    unknown = sorted(set(document) - set(KEYS))
    if unknown:
        raise ConfigError(
            f"{source}: expected the keys {', '.join(KEYS)}, received {', '.join(unknown)}; "
            "variables belong under [variables]"
        )
    for key in ("scene", "variant"):
        if not isinstance(document.get(key, ""), str):
            raise ConfigError(f"{source}: {key}: expected a name in quotes, received {document[key]!r}")
    variables = document.get("variables", {})
    if not isinstance(variables, Mapping):
        raise ConfigError(f"{source}: variables: expected a table, received {variables!r}")
    wanted = {str(name): parse_wanted(value, f"{source}: {name}") for name, value in variables.items()}
    return SceneRanges(document.get("scene"), document.get("variant"), wanted)


def parse_wanted(value: Any, source: str) -> Wanted:
    """Understand one entry: a number, a name, two numbers, or names.

    Raises:
        ConfigError: something else; it starts with ``source``.
    """
    if isinstance(value, str | int | float):
        return value if isinstance(value, str) else float(value)
    if isinstance(value, list | tuple) and value:
        if all(isinstance(one, str) for one in value):
            return tuple(value)
        if len(value) == 2 and all(isinstance(one, int | float) for one in value):
            low, high = float(value[0]), float(value[1])
            if low > high:
                raise ConfigError(f"{source}: expected [lowest, highest], received {[low, high]}; turn them round")
            return Span(low, high)
    raise ConfigError(f"{source}: expected a number, a name, [lowest, highest] or names, received {value!r}")


def ranges_document(ranges: SceneRanges) -> dict[str, Any]:
    """The same as plain values, which ``parse_ranges`` understands; variables in the order of their names."""
    plain: dict[str, Any] = {}
    for name, wanted in sorted(ranges.variables.items()):
        if isinstance(wanted, Span):
            plain[name] = [wanted.low, wanted.high]
        else:
            plain[name] = list(wanted) if isinstance(wanted, tuple) else wanted
    named = {"scene": ranges.scene, "variant": ranges.variant}
    return {**{key: value for key, value in named.items() if value is not None}, "variables": plain}


def ranges_toml(ranges: SceneRanges) -> str:
    """The same as TOML."""
    document = ranges_document(ranges)
    lines = [f"{key} = {_toml(document[key])}" for key in ("scene", "variant") if key in document]
    lines += ["", "[variables]", *(f"{name} = {_toml(value)}" for name, value in document["variables"].items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return f"[{', '.join(map(_toml, value))}]" if isinstance(value, list) else repr(value)
