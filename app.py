"""Gridlens's front door: the dashboard and the REST API in one process and on one port.

``streamlit run app.py`` or ``uvicorn app:app``; both find ``app`` here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount
from streamlit.starlette import App

from core.api.app import create_api
from core.config import read_settings
from core.services.worker import WorkerSupervisor

WORKERS_START_AFTER_S = 3.0  # the first page comes first, on two cores as well

settings = read_settings()


@asynccontextmanager
async def run_workers(_: Any) -> AsyncIterator[None]:
    """Inspection workers come and go with the app."""
    supervisor = WorkerSupervisor(settings)
    supervisor.start(WORKERS_START_AFTER_S)
    try:
        yield
    finally:
        await run_in_threadpool(supervisor.stop)


app = App(
    Path(__file__).parent / "pages" / "router.py",
    routes=[Mount("/api", create_api(settings))],
    lifespan=run_workers,
)
