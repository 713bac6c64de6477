"""The door to the pole renderer: one seed, one synthetic photo with its class, boxes and masks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.errors import ConfigError
from core.render import pole_scene
from core.render.pole_scene.draws import holding
from core.render.pole_scene.scene import render_scene
from core.render.pole_scene.top_window import render_top
from core.render.result import Render
from core.render.wanted import Wanted

VARIANTS = ("scene", "top")

__all__ = ["VARIANTS", "check_held", "render_pole"]

# Scenes that a name is looked for in, and that names are listed from; small ones draw the same names as large ones.
SCENES_TRIED, SCENES_SHOWN = 24, 4
SMALL_PX = 32


def render_pole(
    seed: int, *, size_px: int = 224, variant: str = "scene", held: Mapping[str, Wanted] | None = None
) -> Render:
    """Render one pole photo.

    Args:
        seed: at least 0; the same seed, size and variant give the same pixels.
        size_px: ``scene``: long side of the photo; ``top``: both sides of the window. 32 to 2048 px.
        variant: ``scene`` is a whole photo for the pole type, ``top`` a window for the top-cap detector, cut
            from a photo whose long side is 1024 px.
        held: named draws of the compositor (the keys of ``Render.variables``) that are not left to chance.

    Returns:
        A `Render`: uint8 RGB image, label (``TREE``, ``STEEL``, ``CONCRETE``, ``NONE``), boxes of whole and
        missing top caps of which at least three quarters can be seen, masks ``object`` (and ``cap``), and
        every drawn scene variable.

    Raises:
        ConfigError: unknown variant, negative seed or size out of range, or a draw held to what it cannot be.
    """
    if variant not in VARIANTS:
        raise ConfigError(f"variant: expected one of {VARIANTS}, got {variant!r}")
    if seed < 0:
        raise ConfigError(f"seed: expected at least 0, got {seed}")
    if not 32 <= size_px <= 2048:
        raise ConfigError(f"size_px: expected 32 to 2048, got {size_px}")
    with holding(held or {}):
        return _drawn(seed, size_px, variant)


def check_held(held: Mapping[str, Wanted], variant: str) -> None:
    """Refuse names that scenes do not draw, by drawing small scenes until each name has been met.

    Raises:
        ConfigError: a name was not met in any scene, or is held to what it cannot be.
    """
    # What the compositor's source does not even mention need not be looked for.
    sources = [path.read_text("utf-8") for path in Path(pole_scene.__file__).parent.glob("*.py")]
    unknown = sorted(name for name in held if not any(f'"{name}"' in source for source in sources))
    seen: set[str] = set()
    with holding({} if unknown else held) as met:
        for seed in range(SCENES_SHOWN if unknown else SCENES_TRIED):
            if met >= set(held):
                return
            seen |= set(_drawn(seed, SMALL_PX, variant).variables)
    raise ConfigError(
        f"{', '.join(unknown or sorted(set(held) - met))}: expected what pole scenes of variant {variant} draw, "
        f"received what none of them drew; they record {', '.join(sorted(seen))}"
    )


def _drawn(seed: int, size_px: int, variant: str) -> Render:
    return render_scene(seed, size_px) if variant == "scene" else render_top(seed, size_px)
