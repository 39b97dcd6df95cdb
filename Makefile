# Everything a developer does here. Each target makes the virtual environment it needs; `make help` lists them.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTHONS ?= 3.11 3.12 3.13 3.14
# How many processes the tests are shared out to; 0 runs them in pytest's own.
PROCESSES ?= auto
export PYTHON

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: demo test stress mutants check format format-check lint types mypy pyright sizes bench bench-full peers memory matrix clean help

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(VENV)/.demo ## Load Python's own library into SQLite and question it, on asyncio and then on trio
	@mkdir -p build
	$(BIN)/python examples/asyncio/library_index.py --database build/library-asyncio.db
	$(BIN)/python examples/trio/library_index.py --database build/library-trio.db

test: $(VENV)/.dev ## Run the tests (ARGS="-k name" to choose)
	@scripts/servers $(BIN)/python
	$(BIN)/python -m pytest --numprocesses=$(PROCESSES) --dist=worksteal $(ARGS)

# Minutes rather than seconds: more seeds, rounds and examples, and every scene under every loop.
stress: $(VENV)/.dev ## Run the stress tests in their long form (ARGS="-k name" to choose)
	@scripts/servers $(BIN)/python
	ACTIVERECORD_STRESS=long $(BIN)/python -m pytest tests/stress --numprocesses=$(PROCESSES) --dist=worksteal $(ARGS)

mutants: $(VENV)/.dev ## Take each guard of the library away in turn, and see that a stress test notices (ARGS="name" to choose)
	@scripts/servers $(BIN)/python
	$(BIN)/python -m tests.stress.mutants $(ARGS)

# The tests come last, so that their summary is the last line.
check: format-check lint types sizes test ## Everything: format, lint, types, sizes, tests

format: $(VENV)/.dev ## Put the code into form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix-only --quiet

format-check: $(VENV)/.dev
	$(BIN)/ruff format --check

lint: $(VENV)/.dev ## Look for mistakes
	$(BIN)/ruff check

types: mypy pyright ## Check the types with mypy and with pyright

mypy: $(VENV)/.dev
	$(BIN)/mypy

pyright: $(VENV)/.dev
	$(BIN)/pyright --pythonpath $(BIN)/python

sizes: $(VENV)/.dev ## Report the sizes of files and functions
	@$(BIN)/python -m tests.architecture.sizes

bench: $(VENV)/.dev ## Measure beside the raw drivers, and the peers that are installed, for some minutes (ARGS="--engines sqlite")
	@scripts/servers $(BIN)/python
	$(BIN)/python -m benchmarks $(ARGS)

bench-full: $(VENV)/.dev peers ## Measure all work on all loops, beside all peers; takes hours, and wants the machine for itself
	@scripts/servers $(BIN)/python
	$(BIN)/python -m benchmarks --full $(ARGS)

peers: $(VENV)/.dev ## Install the libraries that the benchmarks compare with
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1' # earlier ones know no groups
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group peers

memory: $(VENV)/.dev ## Measure how much memory a million rows take, written and read (ARGS="--rows 100000" for fewer)
	$(BIN)/python -m benchmarks.memory $(ARGS)

matrix: ## Run the tests on each Python of PYTHONS that is installed
	@ran=; failed=; for version in $(PYTHONS); do \
	  if ! python$$version -c '' 2>/dev/null; then echo "Python $$version: not installed, not tested"; continue; fi; \
	  ran="$$ran $$version"; echo "Python $$version:"; \
	  $(MAKE) --no-print-directory test PYTHON=python$$version VENV=.venv-$$version || failed="$$failed $$version"; \
	done; \
	if [ -n "$$failed" ]; then echo "failed on Python$$failed"; exit 1; fi; \
	if [ -z "$$ran" ]; then echo "none of Python $(PYTHONS) is installed"; exit 1; fi; \
	echo "passed on Python$$ran"

clean: ## Remove what make and the tools have made
	rm -rf .venv .venv-* build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp for each set of extras: made again when what is required changes.
$(VENV)/.demo: pyproject.toml scripts/environment
	@echo "Preparing $(VENV) for the demo"
	@scripts/environment $(VENV) trio
	@touch $@

$(VENV)/.dev: pyproject.toml scripts/environment
	@echo "Preparing $(VENV) for development"
	@scripts/environment $(VENV) dev
	@touch $@ $(VENV)/.demo
