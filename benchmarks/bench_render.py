"""How fast training photos are rendered: images an hour, as ``gridlens render`` writes them, and a preview's steps.

``python -m benchmarks.bench_render [--write] [--count N]``; with ``--write`` the table goes into
``benchmarks/README.md``. Best on an idle machine. Start-up (loading Mitsuba, compiling kernels) is left out.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.tables import Row, as_table, write_table
from core.render.dataset import write_dataset
from core.render.kept_steps import KeptSteps
from core.render.renderers import renderer_of
from core.render.scenes import SceneKind
from core.render.shackles import render_shackle_from, sample_shackle_variables
from core.services.render_lab import PREVIEW_SAMPLES

WORKERS = 2
PREVIEW_PX = 256
PREVIEWS = 7


def main() -> None:
    """Measure, print the table, and write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    parser.add_argument("--count", type=int, default=120, help="renders of a run")
    chosen = parser.parse_args()
    shackle, pole = SceneKind("shackle", "WBG_WTX_WGM"), SceneKind("pole", "scene")
    rows = [
        rate_row("Shackle joints at 256 px, path-traced", shackle, 256, chosen.count, least=5_000),
        rate_row("Pole scenes at 448 px, composed", pole, 448, chosen.count, least=10_000),
        *preview_rows(),
    ]
    table = as_table(rows, f"{WORKERS} processes, {chosen.count} renders each, with masks, on disk; `make bench`")
    print(table)
    if chosen.write:
        write_table("Rendering", table)


def rate_row(what: str, kind: SceneKind, size_px: int, count: int, *, least: int) -> Row:
    """Images an hour, from the first few, when every process has its kernels, to the last."""
    moments: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory(prefix="gridlens-bench-") as folder:
        write_dataset(
            renderer_of(kind, size_px),
            count=count,
            seed=0,
            folder=Path(folder),
            recipe={"task": kind.task},
            workers=WORKERS,
            on_progress=lambda done, _: moments.append((done, time.perf_counter())),
        )
    first, last = moments[min(2 * WORKERS, count // 2)], moments[-1]
    an_hour = (last[0] - first[0]) / (last[1] - first[1]) * 3600
    return Row(what, f"{an_hour:,.0f} an hour", f"≥ {least:,} an hour", an_hour >= least)


def preview_rows() -> list[Row]:
    """What a moved slider costs in the warm render process: everything anew, new light, or the camera's part alone."""
    variables = sample_shackle_variables(1)
    changes = {
        "everything": lambda n: replace(sample_shackle_variables(n), textured=1.0),
        "light alone": lambda n: replace(variables, sun_azimuth_deg=10.0 * n),
        "noise alone": lambda n: replace(variables, noise=0.001 * n),
    }
    rows = []
    for name, change in changes.items():
        kept, times = KeptSteps(), []
        for number in range(PREVIEWS + 2):
            changed = change(number)
            started_s = time.perf_counter()
            render_shackle_from(changed, size_px=PREVIEW_PX, samples=PREVIEW_SAMPLES, kept=kept)
            times.append(time.perf_counter() - started_s)
        median_s = statistics.median(times[2:])
        rows.append(Row(f"Preview at 256 px, {name} changed", f"{median_s:.2f} s", "≤ 1 s", median_s <= 1.0))
    return rows


if __name__ == "__main__":
    main()
