"""Pole scenes with some variables held fixed, or with poles of two kinds, for studies of what the renders teach.

Single variables are held by the compositor's own ``holding``. What is no single variable (surfaces, background, a
second pole, where the sun stands from the camera) is changed from outside: for the length of one render, the
compositor's structure, light and painted canvas are handed on changed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from core.errors import ConfigError
from core.render.pole_scene import scene
from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.canvas import BACKGROUND, DISTRACTOR, F32, FIRST_TOP, POLE, Canvas, Surface
from core.render.pole_scene.draws import Draws, holding
from core.render.pole_scene.light import Light
from core.render.result import Render
from core.render.wanted import Wanted

MULTIPLE = "MULTIPLE"
KINDS = ("TREE", "STEEL", "CONCRETE")
LEAST_SHARE = 0.008
"""Share of the frame that each of two kinds of pole must cover."""

_SUN_ELEVATION_DEG, _SUN_BESIDE_DEG = 40.0, 35.0
_SECOND = 5  # an id between DISTRACTOR and FIRST_TOP, until the second pole's pixels are counted
_TRIES = 8
_STEP = 10_000_019  # between the seeds of one scene's tries: far from any other scene's


@dataclasses.dataclass(frozen=True, slots=True)
class PoleRecipe:
    """How a scene departs from the compositor's own.

    Attributes:
        held: variable's name → what it is held at, as ``core.render.pole_scene.draws.holding`` takes it.
        same_sun: the sun stands 40° high and 35° beside the camera's back in every scene.
        flat_surfaces: every surface of poles and fittings in its mean colour, without grain, cracks or stains.
        plain_background: sky, ground and all that stands around in one grey; shadows and all go with it.
        second_pole: a second pole of another kind stands beside; the label is ``MULTIPLE``.
    """

    held: Mapping[str, Wanted] = dataclasses.field(default_factory=dict)
    same_sun: bool = False
    flat_surfaces: bool = False
    plain_background: bool = False
    second_pole: bool = False

    def to_mapping(self) -> dict[str, Any]:
        """Plain values, for a recipe file and a run's settings; what is off is left out."""
        return {k: v for k, v in dataclasses.asdict(self).items() if v}


def render_recipe(seed: int, *, size_px: int, recipe: PoleRecipe) -> Render:
    """Render a whole pole scene in a recipe's way; the same seed and recipe give the same pixels.

    Args:
        seed: at least 0.
        size_px: long side of the photo.
        recipe: see ``PoleRecipe``. A scene in which one of two poles can hardly be seen is drawn again.

    Raises:
        ConfigError: the compositor does not have what the recipe changes.
    """
    if not recipe.second_pole:
        with _changed_compositor(recipe, {}):
            return scene.render_scene(seed, size_px)
    for attempt in range(_TRIES):
        shares: dict[str, float] = {}
        with _changed_compositor(recipe, shares):
            render = scene.render_scene(seed + attempt * _STEP, size_px)
        if min(shares.values()) >= LEAST_SHARE:
            break
    return dataclasses.replace(render, label=MULTIPLE, variables={**render.variables, **shares})


@contextmanager
def _changed_compositor(recipe: PoleRecipe, shares: dict[str, float]) -> Iterator[None]:
    """Put the recipe's parts into the compositor's module, and its own back again."""
    held: dict[str, Wanted] = dict(recipe.held)
    if recipe.second_pole:
        held.setdefault("label", KINDS)
    own = {name: _own(name) for name in ("_structure", "draw_light", "paint_scene")}
    try:
        scene.__dict__.update(
            _structure=partial(_structure, own["_structure"], recipe),
            draw_light=partial(_lit, own["draw_light"], recipe),
            paint_scene=partial(_painted, own["paint_scene"], recipe, shares),
        )
        with holding(held):
            yield
    finally:
        scene.__dict__.update(own)


def _own(name: str) -> Callable[..., Any]:
    part = getattr(scene, name, None)
    if part is None:
        raise ConfigError(f"core.render.pole_scene.scene: expected {name}, which studies replace; found nothing")
    return part  # type: ignore[no-any-return]


def _structure(own: Callable[..., Assembly], recipe: PoleRecipe, draws: Draws, label: str) -> Assembly:
    asm = own(draws, label)
    if recipe.second_pole:
        others = [kind for kind in KINDS if kind != label]
        seed = int(draws.rng.integers(2**31))
        rng = np.random.default_rng(seed)
        second = own(Draws(seed), str(rng.choice(others)))
        away_m = float(rng.uniform(2.0, 6.0)) * float(rng.choice([-1.0, 1.0]))
        _add_beside(asm, second, np.array([away_m, float(rng.uniform(-3.0, 3.0)), 0.0]))
    return flattened(asm) if recipe.flat_surfaces else asm


def _add_beside(asm: Assembly, second: Assembly, by_m: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    """Move a second structure and join it to the first; its pole's pixels get an id of their own."""

    def identity(value: int) -> int:
        return _SECOND if value == POLE or value >= FIRST_TOP else value

    asm.rods += [(a + by_m, b + by_m, width, colour, identity(i), tone) for a, b, width, colour, i, tone in second.rods]
    asm.rounds += [
        dataclasses.replace(r, p0=r.p0 + by_m, p1=r.p1 + by_m, identity=identity(r.identity)) for r in second.rounds
    ]
    asm.quads += [(corners + by_m, surface, identity(i)) for corners, surface, i in second.quads]
    asm.discs += [
        (centre + by_m, axis, radius_m, colour, identity(i), opacity)
        for centre, axis, radius_m, colour, i, opacity in second.discs
    ]
    asm.strips += [(a + by_m, b + by_m, width) for a, b, width in second.strips]
    asm.attachments += [(p + by_m, side) for p, side in second.attachments]


def flattened(asm: Assembly) -> Assembly:
    """The same structure with every surface in its mean colour."""
    flat: dict[int, Surface] = {}

    def plain(surface: Any) -> Any:
        if not callable(surface):
            return surface
        if id(surface) not in flat:
            u, v = (a.ravel() for a in np.meshgrid(np.linspace(-0.2, 0.2, 24), np.linspace(0.1, 8.0, 96)))
            colour = np.mean(surface(u.astype(np.float32), v.astype(np.float32)), axis=0).astype(np.float32)
            flat[id(surface)] = partial(_even, colour)
        return flat[id(surface)]

    asm.rounds = [dataclasses.replace(r, surface=plain(r.surface), end=plain(r.end)) for r in asm.rounds]
    asm.quads = [(corners, plain(surface), i) for corners, surface, i in asm.quads]
    return asm


def _even(colour: F32, u: F32, v: F32) -> F32:
    return np.broadcast_to(colour, (len(u), 3))


def _lit(own: Callable[..., Light], recipe: PoleRecipe, draws: Draws, *given: Any) -> Light:
    light = own(draws, *given)
    if not recipe.same_sun:
        return light
    elevation_deg = draws.keep("sun_elevation_deg", _SUN_ELEVATION_DEG)
    azimuth_deg = draws.keep("sun_azimuth_deg", (float(draws.record["camera_azimuth_deg"]) + _SUN_BESIDE_DEG) % 360)
    a, e = np.radians(azimuth_deg), np.radians(elevation_deg)
    towards = np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)], np.float32)
    return dataclasses.replace(light, sun_direction=towards)


def _painted(own: Callable[..., Canvas], recipe: PoleRecipe, shares: dict[str, float], *given: Any) -> Canvas:
    canvas = own(*given)
    if recipe.plain_background:
        around = (canvas.ids == BACKGROUND) | (canvas.ids == DISTRACTOR)
        canvas.colour[around] = np.float32(0.45) * canvas.light.sky_rgb
    if recipe.second_pole:
        first = (canvas.ids == POLE) | (canvas.ids >= FIRST_TOP)
        second = canvas.ids == _SECOND
        shares["first_pole_share_of_frame"] = float(first.mean())
        shares["second_pole_share_of_frame"] = float(second.mean())
        canvas.ids[second] = POLE
    return canvas
