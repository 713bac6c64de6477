# Gridlens: `make run` opens the dashboard, `make test` runs every check. Both set up what they need.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PROCESSES ?= 2

.PHONY: help setup run test check test-browser bench lock clean

help:
	@echo "make run           set up and open the dashboard on http://127.0.0.1:8501"
	@echo "make test          set up, check the code, run the tests, in two processes or PROCESSES=n"
	@echo "make check         formatting, types and import directions only"
	@echo "make test-browser  the tests in a real Chromium (Debian: apt-get install chromium)"
	@echo "make bench         measure speed and memory; writes benchmarks/README.md"
	@echo "make lock          resolve requirements.txt into requirements.lock again"
	@echo "make clean         remove the environment and caches, never your photos"

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(v != (3, 11) and f"Gridlens needs Python 3.11, found {v[0]}.{v[1]}: make PYTHON=/path/to/python3.11 ...")'
	@echo "==> Making the environment in $(VENV) (first time only, two to four minutes) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q core components pages app.py
	@touch $(READY)
	@echo "==> Environment ready."

run: setup
	@echo "==> Opening Gridlens on http://127.0.0.1:8501 (stop with Ctrl+C) ..."
	@$(BIN)/streamlit run app.py --server.address 127.0.0.1 --server.port 8501

check: setup
	@echo "==> Checking format, lint, types and import directions ..."
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > .lint-imports.log 2>&1 || { cat .lint-imports.log; exit 1; }
	@rm -f .lint-imports.log
	@echo "==> Checks passed."

test: check
	@echo "==> Running the tests (the ones in a browser: make test-browser) ..."
	@$(BIN)/pytest -m "not browser" -n $(PROCESSES) --dist loadfile

test-browser: setup
	@echo "==> Running the tests in Chromium ..."
	@$(BIN)/pytest -m browser tests/browser

bench: setup
	@echo "==> Measuring (about five minutes, best on an idle machine) ..."
	@$(BIN)/python -m benchmarks.bench_inspect --write
	@$(BIN)/python -m benchmarks.bench_training --write
	@$(BIN)/python -m benchmarks.bench_pages --write
	@$(BIN)/python -m benchmarks.bench_render --write
	@$(BIN)/python -m benchmarks.bench_curves --write
	@$(BIN)/python -m benchmarks.bench_explain --write
	@$(BIN)/python -m benchmarks.bench_explain_page --write
	@$(BIN)/python -m benchmarks.bench_compare --write
	@$(BIN)/python -m benchmarks.bench_gap --write

lock: setup
	@$(BIN)/pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile --quiet --no-header --python-version 3.11 requirements.txt -o requirements.lock
	@echo "==> requirements.lock written."

clean:
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
