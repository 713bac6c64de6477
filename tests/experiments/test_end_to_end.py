"""A study of two small trainings from photos to the page, and on again."""

import csv
import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest

from experiments.report import write_report
from experiments.runner import csv_path, run_study
from experiments.sizes import SMOKE
from experiments.studies import architectures
from experiments.study import Context, Study


def _write_shackles(folder: Path, count: int) -> None:
    """Photos whose brightness is their wear."""
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(list(folder.name.encode()))
    with (folder / "dataset.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "value", "split"])
        for i in range(count):
            value = 0.9 * i / count
            image = np.clip(rng.normal(255 * value, 8, (32, 32, 3)), 0, 255).astype(np.uint8)
            cv2.imwrite(str(folder / "images" / f"{i}.png"), image)
            split = "test" if folder.name.endswith("test") else "validation" if i % 4 == 0 else "train"
            writer.writerow([f"images/{i}.png", value, split])


@pytest.mark.slow
def test_a_study_is_trained_written_up_and_not_trained_again(tmp_path):
    for part in ("train", "test"):
        _write_shackles(tmp_path / "renders" / f"shackle_v3_{part}", 8)
    sizes = dataclasses.replace(SMOKE, wear_train=8, wear_test=8, wear_px=32)
    said: list[str] = []
    folders = [tmp_path / name for name in ("out", "experiments", "renders", "weights")]
    context = Context(sizes, *folders, None, said.append)
    wanted = ("vgg16_frozen", "csrn_scratch")
    study = dataclasses.replace(
        architectures.STUDY, runs=lambda c: [r for r in architectures.runs(c) if r.name in wanted]
    )
    assert isinstance(study, Study)
    first = run_study(study, context)
    assert first.done == ("vgg16_frozen", "csrn_scratch"), said

    document = tmp_path / "experiments.md"
    document.write_text("Before\n<!-- architectures: begin -->\n<!-- architectures: end -->\nAfter\n")
    write_report([study], document, context.results)
    text = document.read_text()
    with csv_path("architectures", "results", context.results).open(newline="") as file:
        rows = {row["run"]: row for row in csv.DictReader(file)}
    trained = rows["csrn_scratch"]
    assert 0 <= float(trained["test_mae"]) < 2
    assert f"| csrn | scratch | {float(trained['train_mae']):.4f} |" in text
    assert 7_000_000 < int(trained["parameters"]) < 12_000_000
    assert float(trained["litert_ms"]) > 0
    assert rows["vgg16_frozen"]["note"] == architectures.NO_WEIGHTS
    assert rows["vgg16_frozen"]["test_mae"] == ""
    assert "no weights to be had here" in text
    assert (context.results / "architectures_by_epoch.svg").exists()

    assert run_study(study, context).skipped == ("vgg16_frozen", "csrn_scratch")
    # A run that was killed after its training, before its rows were kept: the training is only read.
    before = trained["test_mae"]
    (context.out / "architectures" / "csrn_scratch" / "rows.json").unlink()
    epochs = next((context.out / "architectures" / "csrn_scratch" / "training").glob("*/epochs.jsonl"))
    written_at = epochs.stat().st_mtime_ns
    assert run_study(study, context).done == ("csrn_scratch",)
    assert epochs.stat().st_mtime_ns == written_at
    with csv_path("architectures", "results", context.results).open(newline="") as file:
        assert {r["run"]: r["test_mae"] for r in csv.DictReader(file)}["csrn_scratch"] == before
