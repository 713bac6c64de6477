"""The door to the pole renderer: one seed, one synthetic photo with its class, boxes and masks."""

from __future__ import annotations

from core.errors import ConfigError
from core.render.pole_scene.scene import render_scene
from core.render.pole_scene.top_window import render_top
from core.render.result import Render

VARIANTS = ("scene", "top")

__all__ = ["VARIANTS", "render_pole"]


def render_pole(seed: int, *, size_px: int = 224, variant: str = "scene") -> Render:
    """Render one pole photo.

    Args:
        seed: at least 0; the same seed, size and variant give the same pixels.
        size_px: ``scene``: long side of the photo; ``top``: both sides of the window. 32 to 2048 px.
        variant: ``scene`` is a whole photo for the pole type, ``top`` a window for the top-cap detector, cut
            from a photo whose long side is 1024 px.

    Returns:
        A `Render`: uint8 RGB image, label (``TREE``, ``STEEL``, ``CONCRETE``, ``NONE``), boxes of whole and
        missing top caps of which at least three quarters can be seen, masks ``object`` (and ``cap``), and
        every drawn scene variable.

    Raises:
        ConfigError: unknown variant, negative seed or size out of range.
    """
    if variant not in VARIANTS:
        raise ConfigError(f"variant: expected one of {VARIANTS}, got {variant!r}")
    if seed < 0:
        raise ConfigError(f"seed: expected at least 0, got {seed}")
    if not 32 <= size_px <= 2048:
        raise ConfigError(f"size_px: expected 32 to 2048, got {size_px}")
    return render_scene(seed, size_px) if variant == "scene" else render_top(seed, size_px)
