# Soundings: make run · make test · make check · make deep · make bench
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
TEST_READY := $(VENV)/.ready-test
# Two processes: more than that only wait for each other's database.
WORKERS ?= $(shell n=$$(nproc); [ $$n -gt 8 ] && n=8; echo $$n)
ARGS ?=
# The tests start some hundred processes of ours: compiling all files anew in each of them is a third of the suite's work.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check deep bench translations clean

run: $(READY)
	@$(VENV)/bin/soundings demo $(ARGS)

test: $(TEST_READY)
	$(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

deep: $(TEST_READY)
	SOUNDINGS_DEEP=1 $(PY) -m pytest -n $(WORKERS) --dist worksteal --timeout 1800 $(ARGS)
	$(PY) -m tests.supply --strict

check: $(TEST_READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m tests.checks
	$(PY) -m tests.supply

bench: $(TEST_READY)
	$(PY) -m bench $(ARGS)

translations: $(TEST_READY)
	$(PY) -m tests.translations update

$(VENV)/bin/python:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	python3 -m venv $(VENV) || { echo "python3-venv is needed: apt install python3-venv"; exit 1; }

$(READY): setup.cfg pyproject.toml | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[postgres,interchange]'
	@touch $@

$(TEST_READY): setup.cfg pyproject.toml | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[postgres,celery,interchange,test]'
	@touch $(READY) $@

clean:
	rm -rf $(VENV) build dist *.egg-info
