"""The explain process: TensorFlow and its memory live here, and go when nobody has asked for a while.

Orders come pickled on standard input and results go pickled to standard output; both ends are ours. The process ends
with its standard input, so that it never outlives the dashboard.
"""

from __future__ import annotations

import logging
import os
import pickle
from typing import IO, Any

from core.errors import GridlensError

LOG = logging.getLogger("gridlens.explain")


def main() -> None:
    """Serve until standard input closes."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s explain-process %(levelname)s %(message)s")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not get between the answers
    with os.fdopen(0, "rb") as orders:
        while True:
            try:
                order = pickle.load(orders)
            except EOFError:
                return
            _send(answers, worked(order))


def worked(order: Any) -> tuple[str, Any]:
    """``("result", …)``; ``("refused", error)`` for what Gridlens raises on purpose; ``("fault", words)`` for bugs."""
    try:
        return "result", order.work()
    except GridlensError as error:
        return "refused", error.with_traceback(None)
    except MemoryError:
        return "fault", "this machine has too little memory for it; choose a layer with fewer cells"
    except Exception:
        LOG.exception("order %s", order)
        return "fault", "this cannot be explained, by a fault in Gridlens; see its log"


def _send(answers: IO[bytes], answer: tuple[str, Any]) -> None:
    pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
    answers.flush()


if __name__ == "__main__":
    main()
