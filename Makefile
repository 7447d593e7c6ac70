# DEVOPS.EXE. `make` lists the targets; each works twice in a row and from any folder
# (make -C DIR TARGET). Nothing but Python 3.11 or newer and pip is needed.

.DEFAULT_GOAL := help
# In the checkout itself paths stay relative, so that a blank in the folder's name does no harm.
ROOT := $(if $(wildcard devops_exe/cli.py),./,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
VENV ?= $(ROOT).venv
PYTHON ?= python3
BIN := $(VENV)/bin
JOBS ?= 2
EXAMPLE := examples/checkout-api
LINE := /devops checkout-api on EKS, 1200 rps, one pod does 60 rps, p99 250 ms, 99.95 %, RTO 15 min
SOURCES := $(ROOT)pyproject.toml $(ROOT)constraints.txt
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help run test check format docs bench clean install-tools install-test-server

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' "$(ROOT)Makefile"

$(VENV)/.run: $(SOURCES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "devops-exe: make: $$($(PYTHON) --version 2>&1) is too old; set PYTHON to Python 3.11 or newer, as in make run PYTHON=python3.12" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -c $(ROOT)constraints.txt -e $(ROOT)
	@touch $@

$(VENV)/.check: $(VENV)/.run
	@$(PIP) -c $(ROOT)constraints.txt -e "$(ROOT)[check]"
	@touch $@

run: $(VENV)/.run ## a full blueprint of the example; at a terminal the chat opens after it
	@cd $(ROOT) && $(BIN)/devops-exe --engine offline --repo $(EXAMPLE) "$(LINE)"
	@if [ -t 0 ] && [ -t 1 ]; then cd $(ROOT) && exec $(BIN)/devops-exe --continue; fi

test: $(VENV)/.check ## every test
	@cd $(ROOT) && $(BIN)/python -m pytest -q -n $(JOBS)

check: $(VENV)/.check ## format, lint, types, import contract, generated pages
	@cd $(ROOT) && $(BIN)/ruff format --check .
	@cd $(ROOT) && $(BIN)/ruff check .
	@cd $(ROOT) && $(BIN)/mypy
	@cd $(ROOT) && $(BIN)/lint-imports
	@cd $(ROOT) && for script in scripts/*_docs.py; do $(BIN)/python $$script --check || exit 1; done

format: $(VENV)/.check ## put the sources in form
	@cd $(ROOT) && $(BIN)/ruff format . && $(BIN)/ruff check --fix .

docs: $(VENV)/.check ## write the generated pages again
	@cd $(ROOT) && for script in scripts/*_docs.py; do $(BIN)/python $$script || exit 1; done

bench: $(VENV)/.check ## the benchmarks, as ratios to a baseline of the same run
	@cd $(ROOT) && for bench in benchmarks/*.py; do $(BIN)/python $$bench || exit 1; done

install-tools: $(VENV)/.check ## the tools that prove generated files, and those of a drill
	@cd $(ROOT) && PYTHON=$(BIN)/python sh scripts/install_tools.sh

install-test-server: ## the independent server of the Messages API that the wire tests use
	@sh $(ROOT)scripts/install_test_server.sh

clean: ## remove what make made
	@rm -rf $(VENV) $(ROOT).pytest_cache $(ROOT).mypy_cache $(ROOT).ruff_cache $(ROOT).import_linter_cache
