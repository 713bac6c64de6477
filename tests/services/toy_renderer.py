"""In place of the render process: speaks as it does, paints seeds as grey, and fails as a test wants by seed."""

import json
import os
import sys
import time

FLAWS = {666: "ends", 667: "wrong", 668: "sleeps", 669: "half"}


def main() -> None:
    for line in sys.stdin.buffer:
        order = json.loads(line)
        flaw, side = FLAWS.get(order["seed"]), order["size_px"]
        if flaw == "ends":
            os._exit(3)
        if flaw == "sleeps":
            time.sleep(60)
        if flaw == "wrong":
            answer({"error": "rust: expected 0 to 1, received 9", "kind": "ConfigError"})
            continue
        time.sleep(order["changes"].get("delay_s", 0.0))
        truth = {"label": None, "value": 0.4, "boxes": [], "variables": {"pid": os.getpid()}}
        header = {"height_px": side, "width_px": side, "masks": ["object", "joint"], "truth": truth, "elapsed_s": 0.01}
        answer(header, bytes([order["seed"] % 256]) * (3 * side * side))
        if flaw == "half":
            os._exit(4)
        answer(None, b"\x01" * side * side, b"\x00" * side * side)


def answer(header: dict[str, object] | None, *parts: bytes) -> None:
    if header is not None:
        sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")
    for part in parts:
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
