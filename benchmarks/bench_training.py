"""Does the input pipeline keep ahead of the network? Photos a second of each alone, in one run.

``python -m benchmarks.bench_training [--write] [--seconds S]``; ``make bench`` runs it too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.bench_photos import large_jpeg, write_photos
from benchmarks.tables import Row, as_table, write_table
from core.training.batches import ExampleBatches
from core.training.examples import Example
from core.training.sections import AugmentSection, DataSection, FitSection, ModelSection

HEADING = "Training"
WANTED_RATIO = 1.5
BATCH_SIZE = 32
PHOTO_COUNT = 256
SIDES_PX = (160, 224)
# Renders are a third larger than the input; the changes are PoleCat's, the most that a config asks for.
RENDER_PX = {160: 208, 224: 288}
AUGMENT = AugmentSection(rotation_deg=15, scale=0.25, aspect=0.25, colour=0.8, sensor=0.25, erase=0.2)


def main() -> None:
    """Measure and print; with ``--write``, into ``benchmarks/README.md``."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options.add_argument("--seconds", type=float, default=20.0, help="how long each is measured")
    chosen = options.parse_args()
    rows = [row for side_px in SIDES_PX for row in measure(side_px, chosen.seconds)]
    table = as_table(rows, f"MobileNetV2, batches of {BATCH_SIZE}, `python -m benchmarks.bench_training`")
    print(table)
    if chosen.write:
        write_table(HEADING, table)


def measure(side_px: int, seconds: float) -> list[Row]:
    """Photos a second of the augmenting pipeline and of training steps at one input size."""
    with tempfile.TemporaryDirectory() as folder:
        batches = _batches(Path(folder), side_px)
        fed = _pipeline_rate(batches, seconds)
        learned = _step_rate(batches, seconds)
    ratio = fed / learned
    return [
        Row(f"{side_px} px: photos a second, decoded and augmented", f"{fed:.0f}/s", "", True),
        Row(f"{side_px} px: photos a second, training steps", f"{learned:.0f}/s", "", True),
        Row(
            f"{side_px} px: input pipeline against steps",
            f"{ratio:.1f} ×",
            f"≥ {WANTED_RATIO} ×",
            ratio >= WANTED_RATIO,
        ),
    ]


def _batches(folder: Path, side_px: int) -> ExampleBatches:
    paths = write_photos(folder, PHOTO_COUNT, large_jpeg(RENDER_PX[side_px], RENDER_PX[side_px]))
    no_boxes, no_labels = np.zeros((0, 4)), np.zeros(0, dtype=np.int64)
    examples = [Example(path, i % 3, float("nan"), no_boxes, no_labels) for i, path in enumerate(paths)]
    model = _model(side_px)
    return ExampleBatches(examples, model, batch_size=BATCH_SIZE, seed=1, augment=AUGMENT)


def _model(side_px: int) -> ModelSection:
    labels = ("TREE", "STEEL", "CONCRETE")
    return ModelSection("bench", 1, "Bench", "classification", labels, side_px, "", "", pretrained="")


def _pipeline_rate(batches: ExampleBatches, seconds: float) -> float:
    from core.training.feeding import served

    with served(batches, 0) as row:
        return _rate(lambda: next(row), seconds)


def _step_rate(batches: ExampleBatches, seconds: float) -> float:
    from core.training.config import TrainConfig
    from core.training.learner import make_learner

    config = TrainConfig(Path("bench.toml"), batches.model, DataSection(train=("bench.csv",)), FitSection())
    learner = make_learner(config, batches.examples, len(batches)).model
    photos, targets = batches.batch(0)
    return _rate(lambda: learner.train_on_batch(photos, targets), seconds)


def _rate(step: Callable[[], object], seconds: float) -> float:
    """Photos a second over steps of one batch, after two steps to warm up."""
    step()
    step()
    count, started_s = 0, time.perf_counter()
    while (elapsed_s := time.perf_counter() - started_s) < seconds or count < 4:
        step()
        count += 1
    return count * BATCH_SIZE / elapsed_s


if __name__ == "__main__":
    main()
