"""One door to all renderers: a kind of scene, its variants, and ranges for what may vary in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from core.errors import ConfigError
from core.render.close_up_variables import CloseUpVariables, check_name
from core.render.pole_top_variables import PoleTopVariables
from core.render.ranges import SceneRanges
from core.render.shackle_variables import GEOMETRY_RANGES, VARIANTS, ShackleVariables
from core.render.wanted import Span, Wanted, ends_of, with_wanted

CLOSE_UP = "close-up"  # a pole's top, path-traced
SCENES: Mapping[str, tuple[str, ...]] = {"shackle": VARIANTS, "pole": ("scene", "top", CLOSE_UP)}
"""Scene → its variants."""

USUAL_VARIANTS = {"shackle": "WBG_WTX_WGM", "pole": "scene"}
TASKS = {"scene": "classification", "top": "detection", CLOSE_UP: "detection"}


@dataclass(frozen=True, slots=True)
class SceneKind:
    """What a dataset or a preview shows.

    Attributes:
        scene: a key of ``SCENES``.
        variant: one of its variants.
        wanted: what is not left to the variant, by variable.
    """

    scene: str
    variant: str
    wanted: Mapping[str, Wanted] = field(default_factory=dict)

    @property
    def is_traced(self) -> bool:
        """Whether Mitsuba renders it."""
        return self.scene == "shackle" or self.variant == CLOSE_UP

    @property
    def task(self) -> str:
        """What its ``dataset.csv`` teaches: ``regression``, ``classification`` or ``detection``."""
        return "regression" if self.scene == "shackle" else TASKS[self.variant]


def scene_kind(
    scene: str, variant: str | None = None, ranges: SceneRanges | None = None, source: str = ""
) -> SceneKind:
    """Hold a wish against what can be rendered.

    Args:
        scene: a key of ``SCENES``.
        variant: one of its variants; None for what the ranges say, else the usual one.
        ranges: what is not left to the variant.
        source: where the ranges came from, for messages.

    Raises:
        ConfigError: unknown scene or variant, ranges for another one, an unknown variable, or a value out of range.
    """
    check_name("scene", scene, tuple(SCENES))
    ranges = ranges or SceneRanges()
    prefix = f"{source}: " if source else ""
    if ranges.scene not in (None, scene):
        raise ConfigError(f"{prefix}scene: expected {scene!r}, received ranges for {ranges.scene!r}")
    if variant and ranges.variant not in (None, variant):
        raise ConfigError(f"{prefix}variant: expected {variant!r}, received ranges for {ranges.variant!r}")
    kind = SceneKind(scene, variant or ranges.variant or USUAL_VARIANTS[scene], ranges.variables)
    check_name("variant", kind.variant, SCENES[scene])
    try:
        _check(kind)
    except ConfigError as error:
        raise ConfigError(f"{prefix}{error}") from error
    return kind


def _check(kind: SceneKind) -> None:
    if not kind.is_traced:
        from core.render.poles import check_held  # the compositor, which close-ups do without

        check_held(kind.wanted, kind.variant)
        return
    usual: CloseUpVariables = ShackleVariables() if kind.scene == "shackle" else PoleTopVariables()
    for name, wanted in kind.wanted.items():
        _check_one(usual, name, wanted)
    if isinstance(usual, ShackleVariables):
        replace(usual, **_tightest(kind))


def _check_one(usual: CloseUpVariables, name: str, wanted: Wanted) -> None:
    kinds = {f.name: f.type for f in fields(usual)}
    if name not in kinds:
        raise ConfigError(f"{name}: expected one of {', '.join(sorted(kinds))}; no such variable")
    for value in ends_of(wanted):
        if kinds[name] == "str" and not isinstance(value, str):
            raise ConfigError(f"{name}: expected a name such as {getattr(usual, name)!r}, received {value:g}")
        if kinds[name] != "str" and (isinstance(value, str) or not math.isfinite(value)):
            raise ConfigError(f"{name}: expected a number such as {getattr(usual, name):g}, received {value!r}")
        if name not in _FIT:
            with_wanted(usual, 0, {name: value})


# Whether one rod fits through the other's bend depends on all three.
_FIT = ("bend_radius_r", "clearance_r", "twist_deg")


def _tightest(kind: SceneKind) -> dict[str, Any]:
    """The bend that is hardest to fit through: smallest radii, largest twist."""
    values = {}
    for name in _FIT:
        free = Span(*GEOMETRY_RANGES[name]) if kind.variant == "WBG_WTX_WGM" else getattr(ShackleVariables(), name)
        ends = [float(end) for end in ends_of(kind.wanted.get(name, free))]
        values[name] = max(ends, key=abs) if name == "twist_deg" else min(ends)
    return values
