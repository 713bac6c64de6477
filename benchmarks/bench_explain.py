"""Explanations against one compiled pass and against tf-keras-vis, on the same photo in the same process.

Usage: ``python -m benchmarks.bench_explain [--model polecat] [--layer NAME] [--repeats N] [--quick] [--write]``.
Compiled functions are warm, and so is tf-keras-vis. Its maps have to agree with ours to 1e-4 of their peak, or the run
fails; SmoothGrad and Score-CAM are not compared in value: the one draws noise, the other weighs by another rule.
Score-CAM's memory is that of a process of its own, in which nothing of tf-keras-vis has run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks.tables import Row, as_table, write_table
from core.explain import Subject, explain, subject_of
from core.explain.passes import layer_gradients, layer_maps
from core.explain.perturbed_maps import scorecam
from core.explain.pixel_maps import repeated, smoothgrad
from core.explain.view import View, view_photo
from core.runtime.model import class_activation_map
from core.runtime.session import Session
from core.types import FloatImage

import keras  # isort: skip — core.networks first: see core/networks/load_order.py

HEADING = "Explanations"
REPEATS = 7


def median_s(work: Callable[[], object], repeats: int) -> float:
    """Median seconds of one call, the first left out."""
    work()
    times_s = []
    for _ in range(repeats):
        started_s = time.perf_counter()
        work()
        times_s.append(time.perf_counter() - started_s)
    return float(np.median(times_s))


def interleaved_s(works: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median seconds of each, taken in turns so that a busy machine slows all alike."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(repeats):
        for name, work in works.items():
            started_s = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - started_s)
    return {name: float(np.median(values)) for name, values in times.items()}


def last_map_rows(subject: Subject, view: View, repeats: int) -> list[Row]:
    """The map that comes with the prediction, against the prediction alone."""
    assert subject.folder is not None
    session = Session(subject.folder.path / "model.tflite")
    kernel = np.asarray(subject.network.get_layer("head").kernel, np.float32)[:, 0]

    def with_map() -> FloatImage:
        return class_activation_map(session.run(view.x_nhwc)[1][0], kernel)

    times = interleaved_s({"alone": lambda: session.run(view.x_nhwc), "map": with_map}, repeats * 5)
    factor = times["map"] / times["alone"]
    return [
        Row(
            "LiteRT prediction with its map, against the prediction alone",
            f"{factor:.2f} ×",
            "≤ 1.05 ×",
            factor <= 1.05,
        )
    ]


def gradient_rows(subject: Subject, view: View, layer: str, image: Any, repeats: int) -> list[Row]:
    """Grad-CAM and LayerCAM at a layer: against one compiled pass, against tf-keras-vis, and through ``explain``."""
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.layercam import Layercam
    from tf_keras_vis.utils.scores import CategoricalScore

    index, sign = repeated(view.target, 1)
    answer_only = answer_network(subject)
    rows = []
    for method, oracle in (("gradcam", Gradcam), ("layercam", Layercam)):
        other = oracle(answer_only, clone=False)

        def ours(method: str = method) -> FloatImage:
            maps, _ = layer_maps(
                subject.network, subject.output, [layer], method, view.x_nhwc, index, sign, signed=False
            )
            return maps[layer].maps_nhw[0]

        def theirs(other: Any = other) -> FloatImage:
            # Without the last it would look for a convolution before the layer that it was given.
            options = {"expand_cam": False, "normalize_cam": False, "seek_penultimate_conv_layer": False}
            return other(CategoricalScore(view.target.index[0]), view.x_nhwc, penultimate_layer=layer, **options)[0]

        difference = float(np.abs(ours() - theirs()).max() / np.abs(ours()).max())
        if difference > 1e-4:
            raise SystemExit(f"{method} at {layer}: maps differ by {difference:.1e} of their peak")
        times = interleaved_s(
            {
                "pass": lambda: layer_gradients(subject.network, subject.output, layer, view.x_nhwc, index, sign),
                "ours": ours,
                "theirs": theirs,
                "explain": lambda method=method: explain(subject, image, method, layer, view.target.index[0]),
            },
            repeats,
        )
        factor, faster = times["ours"] / times["pass"], times["theirs"] / times["ours"]
        rows += [
            Row(f"{method} at {layer}", f"{times['ours'] * 1e3:.0f} ms", "", True),
            Row("… against one compiled pass forward and back", f"{factor:.2f} ×", "≤ 1.5 ×", factor <= 1.5),
            Row(f"… tf-keras-vis (maps equal to {difference:.0e})", f"{faster:.1f} × slower", "≥ 8 ×", faster >= 8),
            Row("… photo to result (explain)", f"{times['explain'] * 1e3:.0f} ms", "≤ 300 ms", times["explain"] <= 0.3),
        ]
    return rows


def slow_rows(subject: Subject, view: View, layer: str) -> list[Row]:
    """SmoothGrad with 20 samples and Score-CAM over all channels, once each after a warm-up."""
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.scorecam import Scorecam
    from tf_keras_vis.utils.scores import CategoricalScore

    from core.explain.passes import layer_activations

    answer_only, score = answer_network(subject), CategoricalScore(view.target.index[0])
    saliency, score_cam = Saliency(answer_only, clone=False), Scorecam(answer_only, clone=False)
    acts = layer_activations(subject.network, [layer], view.x_nhwc)[layer][0]
    ours_s = median_s(lambda: smoothgrad(subject, view.x_nhwc, view.target, signed=False), 1)
    theirs_s = median_s(lambda: saliency(score, view.x_nhwc, smooth_samples=20, smooth_noise=0.15), 1)
    rows = [_faster("SmoothGrad, 20 samples", ours_s, theirs_s, 8)]
    ours_s = median_s(lambda: scorecam(subject, view.x_nhwc, acts, view.target, signed=False), 1)
    theirs_s = median_s(
        lambda: score_cam(
            score, view.x_nhwc, penultimate_layer=layer, seek_penultimate_conv_layer=False, expand_cam=False
        ),
        1,
    )
    rows.append(_faster(f"Score-CAM at {layer}, {acts.shape[-1]} channels", ours_s, theirs_s, 5))
    return [*rows, scorecam_memory_row(subject.name, layer)]


def scorecam_memory_row(model: str, layer: str) -> Row:
    """Memory at its highest of a fresh process that makes one Score-CAM."""
    command = (sys.executable, "-m", "benchmarks.bench_explain", "--model", model, "--layer", layer, "--only-scorecam")
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    peak_mb = float(done.stdout)
    return Row("… memory at its highest, TensorFlow and all", f"{peak_mb:.0f} MB", "< 1500 MB", peak_mb < 1500)


def print_scorecam_peak(model: str, layer: str) -> None:
    """Make one Score-CAM as anyone would, and print the MB that it took at most."""
    subject = subject_of(model)
    explain(subject, noise(subject), "scorecam", layer, 0)
    # Not getrusage: what it gives holds the peak of the process that started this one, too.
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    print(next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")))


def noise(subject: Subject) -> Any:
    """A photo of noise at the network's own size."""
    return np.random.default_rng(0).integers(0, 256, (*subject.input_size_px, 3), np.uint8)


def answer_network(subject: Subject) -> Any:
    """The network with its answer alone: tf-keras-vis scores every output."""
    return keras.Model(subject.network.input, subject.network.output[subject.output])


def _faster(what: str, ours_s: float, theirs_s: float, wanted: int) -> Row:
    factor = theirs_s / ours_s
    return Row(
        f"{what}: {ours_s:.2f} s; tf-keras-vis",
        f"{factor:.1f} × slower ({theirs_s:.1f} s)",
        f"≥ {wanted} ×",
        factor >= wanted,
    )


def main() -> None:
    """Measure and print, or write into ``benchmarks/README.md``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="polecat")
    parser.add_argument("--layer", action="append", help="may be given several times")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--quick", action="store_true", help="leave SmoothGrad and Score-CAM out")
    parser.add_argument("--only-scorecam", action="store_true", help="make one and print its memory, in MB")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    if chosen.only_scorecam:
        print_scorecam_peak(chosen.model, chosen.layer[0])
        return
    warnings.filterwarnings("ignore")  # tf-keras-vis: deprecated SciPy import, lists where one tensor is expected
    subject = subject_of(chosen.model)
    image = noise(subject)
    view = view_photo(subject, image, 0)
    layers = chosen.layer or ["block_6_expand_relu", "out_relu"]
    rows = last_map_rows(subject, view, chosen.repeats)
    for layer in layers:
        rows += gradient_rows(subject, view, layer, image, chosen.repeats)
    if not chosen.quick:
        rows += slow_rows(subject, view, layers[-1])
    table = as_table(rows, f"{subject.name}, warm, medians taken in turns; `python -m benchmarks.bench_explain`")
    print(table)
    if chosen.write:
        write_table(HEADING, table)


if __name__ == "__main__":
    main()
