"""``python -m core.services.render_process``: a warm renderer. Orders in, pictures out, one at a time.

A process of its own, because Mitsuba must be loaded before TensorFlow, runs one thread at a time, takes seconds to
load, and can end its process where LLVM is broken. It ends when its standard input closes, or when nobody has
ordered anything for a while, so that it does not keep its memory for nothing.

An order is a line of JSON (see ``Order``). The answer is a line of JSON, followed by the picture's bytes (RGB) and a
byte a pixel for every mask that the line names; or a line with ``error`` and ``kind``.
"""

from __future__ import annotations

import json
import logging
import os
import select
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import IO, Any

from core.errors import ConfigError, GridlensError
from core.render.dataset import truth_document
from core.render.kept_steps import KeptSteps
from core.render.ranges import SceneRanges, parse_wanted
from core.render.renderers import renderer_of
from core.render.result import Render
from core.render.scenes import SceneKind, scene_kind

LOG = logging.getLogger("gridlens.render")
IDLE_S = 900.0
ORDER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Order:
    """A picture to render: a seed's scene, with some variables changed.

    Attributes:
        scene, variant: see ``core.render.scenes.SCENES``.
        seed: 0 or more.
        changes: variable → number or name, in place of what the seed drew.
        size_px: long side.
        samples: light paths a pixel; only path-traced scenes have them.
    """

    scene: str
    variant: str
    seed: int
    changes: Mapping[str, float | str]
    size_px: int
    samples: int

    def line(self) -> bytes:
        """The order as one line; equal orders give equal lines."""
        return json.dumps(asdict(self), sort_keys=True).encode() + b"\n"


def checked_kind(order: Order) -> SceneKind:
    """What the order shows.

    Raises:
        ConfigError: it cannot be rendered; says which variable.
    """
    changes = {name: parse_wanted(value, name) for name, value in order.changes.items()}
    return scene_kind(order.scene, order.variant, SceneRanges(variables=changes))


def render_order(order: Order, kept: KeptSteps) -> Render:
    """Render an order; ``kept`` holds the steps of the one before.

    Raises:
        ConfigError, RenderError: it cannot be rendered.
    """
    kind = checked_kind(order)
    options: dict[str, Any] = {"samples": order.samples} if kind.is_traced else {}
    if kind.scene == "shackle":
        options["kept"] = kept
    return renderer_of(kind, order.size_px, **options)(order.seed)


def main() -> None:
    """Serve until standard input closes."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s render-process %(levelname)s %(message)s")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not get between the answers
    orders = os.fdopen(0, "rb", buffering=0)
    kept = KeptSteps()
    while select.select([orders], [], [], IDLE_S)[0]:
        line = orders.readline(ORDER_BYTES)
        if not line:
            return
        _answer(line, kept, answers)


def _answer(line: bytes, kept: KeptSteps, answers: IO[bytes]) -> None:
    started_s = time.perf_counter()
    try:
        render = render_order(Order(**json.loads(line)), kept)
    except GridlensError as error:
        _send(
            answers, {"error": str(error), "kind": "ConfigError" if isinstance(error, ConfigError) else "RenderError"}
        )
        return
    except Exception:
        LOG.exception("order %s", line)
        _send(answers, {"error": "this scene cannot be rendered, by a fault in Gridlens; see its log", "kind": ""})
        return
    height_px, width_px = render.image_hwc.shape[:2]
    header = {
        "height_px": height_px,
        "width_px": width_px,
        "masks": list(render.masks),
        "truth": truth_document(render),
        "elapsed_s": time.perf_counter() - started_s,
    }
    _send(answers, header, render.image_hwc.tobytes(), *(mask.tobytes() for mask in render.masks.values()))


def _send(answers: IO[bytes], header: Mapping[str, Any], *parts: bytes) -> None:
    answers.write(json.dumps(header).encode() + b"\n")
    for part in parts:
        answers.write(part)
    answers.flush()


if __name__ == "__main__":
    main()
