# Sheetbridge. `make help` lists the targets; everything is installed into .venv and the user's cache.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3.11
export PYTHON

BIN := .venv/bin
INSTALLED := .venv/.installed
RUNNER := $(BIN)/sheetbridge
PYTEST ?= $(BIN)/python -m pytest
# JavaScript of ours; each folder has its own package.json with lint, types and test.
SCRIPTS := $(patsubst %/package.json,%,$(wildcard appscript/package.json deploy/sheets_emulator/page/package.json))

.PHONY: help
help: ## List the targets
	@printf 'Sheetbridge keeps a Google Sheet and a database table in step, both ways, in real time.\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) \
		| while IFS=$$'\t' read -r name text; do printf '  make %-17s %s\n' "$$name" "$$text"; done

# ---- what must be there ------------------------------------------------------------------------

.PHONY: install
install: $(INSTALLED) ## Make .venv and fill it from requirements.lock

$(INSTALLED): requirements.lock pyproject.toml
	@sh deploy/prerequisites.sh python
	@if [ ! -x $(BIN)/python ]; then printf 'Making .venv … '; $(PYTHON) -m venv .venv; echo done; fi
	@printf 'Installing Python packages … '
	@log=$$(mktemp); started=$$SECONDS; \
	if $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
			-r requirements.lock >"$$log" 2>&1 \
		&& $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
			--no-build-isolation --editable . >>"$$log" 2>&1; \
	then rm -f "$$log"; echo "done ($$((SECONDS - started)) s)"; \
	else echo 'failed:'; cat "$$log" >&2; rm -f "$$log"; exit 1; fi
	@touch $@

# The stamp is the lock file's hash, which `sheetbridge demo` writes too when it installs them.
.PHONY: scripts
scripts:
	@sh deploy/prerequisites.sh node
	@for folder in $(SCRIPTS); do \
		stamp="$$folder/node_modules/.sheetbridge-lock"; \
		lock=$$(sha256sum "$$folder/package-lock.json" | cut -d' ' -f1); \
		if [ -f "$$stamp" ] && [ "$$(cat "$$stamp")" = "$$lock" ]; then continue; fi; \
		printf 'Installing JavaScript packages of %s … ' "$$folder"; log=$$(mktemp); started=$$SECONDS; \
		if npm ci --prefix "$$folder" --no-audit --no-fund --loglevel=error >"$$log" 2>&1; \
		then rm -f "$$log"; printf '%s' "$$lock" >"$$stamp"; echo "done ($$((SECONDS - started)) s)"; \
		else echo 'failed:'; cat "$$log" >&2; rm -f "$$log"; exit 1; fi; \
	done

# Nothing but speed depends on it: source that is not compiled as it stands runs as Python.
.PHONY: compiled
compiled: $(INSTALLED) ## Compile what the sink runs for every cell (half a minute, once for each state of it)
	@$(BIN)/python -m deploy.compiling

.PHONY: stack-tools
stack-tools:
	@sh deploy/prerequisites.sh linux python java maven node

# ---- run it ------------------------------------------------------------------------------------

.PHONY: demo
demo: stack-tools $(INSTALLED) ## Start the whole stack, play the tour of ten moves, stay up until Ctrl-C
	@exec $(RUNNER) demo

.PHONY: up
up: stack-tools $(INSTALLED) compiled ## Start the stack in the background; writes .sheetbridge/endpoints.json
	@$(RUNNER) up

.PHONY: down
down: $(INSTALLED) ## Stop the stack that `make up` started
	@$(RUNNER) down

# ---- test it -----------------------------------------------------------------------------------

# Goals beside each other, as many as there are processors. What a goal printed comes in one piece
# when it has ended; all run even if one fails, and make names those that did.
PROCESSORS := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
BESIDE := --jobs=$(PROCESSORS) --keep-going \
	$(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.PHONY: check
check: $(INSTALLED) scripts ## Formatting, lint, types, unit and property tests; no server, under a minute
	@$(MAKE) $(BESIDE) test-unit test-histories scripts-test types lint

.PHONY: test
test: stack-tools $(INSTALLED) compiled scripts ## Everything, on the real stack (what .ci/run runs)
	@$(MAKE) $(BESIDE) scripts-test types lint
	@$(MAKE) --jobs=4 --keep-going test-stack test-stack-too test-faults test-simulated

# Tests on the stack wait most of the time: three parts run beside each other, each on a stack of its
# own, and the others take what is left of the processors. One part shows how it goes on, the rest
# is shown in the end.
FAULTS := tests/fault
STACK := tests/contract tests/e2e $(wildcard tests/integration/test_[a-h]*.py)
STACK_TOO := tests/integration/tab_features \
	$(filter-out $(STACK),$(wildcard tests/integration/test_*.py))
# What is compiled; it is run as Python too.
OF_THE_MERGE := tests/unit/core tests/unit/histories tests/property
define quietly
log=$$(mktemp); if { $(2); } >"$$log" 2>&1; \
	then printf '\n%s: %s\n' '$(1)' "$$(grep -E '^[0-9]+ passed' "$$log" | tr '\n' ' ')"; rm -f "$$log"; \
	else printf '\n'; cat "$$log"; rm -f "$$log"; exit 1; fi
endef
.PHONY: test-stack test-stack-too test-faults test-simulated
test-stack: stack-tools $(INSTALLED) scripts
	@$(PYTEST) -q -m stack $(STACK)
test-stack-too: stack-tools $(INSTALLED) scripts
	@$(call quietly,on another stack,$(PYTEST) -q -m stack $(STACK_TOO))
test-faults: stack-tools $(INSTALLED) scripts
	@$(call quietly,kills and freezes,$(PYTEST) -q -m stack $(FAULTS))
test-simulated: $(INSTALLED) scripts
	@$(call quietly,without the stack,SHEETBRIDGE_SEEDS=3000 nice -n 10 $(PYTEST) -q -m 'not stack')
	@$(call quietly,as Python,SHEETBRIDGE_COMPILED=0 nice -n 10 $(PYTEST) -q -m 'not stack' $(OF_THE_MERGE))

# The quick tests in two halves that take about as long as each other. The contracts, which ask
# servers too, come with everything else.
.PHONY: test-unit test-histories
test-unit: $(INSTALLED) scripts
	@$(PYTEST) -q -m 'not stack' tests/unit tests/property
test-histories: $(INSTALLED) scripts
	@$(PYTEST) -q -m 'not stack' tests/simulation

.PHONY: lint
lint: $(INSTALLED) scripts ## Formatting and lint of Python and JavaScript
	@$(BIN)/ruff format --check --quiet . || { echo 'Mend it: make format' >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@for folder in $(SCRIPTS); do npm run --silent --if-present --prefix "$$folder" lint; done

.PHONY: types
types: $(INSTALLED) scripts ## Static types (mypy strict; JSDoc by tsc)
	@$(BIN)/mypy
	@for folder in $(SCRIPTS); do npm run --silent --if-present --prefix "$$folder" types; done

.PHONY: scripts-test
scripts-test: scripts
	@for folder in $(SCRIPTS); do \
		log=$$(mktemp); \
		if npm test --silent --if-present --prefix "$$folder" >"$$log" 2>&1; \
		then echo "$$folder: $$(grep -E '^(# pass|. pass)' "$$log" | grep -Eo '[0-9]+' || echo no) tests passed"; \
		rm -f "$$log"; else cat "$$log" >&2; rm -f "$$log"; exit 1; fi; \
	done

.PHONY: format
format: $(INSTALLED) ## Format the code and mend what lint can mend
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

SEEDS ?= 3000
.PHONY: simulate
simulate: $(INSTALLED) compiled ## Play SEEDS=3000 simulated histories of the merge, FIRST=0; shows a failing one
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS) --first $(or $(FIRST),0)

.PHONY: simulate-coverage
simulate-coverage: $(INSTALLED) ## What share of the merge's branches SEEDS=3000 simulated histories run
	@SHEETBRIDGE_COMPILED=0 $(BIN)/python -m tests.simulation --coverage --seeds $(SEEDS) --first $(or $(FIRST),0)

# Out of everybody's way; on a busy machine it takes hours. RESUME=1 goes on where it was stopped.
.PHONY: mutants
mutants: $(INSTALLED) ## Change the merge in every small way; the quick tests must find 95 %
	@nice -n 15 $(BIN)/python -m tests.mutation --processes $(PROCESSORS) $(if $(RESUME),--resume)

.PHONY: nemesis
nemesis: stack-tools $(INSTALLED) compiled scripts ## Kill and freeze the real stack while both sides write: MINUTES=2, SEED=1
	@exec $(BIN)/python -m tests.fault.nemesis --minutes $(or $(MINUTES),2) --seed $(or $(SEED),1)

.PHONY: bench
bench: stack-tools $(INSTALLED) compiled scripts ## Measure on the real stack, beside the limits: CASE=name for one
	@exec $(BIN)/python -m tests.benchmarks $(CASE)

.PHONY: clean
clean: ## Stop the stack and remove what was built here (the download cache stays)
	@if [ -x $(RUNNER) ] && [ -d .sheetbridge ]; then $(RUNNER) down; fi
	@rm -rf .venv .sheetbridge .mypy_cache .ruff_cache .pytest_cache .hypothesis build mutants *.egg-info \
		$(addsuffix /node_modules,$(SCRIPTS)) tests/e2e/page/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
