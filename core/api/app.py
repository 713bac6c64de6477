"""The REST API as one FastAPI app: mounted at ``/api`` by the dashboard, and servable by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.advice import advice_routes
from core.api.answers import answer_routes
from core.api.batches import batch_routes
from core.api.datasets import dataset_routes
from core.api.errors import add_error_answers, error_answer
from core.api.evaluations import evaluation_routes
from core.api.explanations import explanation_routes
from core.api.gaps import gap_routes
from core.api.inspection import inspection_routes
from core.api.metrics import metric_routes
from core.api.origin import is_foreign
from core.api.overview import overview_routes
from core.api.photos import photo_routes
from core.api.renders import render_routes
from core.api.similar import similar_routes
from core.api.training import training_routes
from core.config import Settings
from core.services.context import Context, open_context


class ContextOnDemand:
    """Opens store and models at the first request, so that making the app costs nothing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._context: Context | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Context:
        """The context of this process.

        Raises:
            StoreError, ModelError: it cannot be opened; the next call tries again.
        """
        with self._lock:
            if self._context is None:
                self._context = open_context(self._settings)
            return self._context


def create_api(settings: Settings, context: Callable[[], Context] | None = None) -> FastAPI:
    """Make the API.

    It has no accounts: serve it on loopback, or behind something that asks who is there. Requests that
    change something are refused when they come from another website's page.

    Args:
        settings: where store and models are.
    """
    # Serves Swagger's files itself: FastAPI's own page loads them from the internet.
    api = FastAPIOffline(
        title="Gridlens",
        version="1",
        description="Inspect overhead-line photos: pole type, top caps, shackle wear.",
        docs_url="/docs",
        redoc_url=None,
    )
    of_process = context or ContextOnDemand(settings)
    api.include_router(inspection_routes(of_process), prefix="/v1")
    api.include_router(photo_routes(of_process), prefix="/v1")
    api.include_router(batch_routes(of_process), prefix="/v1")
    api.include_router(dataset_routes(of_process), prefix="/v1")
    api.include_router(render_routes(of_process), prefix="/v1")
    api.include_router(training_routes(of_process), prefix="/v1")
    api.include_router(metric_routes(of_process), prefix="/v1")
    api.include_router(explanation_routes(of_process), prefix="/v1")
    api.include_router(answer_routes(of_process), prefix="/v1")
    api.include_router(evaluation_routes(of_process), prefix="/v1")
    api.include_router(overview_routes(of_process), prefix="/v1")
    api.include_router(gap_routes(of_process), prefix="/v1")
    api.include_router(advice_routes(of_process), prefix="/v1")
    api.include_router(similar_routes(of_process), prefix="/v1")
    add_error_answers(api)
    api.add_middleware(OriginGuard)
    return api


class OriginGuard:
    """ASGI middleware: refuses changes asked for by other websites' pages, and forbids content sniffing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if is_foreign(scope["method"], Headers(scope=scope)):
            answer = error_answer("refused: this request came from another website's page", 403)
            await answer(scope, receive, send)
            return

        async def send_unsniffed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, send_unsniffed)
