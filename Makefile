# The commands of this project; `make help` lists them. Stamp files keep second runs fast.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
UI := service/ui
UI_SOURCES := $(shell find $(UI)/src $(UI)/public $(UI)/*.html $(UI)/*.json $(UI)/*.ts 2>/dev/null)

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: .venv/.runtime $(UI)/dist/index.html ## Serve the registry, its map and the demo story at http://127.0.0.1:8000 (PORT=9000: there)
	@exec $(serve)

.PHONY: run-api
run-api: .venv/.runtime ## The same without building the map (needs no npm)
	@exec $(serve)

# one process: most of the time to start is reading the modules
serve := $(BIN)/testzone serve --migrate --demo --host $(HOST) --port $(PORT)

.PHONY: demo
demo: .venv/.runtime ## Load the demo story, without serving it
	@$(BIN)/testzone migrate
	@$(BIN)/testzone demo

.PHONY: test
test: system .venv/.development $(UI)/dist/index.html ## Install what the tests need and run all of them (ARGS="tests/geo -x" for some)
	$(BIN)/pytest $(ARGS)

.PHONY: test-faults
test-faults: system .venv/.development ## Kill servers, broker and PostgreSQL and fill disks during ingest (as root; minutes)
	$(BIN)/pytest tests/faults $(ARGS)

.PHONY: system
system:
	@tools/install_test_system.sh

.PHONY: check
check: .venv/.development $(UI)/node_modules/.installed ## Format, lint, types, architecture, and drift of what is generated
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest --quiet tests/test_architecture.py
	$(BIN)/python -m service.api.openapi --check
	$(BIN)/testzone rules doc --check
	cd $(UI) && npm run types -- --check && npm run check

.PHONY: generate
generate: .venv/.development $(UI)/node_modules/.installed ## Write what is generated: openapi.json, its TypeScript types, docs/rules.md
	$(BIN)/python -m service.api.openapi
	$(BIN)/testzone rules doc
	cd $(UI) && npm run types

.PHONY: format
format: .venv/.development ## Write Python the way `make check` wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: bench
bench: .venv/.development ## Run the benchmarks beside their baselines; writes bench/results.md
	$(BIN)/python -m bench

.PHONY: soak
soak: .venv/.development ## A simulated day of 2,000 vehicles with faults (ARGS="--vehicles 50 --database PostGIS --http")
	$(BIN)/python -m bench.soak $(ARGS)

.PHONY: ui
ui: $(UI)/dist/index.html ## Build the map into service/ui/dist

.PHONY: screens
screens: .venv/.development ## Write docs/screens from the demo that `make run` serves in another shell
	$(BIN)/python -m tools.screens

.PHONY: pg
pg: system .venv/.development ## Serve an empty PostGIS database for development until Ctrl-C
	@$(BIN)/python -m tests.postgres

.PHONY: wheel
wheel: .venv/.runtime $(UI)/dist/index.html ## Build the wheel, map included, into dist/
	@$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .
	@ls -t dist/testzone-*.whl | head -1 | sed 's/^/Wrote /'

.PHONY: lock
lock: $(BIN)/python ## Pin pyproject.toml's dependencies by hash (UPGRADE=1: to their newest versions)
	$(PIP) install uv
	tools/lock.sh $(BIN)/uv $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## Remove all that was installed or built here; the data in var/ stays
	rm -rf .venv dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache $(UI)/dist $(UI)/node_modules

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "Python has no venv module; on Debian: apt-get install python3-venv" >&2; exit 1; }

.venv/.runtime: requirements.txt requirements-build.txt pyproject.toml | $(BIN)/python
	@echo "Installing the service into .venv"
	@$(PIP) install --require-hashes -r requirements.txt -r requirements-build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.development: requirements-dev.txt .venv/.runtime
	@echo "Installing the development tools into .venv"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

$(UI)/node_modules/.installed: $(UI)/package-lock.json
	@command -v npm >/dev/null || \
		{ echo "npm is missing: install Node.js 20 or newer, or serve without the map: make run-api" >&2; exit 1; }
	@echo "Installing the map's packages"
	@cd $(UI) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(UI)/dist/index.html: $(UI_SOURCES)
	@$(MAKE) $(UI)/node_modules/.installed
	cd $(UI) && npm run build
	@touch $@
