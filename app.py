"""Gridlens's front door: the dashboard and the REST API in one process and on one port.

``streamlit run app.py`` or ``uvicorn app:app``; both find ``app`` here.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount
from streamlit.starlette import App

from components import cached
from core.api.app import create_api
from core.config import read_settings
from core.errors import GridlensError
from core.services.worker import WorkerSupervisor

WORKERS_START_AFTER_S = 3.0  # the first page comes first, on two cores as well

settings = read_settings()


@asynccontextmanager
async def run_workers(_: Any) -> AsyncIterator[None]:
    """Open the store while the browser still loads; inspection workers come and go with the app."""
    threading.Thread(target=_open_store, daemon=True).start()
    supervisor = WorkerSupervisor(settings)
    supervisor.start(WORKERS_START_AFTER_S)
    try:
        yield
    finally:
        await run_in_threadpool(supervisor.stop)


def _open_store() -> None:
    with suppress(GridlensError):  # the page tries again, and shows what is wrong
        cached.context()


app = App(
    Path(__file__).parent / "pages" / "router.py",
    routes=[Mount("/api", create_api(settings, cached.context))],
    lifespan=run_workers,
)
