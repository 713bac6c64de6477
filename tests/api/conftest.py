"""An API on a temporary store with toy models, called without a network."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from core.api import create_api
from core.services.context import Context
from tests.services.toys import ToyRegistry, toy_context, toy_settings


class Client:
    """Calls an ASGI app as a browser on the same machine would."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8501") as client:
                return await client.request(method, path, **options)

        return asyncio.run(call())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)


@pytest.fixture
def toys(tmp_path: Path) -> Iterator[tuple[Context, ToyRegistry]]:
    context, registry = toy_context(tmp_path / "home")
    yield context, registry
    context.store.close()


@pytest.fixture
def context(toys: tuple[Context, ToyRegistry]) -> Context:
    return toys[0]


@pytest.fixture
def client(toys: tuple[Context, ToyRegistry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("core.api.app.open_context", lambda _: toys[0])
    return Client(create_api(toy_settings(tmp_path / "home")))
