"""The renders that studies learn from: made when first asked for, kept in the output folder, taken up after a kill.

The compositor or the path tracer may be better tomorrow; a set that was rendered stays as it is until its folder is
deleted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from core.render.dataset import RenderOne, write_dataset
from core.render.poles import render_pole
from core.render.shackles import render_shackle
from core.whole_files import write_whole
from experiments.pole_scenes import PoleRecipe, render_recipe
from experiments.study import Context

WEAR_PX = 160
"""Side of the shackle renders; networks shrink them to their input."""

HARDEST = "WBG_WTX_WGM"


@dataclass(frozen=True, slots=True)
class RenderSet:
    """Renders of one kind.

    Attributes:
        name: of its folder.
        scene: ``shackle``, ``pole`` (whole scenes) or ``top`` (windows for the detector).
        count, seed, size_px: as ``gridlens render`` takes them.
        variant: of the shackles.
        recipe: of the whole pole scenes.
    """

    name: str
    scene: str
    count: int
    seed: int
    size_px: int
    variant: str = ""
    recipe: PoleRecipe = field(default_factory=PoleRecipe)

    def to_mapping(self) -> dict[str, Any]:
        """What it holds, for a run's settings."""
        values = {"scene": self.scene, "count": self.count, "seed": self.seed, "size_px": self.size_px}
        return {**values, "variant": self.variant, "recipe": self.recipe.to_mapping()}


def ensure(wanted: RenderSet, context: Context) -> Path:
    """Render what is missing of a set.

    Returns:
        Its ``dataset.csv``, with exactly ``count`` renders.
    """
    folder = context.out / "sets" / wanted.name
    render_one, task = _renderer(wanted)
    recipe = {**wanted.to_mapping(), "task": task}
    del recipe["count"], recipe["seed"]
    steps = max(wanted.count // 10, 1)

    def progress(done: int, count: int) -> None:
        if done == count or done % steps == 0:
            context.say(f"  {wanted.name}: {done} of {count} renders")

    say_progress = progress if _missing(folder, wanted.count) else None
    write_dataset(
        render_one,
        count=wanted.count,
        seed=wanted.seed,
        folder=folder,
        recipe=recipe,
        workers=context.sizes.workers,
        on_progress=say_progress,
    )
    return folder / "dataset.csv"


def wear_set(context: Context, part: str, count: int) -> Path:
    """The first ``count`` renders of the hardest variant for ``train`` or ``test``, as a CSV of its own.

    They are taken from ``renders/shackle_v3_train`` and ``…_test`` where these hold enough, else rendered; the
    seeds are the same, so the pixels are too.
    """
    ready = context.renders / f"shackle_v3_{part}" / "dataset.csv"
    if not ready.exists() or len(read_rows(ready)) < count:
        ready = ensure(RenderSet(f"wear_{part}", "shackle", count, _WEAR_SEEDS[part], WEAR_PX, HARDEST), context)
    rows = read_rows(ready)[:count]
    return write_rows(context.out / "sets" / f"wear_{part}_{count}.csv", _absolute(rows, ready))


def variant_set(context: Context, variant: str, part: str) -> Path:
    """Renders of one of the four variants; training seeds are shared by all variants, and so are the test's."""
    count = context.sizes.variant_train if part == "train" else context.sizes.variant_test
    name = f"{variant.lower()}_{part}"
    return ensure(RenderSet(name, "shackle", count, _VARIANT_SEEDS[part], context.sizes.wear_px, variant), context)


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a dataset CSV.

    Raises:
        ConfigError: there is no such file.
    """
    if not path.is_file():
        raise ConfigError(f"{path}: expected a dataset CSV, found nothing")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    """Write a dataset CSV, whole or not at all."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, text.getvalue())
    return path


def photo_paths(csv_path: Path, rows: Sequence[dict[str, str]]) -> list[Path]:
    """Where the rows' photos are."""
    return [csv_path.parent / row["path"] for row in rows]


def _absolute(rows: Sequence[dict[str, str]], csv_path: Path) -> list[dict[str, str]]:
    return [{**row, "path": str((csv_path.parent / row["path"]).resolve())} for row in rows]


def _missing(folder: Path, count: int) -> bool:
    return any(not (folder / "truth" / f"{i:06d}.json").exists() for i in range(count))


def _renderer(wanted: RenderSet) -> tuple[RenderOne, str]:
    if wanted.scene == "shackle":
        return partial(render_shackle, size_px=wanted.size_px, variant=wanted.variant), "regression"
    if wanted.scene == "top":
        return partial(render_pole, size_px=wanted.size_px, variant="top"), "detection"
    return partial(render_recipe, size_px=wanted.size_px, recipe=wanted.recipe), "classification"


_WEAR_SEEDS = {"train": 100_000, "test": 900_000}
_VARIANT_SEEDS = {"train": 400_000, "test": 950_000}
