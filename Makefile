# What one does with Créneau; `make` alone lists it.
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
PORT ?= 8000

# The newest Python that is 3.11 or later: `make PYTHON=/path/to/python3 setup` chooses another one.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
LOCK = $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --override requirements-not.in

.DEFAULT_GOAL := help
.PHONY: help setup run demo test lint lock bench chaos fuzz oracles clean

help: ## List what one can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with exactly the locked packages (every other target does so when needed)

run: $(READY) ## Run all of Créneau here until Ctrl-C; PORT=8001 make run for another port
	@$(VENV)/bin/creneau run --port $(PORT)

demo: $(READY) ## Show a running Créneau at work
	@$(VENV)/bin/creneau demo

test: lint ## Check everything: lint, types, layers, tests
	@$(PY) -m pytest -q -n 2 --dist loadfile

lint: $(READY) ## Check style, types and layers
	@$(VENV)/bin/ruff check --quiet
	@$(VENV)/bin/ruff format --check --quiet
	@$(VENV)/bin/mypy
	@said=$$($(VENV)/bin/lint-imports) || { echo "$$said"; exit 1; }

lock: $(READY) ## Lock what requirements*.in ask for; UPGRADE=--upgrade make lock takes the newest of everything
	@$(LOCK) $(UPGRADE) requirements.in -o requirements.txt
	@$(LOCK) $(UPGRADE) requirements-dev.in -o requirements-dev.txt
	@! grep -n '://' requirements.txt requirements-dev.txt || { echo "An address in a lock file: see above."; exit 1; }

bench: $(READY) ## Measure speed (takes minutes)
	@$(PY) -m tests.bench

chaos: $(READY) ## Break everything, for long: CHAOS_SECONDS=600, and CHAOS_SEED=... to repeat a run
	@CHAOS_SECONDS=$${CHAOS_SECONDS:-600} $(PY) -m pytest -q -s tests/chaos

fuzz: $(READY) ## Search for mails that break the reader (FUZZ_MAILS=1000000) and for failing histories, for long
	@$(PY) -m tests.fuzz
	@FUZZ_HANDLED=$${FUZZ_HANDLED:-20000} $(PY) -m pytest -q --timeout 0 tests/fuzz/test_handling.py
	@HYPOTHESIS_PROFILE=long $(PY) -m pytest -q --timeout 0 tests/state tests/crossing

oracles: $(READY) ## Install the real peers that some tests hold us against (Debian, as root or by sudo), and run these
	@tests/oracles/install
	@$(PY) -m pytest -q $$(grep -rl --include='test_*.py' 'tests[.]oracles' tests) tests/calendars/dav/test_server_tester.py

clean: ## Remove .venv and every cache; var/ (your data) stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage*
	@find . -name __pycache__ -not -path './var/*' -type d -prune -exec rm -rf {} +

$(READY): requirements.txt requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Créneau needs Python 3.11 or newer; none was found (make PYTHON=... setup)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make a virtual environment: apt install python3-venv, then again."; exit 1; }
	@echo "Installing the locked packages into $(VENV)..."
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements.txt -r requirements-dev.txt
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
