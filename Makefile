# The three things people do here: make report, make test, make lab.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PARTS  := pyproject.toml constraints.txt

.PHONY: help report quick test lab docs reference surface dictionary clean
.DEFAULT_GOAL := help

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

report: $(VENV)/.report  ## print the pages from data/sample into site/
	$(BIN)/workbench report --source data/sample --out site

quick: $(VENV)/.test  ## before each commit, in a minute: style, types and the fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n auto --dist loadfile -m "not slow and not browser and not peers" tests

test: $(VENV)/.test  ## check style, types and everything the tests know
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist loadfile

lab: $(VENV)/.lab  ## open JupyterLab on the notebooks
	$(BIN)/workbench lab

docs: $(VENV)/.docs  ## build the documentation into docs/_build/html, and run its examples
	$(BIN)/sphinx-build -q -W --keep-going -b doctest docs docs/_build/doctest
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

reference: $(VENV)/.test  ## make the executed notebooks anew that the tests compare with
	$(BIN)/python tests/make_reference.py

surface: $(VENV)/.test  ## write the list of public names and signatures anew that the tests compare with
	$(BIN)/python tests/make_surface.py

dictionary: $(VENV)/.report  ## write data/dictionary.md anew from the contract
	$(BIN)/python -c "from workbench.data.contract import dictionary; print(dictionary(), end='')" > data/dictionary.md

clean:  ## remove the pages, the documentation and the environment
	rm -rf site docs/_build $(VENV)

# One environment, filled as far as somebody needs it: without JupyterLab pages print faster.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. Name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
	  echo "This Python cannot make an environment. On Debian and Ubuntu this mends it:"; \
	  echo "  sudo apt install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; exit 1; }

$(VENV)/.report: $(VENV)/bin/python $(PARTS)
	$(PIP) --editable .
	@touch $@

$(VENV)/.lab: $(VENV)/bin/python $(PARTS)
	$(PIP) --editable '.[lab]'
	@touch $@ $(VENV)/.report

$(VENV)/.docs: $(VENV)/bin/python $(PARTS)
	$(PIP) --editable '.[docs]'
	@touch $@ $(VENV)/.report

$(VENV)/.test: $(VENV)/bin/python $(PARTS)
	$(PIP) --editable '.[docs,lab,test]'
	@touch $@ $(VENV)/.report $(VENV)/.lab $(VENV)/.docs
