"""``gridlens render``: training photos with their truth."""

from __future__ import annotations

import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


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
    ranges: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml",
            help="A value or a range for each variable that is not left to the variant; see docs/rendering.md.",
        ),
    ] = None,
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
    from core.render.hdri_light import hdri_files
    from core.render.ranges import SceneRanges, ranges_document, read_ranges
    from core.render.renderers import renderer_of
    from core.render.scenes import scene_kind

    # As for Ctrl+C: what is being rendered is finished or left out whole, and worker processes end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wanted = SceneRanges() if ranges is None else read_ranges(ranges)
    kind = scene_kind(scene.value, variant or None, wanted, str(ranges or ""))
    recipe: dict[str, Any] = {"scene": kind.scene, "variant": kind.variant, "size_px": size, "task": kind.task}
    if kind.wanted:
        recipe["ranges"] = ranges_document(wanted)["variables"]
    render_one = renderer_of(kind, size, hdri_dir=hdri and hdri.resolve())
    if hdri is not None:
        recipe["hdris"] = [path.name for path in hdri_files(hdri).values()]
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
