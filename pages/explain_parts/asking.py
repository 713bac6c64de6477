"""Orders to the explain desk, waited for on the page."""

from __future__ import annotations

from typing import Any

from components.waiting import wait_for
from core.services.explain_desk import explain_desk


def ask(order: Any, words: str, skeleton_px: int | None = None) -> Any:
    """The result of an order, which is taken back when the person has gone on to something else meanwhile.

    Args:
        order: see ``core.services.explain_orders`` and ``feature_orders``.
        words, skeleton_px: see ``components.waiting``.

    Raises:
        GridlensError: see the order.
    """
    desk = explain_desk()
    future = desk.ask(order)
    try:
        return wait_for(future, desk.before, words, skeleton_px)
    finally:
        if not future.done():
            desk.withdraw(order)
