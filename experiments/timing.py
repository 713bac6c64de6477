"""How large a network is and how long LiteRT takes for one answer; neither depends on what it has learned."""

from __future__ import annotations

import json
import time

import numpy as np

from experiments.study import Context, Row


def size_and_time(backbone: str, context: Context) -> Row:
    """Parameters, megabytes of the LiteRT file (float16 weights), and median milliseconds on one thread.

    Measured once a backbone and input size; kept in the output folder.
    """
    sizes = context.sizes
    kept = context.out / "timing" / f"{backbone}-{sizes.wear_px}-{sizes.timing_runs}.json"
    if kept.exists():
        row: Row = json.loads(kept.read_text())
        return row
    from core.networks import Architecture, build
    from core.training.export import convert_to_litert, round_weights_to_float16

    network = build(Architecture(backbone, "pooled", 1, sizes.wear_px, sizes.wear_px), None)
    round_weights_to_float16(network)
    flatbuffer = convert_to_litert(network)
    row = {
        "parameters": int(network.count_params()),
        "litert_mb": round(len(flatbuffer) / 1e6, 2),
        "litert_ms": round(_median_ms(flatbuffer, sizes.wear_px, sizes.timing_runs), 2),
    }
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(row))
    return row


def _median_ms(flatbuffer: bytes, size_px: int, runs: int) -> float:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=flatbuffer, num_threads=1)
    interpreter.allocate_tensors()
    at = interpreter.get_input_details()[0]["index"]
    photo = np.random.default_rng(0).uniform(-1, 1, (1, size_px, size_px, 3)).astype(np.float32)
    times: list[float] = []
    for _ in range(runs + 3):  # the first ones touch memory for the first time
        interpreter.set_tensor(at, photo)
        started = time.perf_counter()
        interpreter.invoke()
        times.append(time.perf_counter() - started)
    return float(np.median(times[3:]) * 1000)
