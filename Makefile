# The only door to commands. `make` says what there is.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCALE := src/schakel/locale
SPEED ?= 10
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo planning test test-fast lint format types contracts docs check-docs messages bench lock clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/run messages ## Run a centre at work on this machine, with simulated callers and crews
	@$(BIN)/schakel demo --speed $(SPEED) $(ARGS)

planning: $(VENV)/planning messages ## Install the planning room beside the desk (schakel simulate)
	@echo "Now: $(BIN)/schakel simulate a0-preemption"

test: $(VENV)/dev messages ## Prove it: everything this machine can, and say what it could not
	@$(BIN)/python tests/run.py $(ARGS)

test-fast: $(VENV)/dev ## The pure packages alone, in seconds
	@$(BIN)/python tests/run.py --pure $(ARGS)

lint: $(VENV)/dev ## Style, types and import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/dev ## Put the style right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(VENV)/dev ## Write the generated reference
	@$(BIN)/python docs/generate.py

check-docs: $(VENV)/dev ## Fail when the generated reference is stale
	@$(BIN)/python docs/generate.py --check

messages: $(LOCALE)/nl/LC_MESSAGES/django.mo ## Compile the Dutch texts

bench: $(VENV)/dev messages ## Measure the promises of the design
	@$(BIN)/python benchmarks/run.py $(ARGS)

lock: $(VENV)/dev ## Pin the dependencies anew, with hashes and without addresses
	@for part in run planning dev build; do \
	  case $$part in run) from="pyproject.toml";; planning) from="--extra planning pyproject.toml";; dev) from="--extra dev --extra planning --extra protocol pyproject.toml";; build) from="requirements/build.in";; esac; \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	    --custom-compile-command "make lock" $$from -o requirements/$$part.txt; done

clean: ## Remove what was made here: the environment and the demonstration's data
	rm -rf $(VENV) var

$(LOCALE)/nl/LC_MESSAGES/django.mo: $(LOCALE)/nl/LC_MESSAGES/django.po | $(VENV)/run
	@$(BIN)/pybabel --quiet compile --domain django --directory $(LOCALE)

$(VENV)/run: requirements/run.txt requirements/build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Schakel needs Python 3.11 or newer; " + sys.executable + " is " + sys.version.split()[0] + ". Say which one: make PYTHON=python3.11")'
	@echo "Setting up in $(VENV) (about a minute, once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/planning: requirements/planning.txt $(VENV)/run
	@echo "Setting up the planning room ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/planning.txt
	@touch $@

$(VENV)/dev: requirements/dev.txt $(VENV)/run
	@echo "Setting up the tools for tests ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/dev.txt
	@touch $@
