# SPDX-License-Identifier: GPL-3.0-or-later
# Everything here stays inside the checkout: the environment in .venv, all that is made in build/.
#   make demo   the role over a simulated fleet
#   make test   all checks and tests
#   make setup  the tools of both, into .venv
#   make bench  what reading a fleet costs, beside other ways to do it
#   make clean  remove what the others made

PYTHON ?= python3
VENV := $(CURDIR)/.venv
BUILD := $(CURDIR)/build
COLLECTION := $(BUILD)/collections/ansible_collections/mailfleet/mailplus
PACKAGE := ansible_collections.mailfleet.mailplus

# Python itself may be found through the home directory, as with pyenv.
USER_HOME := $(HOME)

# What a tool would otherwise write to the home directory or to /tmp.
export ANSIBLE_HOME := $(BUILD)/ansible
export ANSIBLE_COLLECTIONS_PATH := $(BUILD)/collections
export ANSIBLE_REMOTE_TMP := $(BUILD)/tmp
export HOME := $(BUILD)/home
export PIP_CACHE_DIR := $(BUILD)/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE := 1
export TMPDIR := $(BUILD)/tmp
export XDG_CACHE_HOME := $(BUILD)/cache
export PATH := $(VENV)/bin:$(PATH)

.PHONY: setup demo bench test lint types unit browser playbook clean

setup: $(VENV)/test

demo: $(VENV)/demo
	@python -m $(PACKAGE).tests.demo $(BUILD)/demo

bench: $(VENV)/test
	@python -m $(PACKAGE).tests.bench

test: lint types unit browser playbook

lint: $(VENV)/test
	ruff check .
	ruff format --check .
	ansible-lint

types: $(VENV)/test
	mypy -p $(PACKAGE).plugins -p $(PACKAGE).tests

unit: $(VENV)/test
	pytest -n auto tests/unit

# Skipped where Chromium is not installed.
browser: $(VENV)/test
	pytest -n auto tests/browser

playbook: $(VENV)/test
	pytest -n auto --dist loadfile tests/playbook

clean:
	rm -rf $(VENV) $(BUILD) .ansible .mypy_cache .pytest_cache .ruff_cache

# The checkout under the name that Ansible and Python import it by.
$(COLLECTION):
	mkdir -p $(dir $@) $(BUILD)/tmp $(BUILD)/home
	ln -sfn $(CURDIR) $@

$(VENV)/bin/python: | $(COLLECTION)
	HOME="$(USER_HOME)" $(PYTHON) -m venv --without-pip $(VENV)
	$@ -m ensurepip >/dev/null
	echo $(BUILD)/collections > "$$($@ -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/collection.pth"

$(VENV)/demo: tests/requirements-demo.txt requirements.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet -r $<
	touch $@

$(VENV)/test: tests/requirements.txt $(VENV)/demo
	$(VENV)/bin/python -m pip install --quiet -r $<
	touch $@
