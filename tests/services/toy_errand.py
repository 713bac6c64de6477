"""An errand that counts, waits, or fails, as its order says."""

import json
import time
from pathlib import Path

from core.config import Settings
from core.errors import ConfigError
from core.services.errands import ORDER_FILE, RESULT_FILE, OnStep, run_errand


def _count(settings: Settings, folder: Path, on_step: OnStep) -> None:
    order = json.loads((folder / ORDER_FILE).read_text())
    on_step("counting", 1, 4)
    if order.get("refuse"):
        raise ConfigError("spoons: expected 3, received 2")
    if order.get("break"):
        raise ZeroDivisionError("nothing to divide by")
    while order.get("wait") and not (folder / "go").exists():
        time.sleep(0.05)
    (folder / RESULT_FILE).write_text(str(settings.home))


if __name__ == "__main__":
    run_errand(_count)
