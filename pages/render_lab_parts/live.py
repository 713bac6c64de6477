"""The picture of an order: asked for once, the last one shown until it is there."""

from __future__ import annotations

import uuid
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field

import streamlit as st

from components import session_keys as keys
from core.services.context import Context
from core.services.render_desk import Picture, render_desk
from core.services.render_lab import answers
from core.services.render_process import Order
from core.types import Finding


@dataclass(slots=True, eq=False)
class LivePicture:
    """What a browser session sees of the lab.

    Attributes:
        owner: names the session at the desk.
        picture: the last that came; None before the first.
        findings: what the models say about it.
        order: the newest wish.
    """

    owner: str = field(default_factory=lambda: str(uuid.uuid4()))
    picture: Picture | None = None
    findings: tuple[Finding, ...] = ()
    order: Order | None = None
    _future: Future[Picture] | None = None

    def ask(self, order: Order) -> None:
        """Make this the newest wish."""
        if self._future is None or order != self.order or self._future.cancelled():
            self.order, self._future = order, render_desk().ask(order, self.owner)

    def has_come(self, context: Context, timeout_s: float) -> bool:
        """Wait for the wish; True when it has come, or cannot come.

        Raises:
            GridlensError: it cannot be rendered.
        """
        if self._future is None:
            return True
        try:
            picture = self._future.result(timeout_s)
        except TimeoutError:
            return False
        except CancelledError:  # a newer wish of the same session is on its way
            return True
        if picture is not self.picture:
            self.picture, self.findings = picture, answers(context, picture)
        return True


def live_picture() -> LivePicture:
    """This session's."""
    live: LivePicture = st.session_state.setdefault(keys.LAB_LIVE, LivePicture())
    return live
