"""Rules of the house that neither the import contract nor the linter can hold."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from core.config import REPOSITORY

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 60
MAX_PAGE_LINES = 80
VAGUE_NAMES = re.compile(r"(^|_)(utils?|helpers?|manager|misc|common)(_|$)")
ENGINES = {"tensorflow", "keras", "sqlalchemy", "ai_edge_litert"}

SOURCES = [p for room in ("core", "components", "pages") for p in sorted((REPOSITORY / room).rglob("*.py"))]


def _imports(path: Path) -> set[str]:
    """Top-level names of everything that a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def _name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_files_and_functions_are_short_enough_to_read(path):
    text = path.read_text()
    assert text.count("\n") <= MAX_FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MAX_FUNCTION_LINES, f"{_name(path)}: {node.name}"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_names_say_what_is_inside(path):
    assert not VAGUE_NAMES.search(path.stem)


def test_pages_and_components_import_no_engine():
    guilty = {_name(p): _imports(p) & ENGINES for p in SOURCES if not _name(p).startswith("core/")}
    assert {name: engines for name, engines in guilty.items() if engines} == {}


def test_only_the_store_speaks_sql():
    speakers = {_name(p) for p in SOURCES if {"sqlalchemy", "alembic", "sqlite3"} & _imports(p)}
    assert {name for name in speakers if not name.startswith("core/store/")} == set()


def test_files_are_written_whole_in_one_place():
    # The store streams photos as they come in, and a model's folder appears as one.
    others = {"core/store/files.py", "core/training/export.py"}
    writers = {_name(p) for p in SOURCES if "os.replace(" in p.read_text()}
    assert writers == {"core/whole_files.py"} | others


def test_pages_are_short():
    long = {
        _name(p): n
        for p in (REPOSITORY / "pages").rglob("*.py")
        if (n := len(p.read_text().splitlines())) > MAX_PAGE_LINES
    }
    assert long == {}


def test_every_direct_dependency_is_locked_to_one_version():
    def names(path: Path) -> list[str]:
        lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
        return [re.split(r"[<>=\[ ;]", line)[0].lower().replace("_", "-") for line in lines if line]

    locked = [line for line in (REPOSITORY / "requirements.lock").read_text().splitlines() if line[:1].isalnum()]
    assert all("==" in line for line in locked)
    missing = set(names(REPOSITORY / "requirements.txt")) - {line.split("==")[0].lower() for line in locked}
    assert missing == set()


def test_nothing_that_ships_needs_the_photos_beside_the_repository():
    tracked = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False).stdout
    if not tracked:
        pytest.skip("not a git checkout")
    shipped = [
        REPOSITORY / name for name in tracked.split() if name.startswith(("core/", "components/", "pages/", "app"))
    ]
    assert [_name(p) for p in shipped if p.suffix in {".py", ".js"} and "real_photos" in p.read_text()] == []
