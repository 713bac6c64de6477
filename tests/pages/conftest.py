"""The dashboard on a temporary store with toy models, run by Streamlit's own tester through the router."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import cached
from core.config import REPOSITORY
from core.services.context import Context
from core.services.worker import drain
from tests.services.toys import HELICOPTER, ToyRegistry, write_photo

OpenPage = Callable[..., AppTest]


@pytest.fixture
def toys(toys: tuple[Context, ToyRegistry], monkeypatch: pytest.MonkeyPatch) -> tuple[Context, ToyRegistry]:
    """The toy models, in front of which all pages stand."""
    monkeypatch.setattr(cached, "context", lambda: toys[0])
    return toys


@pytest.fixture
def open_page() -> OpenPage:
    """Open the default page as a fresh browser would, with parameters in the address."""

    def open_(**address: str) -> AppTest:
        page = AppTest.from_file(str(REPOSITORY / "pages" / "router.py"), default_timeout=20)
        for name, value in address.items():
            page.query_params[name] = value
        return page.run()

    return open_


@pytest.fixture
def add_batch(context: Context, tmp_path: Path) -> Callable[..., tuple[str, list[str]]]:
    """Adds photos as one batch and inspects them; gives the batch and the photos' hashes."""

    def add(names: list[str], tag: str = HELICOPTER, inspect: bool = True) -> tuple[str, list[str]]:
        batch_id = context.store.create_batch("Line 12", (tag,))
        hashes = []
        for seed, name in enumerate(names):
            path = write_photo(tmp_path / "photos" / f"{seed}.jpg", seed)
            hashes.append(context.store.add_photo(path, name, batch_id=batch_id).photo.sha256)
        if inspect:
            drain(context, "test", threading.Event())
        return batch_id, hashes

    return add
