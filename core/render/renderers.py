"""From a kind of scene to the function that renders its seeds."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from core.render.result import Render
from core.render.scenes import CLOSE_UP, SceneKind


def renderer_of(
    kind: SceneKind, size_px: int, *, hdri_dir: Path | None = None, **options: Any
) -> functools.partial[Render]:
    """A picklable function from seed to render.

    Args:
        kind: what to render; see ``core.render.scenes.scene_kind``.
        size_px: long side, 32 to 2048.
        hdri_dir: folder of HDRIs for light; path-traced scenes only.
        options: what only path-traced scenes take, for example ``samples``.

    Raises:
        ConfigError: HDRIs for a scene that is not path-traced.
    """
    if kind.is_traced:
        if hdri_dir is not None:
            options["hdri_dir"] = hdri_dir
        if kind.wanted:
            options["wanted"] = dict(kind.wanted)
    elif hdri_dir is not None:
        raise ConfigError(
            f"--hdri: expected shackle, or pole with --variant {CLOSE_UP}, received pole with --variant "
            f"{kind.variant}, which is not path-traced; leave --hdri out"
        )
    if kind.scene == "shackle":
        from core.render.shackles import render_shackle

        return functools.partial(render_shackle, size_px=size_px, variant=kind.variant, **options)
    if kind.variant == CLOSE_UP:
        from core.render.pole_tops import render_pole_top

        return functools.partial(render_pole_top, size_px=size_px, **options)
    from core.render.poles import render_pole

    if kind.wanted:
        options["held"] = dict(kind.wanted)
    return functools.partial(render_pole, size_px=size_px, variant=kind.variant, **options)
