"""Small sets of renders that differ in one thing each; what is there is not rendered again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.render.kept_steps import KeptSteps
from core.render.ranges import SceneRanges
from core.render.renderers import renderer_of
from core.render.scenes import SceneKind, scene_kind
from core.services.advice_knobs import Value
from core.services.errands import OnStep
from core.services.explain import png_bytes
from core.services.photo_sets import PhotoSet
from core.whole_files import write_whole


def checked_kind(scene: str, variant: str, values: Mapping[str, Value]) -> SceneKind:
    """A kind of scene with some variables settled.

    Raises:
        ConfigError: unknown scene, variant or variable, or a value out of range.
    """
    return scene_kind(scene, variant, SceneRanges(variables=dict(values)))


def render_sets(
    place: Path, kinds: Mapping[str, SceneKind], seeds: Sequence[int], size_px: int, on_step: OnStep, words: str
) -> dict[str, PhotoSet]:
    """Render every scene once for each kind.

    Args:
        place: one folder a kind goes there; PNG, so that what a JPEG does to a render is the scene's own.
        kinds: name of the folder → what is rendered. Those that share light and geometry with the one before take
            next to no time.
        seeds: of the scenes.
        size_px: long side.
        on_step, words: progress.

    Raises:
        RenderError: Mitsuba does not run here.
        StoreError: a file cannot be written.
    """
    files = {name: tuple(place / name / f"{seed:06d}.png" for seed in seeds) for name in kinds}
    kept = KeptSteps()
    total, done = len(seeds) * len(kinds), 0
    for k, seed in enumerate(seeds):
        for name, kind in kinds.items():
            if not files[name][k].is_file():
                options: dict[str, Any] = {"kept": kept} if kind.scene == "shackle" else {}
                image_hwc = renderer_of(kind, size_px, **options)(seed).image_hwc
                write_whole(files[name][k], png_bytes(image_hwc), is_durable=False)
            done += 1
            on_step(words, done, total)
    return {name: PhotoSet(name, ones, tuple(file.stem for file in ones)) for name, ones in files.items()}
