# Everything one does with Safar. A machine needs python3 and make; the rest is fetched here.
#   make run            set everything up and start the assistant with its simulator
#   make test           run the tests
# TENSORFLOW=1 after any target installs the real TensorFlow, for Rasa's neural components.

SHELL := /bin/bash
.DEFAULT_GOAL := help
UV_VERSION := 0.13.9
TENSORFLOW ?=
PYTHON ?= $(shell for p in python3.11 python3.10 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 11))' 2>/dev/null \
	&& { echo "$$p"; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
UV = .tools/bin/uv
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export PYTHONWARNINGS := ignore

NLU := $(wildcard bot/data/nlu/*.yml bot/data/rules/*.yml bot/domain/*.yml bot/config.yml bot/importer.py bot/components/*.py)
TEXTS := $(wildcard locales/*/LC_MESSAGES/*.po)
CONTENT := $(shell find content -name '*.yaml' 2>/dev/null)

.PHONY: help run chat demo ask train content install dev test check format bench lock clean

help: ## Show these lines
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: ready ## Set everything up and start the assistant with its simulator
	$(BIN)/safar run --simulator

chat: ready ## Talk with the assistant in this terminal
	@$(BIN)/safar chat

demo: ready ## Play three conversations and end
	@$(BIN)/safar demo

train: install content bot/models/safar.tar.gz ## Train the model, if its data changed

content: install var/registry.db ## Check the content and build the registry

install: $(VENV)/.installed ## Install what the assistant needs

dev: $(VENV)/.dev ## Install what developers need, too

test: dev train ## Run the tests
	$(BIN)/python -m pytest

check: dev ## Check style, types, content and translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/safar content check

format: dev ## Put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: dev train ## Measure the message path against stock Rasa, in one run
	$(BIN)/python -m tests.bench

lock: .tools/.uv ## Resolve the libraries anew into the lock files
	$(UV) pip compile -q --universal --python-version 3.10 --generate-hashes --no-annotate --no-header \
		pyproject.toml -o requirements.lock $(UPGRADE)
	$(UV) pip compile -q --universal --python-version 3.10 --generate-hashes --no-annotate --no-header \
		--extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock $(UPGRADE)
	$(UV) pip compile -q --no-config --universal --python-version 3.10 --generate-hashes --no-annotate \
		--no-header --override deploy/tensorflow/overrides.txt -c requirements.lock \
		deploy/tensorflow/requirements.in -o deploy/tensorflow/requirements.lock $(UPGRADE)

clean: ## Remove everything that was installed, built or trained; never var/safar.db or .env
	rm -rf $(VENV) .tools .cache bot/models bot/.rasa var/registry.db locales/*/LC_MESSAGES/*.mo

# What the targets above need.
.PHONY: ready
ready: install .env content train

.env: $(VENV)/.installed
	$(BIN)/safar init

var/registry.db: $(CONTENT) $(TEXTS) $(VENV)/.installed
	@mkdir -p var
	$(BIN)/safar content build
	$(BIN)/safar locales compile

bot/models/safar.tar.gz: $(NLU) $(VENV)/.installed var/registry.db
	@echo "Training the model; it takes about a minute…"
	cd bot && ../$(BIN)/rasa train --fixed-model-name safar.tar.gz
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

LOCAL := -e . $(if $(TENSORFLOW),,./deploy/no-tensorflow)

$(VENV)/.installed: requirements.lock pyproject.toml $(wildcard deploy/no-tensorflow/*/*.py) deploy/no-tensorflow/pyproject.toml | $(VENV)/bin/python
	@echo "Installing the libraries…"
	$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements.lock
	$(if $(TENSORFLOW),$(UV) pip uninstall --quiet --python $(BIN)/python safar-no-tensorflow || true)
	$(if $(TENSORFLOW),$(UV) pip install --quiet --python $(BIN)/python --no-deps --compile-bytecode -r deploy/tensorflow/requirements.lock)
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --compile-bytecode --reinstall-package safar-no-tensorflow $(LOCAL)
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the tools of developers…"
	$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements-dev.lock
	@touch $@
