# Every target makes its environment and installs Copyart into it by itself, once, and again when setup.cfg changes.
# Another interpreter has an environment of its own: make check PYTHON=python3.12
PYTHON ?= python3
VENV := .venv$(if $(filter file,$(origin PYTHON)),,-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'))
INSTALL = $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable
# With the test tools, and without them.
READY := $(VENV)/.installed
PLAIN := $(if $(wildcard $(READY)),$(READY),$(VENV)/.installed-plain)

.PHONY: demo web check test lint clean

demo: $(PLAIN)
	$(VENV)/bin/copyart demo demo

web:
	$(PYTHON) scripts/fetch_browser_runtime.py

check: lint
	-$(PYTHON) scripts/fetch_browser_runtime.py --tests
	$(VENV)/bin/python scripts/run_tests.py --fast

test: $(READY)
	-$(PYTHON) scripts/fetch_browser_runtime.py --tests
	$(VENV)/bin/python scripts/run_tests.py

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/python -m mypy
	if command -v npx >/dev/null; then npx --yes --package typescript@5.9.3 -- tsc --project copyart/web/jsconfig.json; fi

clean:
	rm -rf .venv .venv-* build dist demo *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed-plain: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) .
	touch $@

$(VENV)/.installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) ".[dev]"
	touch $@
