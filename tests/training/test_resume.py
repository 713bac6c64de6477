"""A killed run, started again, ends as an unbroken one; and the library fits on other Keras backends."""

import importlib.util
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from core.config import REPOSITORY
from tests.training.tiny import add_tiny_backbone, write_config, write_squares

# JAX compiles for the processor alone, and no better than a few steps are worth.
UNHURRIED = {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": "--xla_backend_optimization_level=0"}


def _run(config: Path, folder: Path, *more: str, backend: str = "tensorflow") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.training.tiny", str(config), str(folder / "runs"), str(folder / "models")]
    environment = {**os.environ, **UNHURRIED, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.run(
        [*command, *more], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )


def _run_dir(folder: Path) -> Path:
    (found,) = (folder / "runs").iterdir()
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_run_killed_within_an_epoch_ends_with_the_weights_of_an_unbroken_one(tmp_path):
    from core.training.run import train

    squares = write_squares(tmp_path / "squares")
    # Dropout, averaging and a second output: everything that has a state of its own.
    config = write_config(
        tmp_path / "c.toml", squares, data='also_learn = ["x_px"]\n', fit="dropout = 0.3\naverage = 0.9\n"
    )
    killed = _run(config, tmp_path / "broken", "3")
    assert killed.returncode == -9, killed.stderr
    broken = _run_dir(tmp_path / "broken")
    assert json.loads((broken / "run.json").read_text())["status"] == "running"
    assert len((broken / "epochs.jsonl").read_text().splitlines()) == 2
    # What goes on here shares no more with the killed process than a process of its own would: its folder.
    add_tiny_backbone()
    for folder in ("broken", "whole"):
        train(config, models_dir=tmp_path / folder / "models", runs_dir=tmp_path / folder / "runs", export=False)
    whole = _run_dir(tmp_path / "whole")
    for name in ("best.safetensors", "state.safetensors"):
        one, other = load_file(str(broken / name)), load_file(str(whole / name))
        assert list(one) == list(other)
        for key in one:
            np.testing.assert_allclose(one[key], other[key], atol=1e-6, err_msg=f"{name} {key}")
    records = [[json.loads(line) for line in (d / "epochs.jsonl").read_text().splitlines()] for d in (broken, whole)]
    assert [r["epoch"] for r in records[0]] == [1, 2, 3]
    for one, other in zip(*records, strict=True):
        assert one["val_loss"] == pytest.approx(other["val_loss"], abs=1e-6)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_training_works_on_other_backends_and_exports_through_tensorflow(tmp_path, backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    squares = write_squares(tmp_path / "squares")
    config = write_config(
        tmp_path / "c.toml", squares,
        model='head = "attended"\n',
        data='masks = "object"\nalso_learn = ["x_px"]\n',
        fit="dropout = 0.3\naverage = 0.5\n",
    )  # fmt: skip
    # The process that converts knows shipped backbones only.
    config.write_text(
        config.read_text().replace('"tiny"', '"csrn"').replace("1e-2", "5e-4").replace("epochs = 3", "epochs = 2")
    )
    done = _run(config, tmp_path, "export", backend=backend)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in (_run_dir(tmp_path) / "epochs.jsonl").read_text().splitlines()]
    assert len(records) == 2
    assert all(math.isfinite(r["attention_loss"]) for r in records)
    result = json.loads((_run_dir(tmp_path) / "result.json").read_text())
    best = min(records, key=lambda r: r["val_loss"])
    assert result["measures"]["validation"]["mae"] == pytest.approx(best["val_mae"], abs=5e-3)
    _check_litert(tmp_path / "models" / "toy-v1", result, squares)


def _check_litert(folder: Path, result: dict, squares: Path) -> None:
    """The LiteRT model, made in another process by another backend, gives the answers that were measured."""
    from ai_edge_litert.interpreter import Interpreter

    from core.imaging.decode import decode_upright, resize_to
    from core.training.config import read_train_config
    from core.training.parts import read_parts

    parts = read_parts(read_train_config(folder.parent.parent / "c.toml"))
    interpreter = Interpreter(str(folder / "model.tflite"))
    interpreter.allocate_tensors()
    answers = []
    for example in parts.test:
        photo = resize_to(decode_upright(example.path, example.path.name), 32, 32).astype(np.float32) / 127.5 - 1
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], photo[None])
        interpreter.invoke()
        answers.append(float(interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0, 0]))
    np.testing.assert_allclose(answers, result["scatter"]["predicted"], atol=2e-2)
