"""Gridlens's front door: the dashboard and the REST API in one process and on one port.

``streamlit run app.py`` or ``uvicorn app:app``; both find ``app`` here.

Only what the browser needs first is imported at once. Store, models and API take another second to
import; that happens in a thread while the browser is still reading the page's own files, or later.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.starlette import App

from core.config import read_settings
from core.errors import GridlensError

if TYPE_CHECKING:
    from core.services.worker import WorkerSupervisor

WORKERS_START_AFTER_S = 3.0  # the first page comes first, on two cores as well
REST_AFTER_S = 1.5

settings = read_settings()
_making = threading.Lock()


@asynccontextmanager
async def run_workers(_: Any) -> AsyncIterator[None]:
    """Inspection workers come and go with the app."""
    threading.Thread(target=_warm_up, daemon=True).start()
    try:
        yield
    finally:
        await run_in_threadpool(lambda: _supervisor().stop())


def _warm_up() -> None:
    """What the first page waits for, then what can wait until it stands: the API, inspection, waiting trainings."""
    for part in ("results", "photo", "batches", "downloads", "intake", "status"):
        import_module(f"pages.inspect_parts.{part}")
    with suppress(GridlensError):  # the page tries again, and shows what is wrong
        import_module("components.cached").context()
    _supervisor().start(WORKERS_START_AFTER_S)
    time.sleep(REST_AFTER_S)  # a request to the API before that makes it at once
    _api()
    with suppress(GridlensError):
        # Trainings that were waiting when the machine went down.
        import_module("core.services.training_line").wake_line(settings)
    # Streamlit collects garbage after every run of a page, which went through every imported module and took
    # 130 ms. What is here now stays anyway.
    gc.freeze()


def _api() -> ASGIApp:
    with _making:
        return _make_api()


@lru_cache(maxsize=1)
def _make_api() -> ASGIApp:
    from components import cached
    from core.api.app import create_api

    return create_api(settings, cached.context)


@lru_cache(maxsize=1)
def _supervisor() -> WorkerSupervisor:
    from core.services.worker import WorkerSupervisor

    return WorkerSupervisor(settings)


async def serve_api(scope: Scope, receive: Receive, send: Send) -> None:
    """The REST API; the first request waits until it is there."""
    api = await run_in_threadpool(_api)
    await api(scope, receive, send)


app = App(
    Path(__file__).parent / "pages" / "router.py",
    routes=[Mount("/api", serve_api)],
    lifespan=run_workers,
)
