"""Reading JSON that others wrote: every missing or odd entry becomes a problem that names its place."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.datasets.problems import Problems
from core.errors import ConfigError


def read_json(path: Path) -> Any:
    """A JSON file's content.

    Raises:
        ConfigError: no such file, or not JSON.
    """
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: expected a JSON file, received nothing of that name") from error
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: expected a JSON file in UTF-8, cannot read it ({error})") from error
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path} row {error.lineno}: expected JSON, received something else ({error.msg})") from error


def texts(entry: Any, key: str, place: str, problems: Problems) -> str:
    """A text that must be there; "" and a problem where it is not."""
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, str) or not value.strip():
        problems.add(place, f"a text as {key!r}", repr(value))
        return ""
    return value.strip()


def entries(entry: Any, key: str, place: str, problems: Problems) -> list[Any]:
    """A list; empty where it is missing, and a problem where it is something else."""
    value = entry.get(key) if isinstance(entry, dict) else None
    if value is None:
        return []
    if not isinstance(value, list):
        problems.add(place, f"a list as {key!r}", type(value).__name__)
        return []
    return value


def numbers(entry: Any, keys: tuple[str, ...], place: str, problems: Problems) -> tuple[float, ...] | None:
    """Finite numbers that must be there; None and a problem where one is not."""
    values = [entry.get(key) if isinstance(entry, dict) else None for key in keys]
    good = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)]
    if len(good) != len(keys):
        problems.add(place, f"numbers as {', '.join(keys)}", repr(values))
        return None
    return tuple(float(value) for value in good)


def moment_of(text: Any) -> datetime | None:
    """An ISO time with zone, as UTC; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
