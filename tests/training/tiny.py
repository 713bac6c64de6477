"""A network of one convolution and a dataset of 32 px, so that a whole run takes seconds.

As a program, ``python -m tests.training.tiny CONFIG RUNS MODELS [EPOCH | export]``: trains; where EPOCH
is given, it ends itself with SIGKILL in the middle of that epoch.
"""

from __future__ import annotations

import csv
import os
import signal
import sys
from pathlib import Path

import cv2
import numpy as np

SIDE_PX = 36


def add_tiny_backbone() -> None:
    """Make small backbones known. A step is a convolution, batch normalisation and ReLU.

    ``tiny`` is one step, at stride 4; ``tiny_steps`` is three, at strides 8, 16 and 32, as a detector reads them.
    """
    from core.networks import backbones  # isort: skip  # before Keras, see core.networks.load_order

    import keras

    def step(x, stride, name):
        x = keras.layers.Conv2D(8, stride, strides=stride, name=f"{name}_conv")(x)
        x = keras.layers.BatchNormalization(name=f"{name}_bn")(x)
        return keras.layers.ReLU(name=f"{name}_relu")(x)

    def one(photo, weights):
        return keras.Model(photo, step(photo, 4, "tiny"))

    def three(photo, weights):
        return keras.Model(photo, step(step(step(photo, 8, "step8"), 2, "step16"), 2, "step32"))

    strides = ("step8_relu", "step16_relu", "step32_relu")
    backbones._BACKBONES["tiny"] = backbones._Backbone(one, "tiny_relu", has_weights=False)
    backbones._BACKBONES["tiny_steps"] = backbones._Backbone(three, strides[-1], strides, has_weights=False)
    if "tiny_steps" not in backbones.DETECTOR_BACKBONES:
        backbones.DETECTOR_BACKBONES += ("tiny_steps",)


def write_squares(folder: Path, count: int = 40) -> Path:
    """Red and blue squares with masks, variables, labels (``labels.csv``) and sizes (``sizes.csv``)."""
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    labels, sizes, variables = [], [], []
    for i in range(count):
        image = rng.integers(90, 160, (SIDE_PX, SIDE_PX, 3)).astype(np.uint8)
        mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
        side, (x, y) = int(rng.integers(8, 17)), (int(v) for v in rng.integers(1, 18, 2))
        cv2.rectangle(image, (x, y), (x + side, y + side), [(0, 0, 255), (255, 0, 0)][i % 2], -1)
        cv2.rectangle(mask, (x, y), (x + side, y + side), 255, -1)
        path = f"images/{i:06d}.png"
        cv2.imwrite(str(folder / path), image)
        cv2.imwrite(str(folder / f"masks/{i:06d}_object.png"), mask)
        labels.append([path, ["red", "blue"][i % 2]])
        sizes.append([path, side / 16])
        variables.append([path, x, y])
    tables = {
        "labels.csv": [["path", "label"], *labels],
        "sizes.csv": [["path", "value"], *sizes],
        "variables.csv": [["path", "x_px", "y_px"], *variables],
    }
    for name, rows in tables.items():
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder


def write_config(path: Path, squares: Path, *, family: str = "regression", **sections: str) -> Path:
    """A config on the squares; ``model``, ``data``, ``fit``, ``augment``, ``search`` add lines to their sections."""
    labels, table = ('["size"]', "sizes") if family == "regression" else ('["red", "blue"]', "labels")
    lines = {
        "model": f'name = "toy"\nnumber = 1\ntitle = "Toy"\nfamily = "{family}"\nlabels = {labels}\ninput_px = 32\n'
        'summary = "s"\nlimits = "l"\npretrained = ""\nbackbone = "tiny"\n',
        "data": f'train = ["{squares.as_posix()}/{table}.csv"]\n',
        "fit": "epochs = 3\nbatch_size = 8\nlearning_rate = 1e-2\n",
        "augment": "",
        "search": "",
    }
    text = "".join(f"[{name}]\n{plain}{sections.get(name, '')}\n" for name, plain in lines.items())
    path.write_text(text)
    return path


def _end_in_epoch(epoch: int) -> None:
    """Kill this process at the second step of an epoch, as a power cut would."""
    from core.training.callbacks import StopOnRequest

    def on_train_batch_end(self, batch, logs=None):
        if batch == 1 and self.epoch == epoch - 1:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_epoch_begin(self, number, logs=None):
        self.epoch = number

    StopOnRequest.on_train_batch_end, StopOnRequest.on_epoch_begin = on_train_batch_end, on_epoch_begin


def main() -> None:
    """See the module."""
    from core.training.run import train

    add_tiny_backbone()
    config, runs, models = (Path(a) for a in sys.argv[1:4])
    more = sys.argv[4] if len(sys.argv) > 4 else ""
    if more.isdigit():
        _end_in_epoch(int(more))
    train(config, models_dir=models, runs_dir=runs, export=more == "export")


if __name__ == "__main__":
    main()
