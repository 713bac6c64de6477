"""What the tests of services, API, command line and pages share: a temporary store with toy models."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.services.context import Context
from tests.services.toys import ToyRegistry, toy_context


@pytest.fixture(autouse=True)
def same_main_module() -> Iterator[None]:
    """Streamlit leaves the last page behind as ``__main__``, and spawned processes would run it again."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture
def toys(tmp_path: Path) -> Iterator[tuple[Context, ToyRegistry]]:
    """A context on a temporary store with toy models."""
    context, registry = toy_context(tmp_path / "home")
    yield context, registry
    context.store.close()


@pytest.fixture
def context(toys: tuple[Context, ToyRegistry]) -> Context:
    return toys[0]


@pytest.fixture
def registry(toys: tuple[Context, ToyRegistry]) -> ToyRegistry:
    return toys[1]
