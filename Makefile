# Every target makes .venv and installs Copyart into it by itself, once, and again when setup.cfg changes.
PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed

.PHONY: demo web test lint clean

demo: $(INSTALLED)
	$(VENV)/bin/copyart demo demo

web:
	$(PYTHON) scripts/fetch_browser_runtime.py

test: $(INSTALLED)
	-$(PYTHON) scripts/fetch_browser_runtime.py --tests
	$(VENV)/bin/python scripts/run_tests.py

lint: $(INSTALLED)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

clean:
	rm -rf $(VENV) build dist demo *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): setup.cfg
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --use-pep517 --editable ".[dev]"
	touch $@
