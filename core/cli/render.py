"""``gridlens render``: training photos with their truth."""

from __future__ import annotations

import functools
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import ConfigError

if TYPE_CHECKING:
    from core.render.result import Render


CLOSE_UP = "close-up"  # a pole's top, path-traced


class Scene(StrEnum):
    """What can be rendered."""

    SHACKLE = "shackle"
    POLE = "pole"


def render_command(
    scene: Annotated[Scene, typer.Argument(help="What to render.")],
    out: Annotated[
        Path, typer.Option(help="Folder for photos, masks and dataset.csv; taken up again where it was left.")
    ],
    variant: Annotated[str, typer.Option(help="shackle: NOTX_NOBG … WBG_WTX_WGM; pole: scene, top, close-up.")] = "",
    count: Annotated[int, typer.Option(min=1, help="Renders wanted in all.")] = 10,
    seed: Annotated[int, typer.Option(help="First seed; the same seed gives the same pixels.")] = 0,
    size: Annotated[int, typer.Option(min=32, max=4096, help="Long side in pixels.")] = 512,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    hdri: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Light shackles and close-ups with this folder's HDRIs (.hdr, .exr, .exr.js). 18 free ones (CC0): "
            "npm pack @pmndrs/assets && tar xzf pmndrs-assets-*.tgz, then --hdri package/hdri.",
        ),
    ] = None,
) -> None:
    """Render scenes with labels, boxes and masks taken from the scene itself."""
    from core.cli.progress import progress_bar
    from core.render.dataset import write_dataset

    render_one, variant, task = _renderer(scene, variant, size)
    recipe: dict[str, Any] = {"scene": scene.value, "variant": variant, "size_px": size, "task": task}
    if hdri is not None:
        render_one, recipe = _lit_by(hdri, render_one, recipe)
    with progress_bar() as bar:
        row = bar.add_task(f"Rendering {scene.value}s", total=count)
        summary = write_dataset(
            render_one,
            count=count,
            seed=seed,
            folder=out,
            recipe=recipe,
            workers=workers,
            on_progress=lambda done, _: bar.update(row, completed=done),
        )
    print(f"{summary.folder}: {summary.count} renders, {summary.new_count} new")


def _renderer(scene: Scene, variant: str, size_px: int) -> tuple[functools.partial[Render], str, str]:
    """A picklable function from seed to render, the variant's full name, and what ``dataset.csv`` teaches."""
    if scene is Scene.SHACKLE:
        from core.render.shackles import render_shackle

        variant = variant or "WBG_WTX_WGM"
        return functools.partial(render_shackle, size_px=size_px, variant=variant), variant, "regression"
    if variant == CLOSE_UP:
        from core.render.pole_tops import render_pole_top

        return functools.partial(render_pole_top, size_px=size_px), variant, "detection"
    from core.render.poles import render_pole

    variant = variant or "scene"
    task = "detection" if variant == "top" else "classification"
    return functools.partial(render_pole, size_px=size_px, variant=variant), variant, task


def _lit_by(
    hdri_dir: Path, render_one: functools.partial[Render], recipe: dict[str, Any]
) -> tuple[functools.partial[Render], dict[str, Any]]:
    """The renderer with the folder's HDRIs for light, and the recipe with their file names."""
    if recipe["scene"] == Scene.POLE and recipe["variant"] != CLOSE_UP:
        raise ConfigError(
            f"--hdri: expected shackle, or pole with --variant {CLOSE_UP}, received pole with --variant "
            f"{recipe['variant']}, which is not path-traced; leave --hdri out"
        )
    from core.render.hdri_light import hdri_files

    names = [path.name for path in hdri_files(hdri_dir).values()]
    return functools.partial(render_one, hdri_dir=hdri_dir.resolve()), {**recipe, "hdris": names}
