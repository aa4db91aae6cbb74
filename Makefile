# SPDX-License-Identifier: GPL-3.0-or-later
# Everything here stays inside the checkout: the environment in .venv, all that is made in build/.
#   make demo      the role over a simulated fleet
#   make test      the checks and tests that a change most likely breaks, on the newest and the oldest ansible-core
#   make generate  what follows from the catalogue and the options: RETURN, actions, schemas, tables, choices
#   make attack    the property-based tests with many cases, and the soak: an hour
#   make matrix    ansible-test and all tests on every supported ansible-core
#   make gates     Galaxy's importer, Molecule, the documentation's pages, AWX's modules
#   make coverage  which lines of plugins/ the tests do not reach
#   make bench     what reading a fleet costs, beside other ways to do it
#   make setup     the tools of all, into .venv
#   make clean     remove what the others made

# Make takes other paths apart. Below a longer one, the path of a socket, at most 107 bytes, has no room: Ansible makes
# TMPDIR/pymp-12345678/listener-12345678.
ifneq ($(shell test -z "$$(pwd -P | LC_ALL=C tr -d 'A-Za-z0-9/._@+\200-\377-')" || echo odd),)
$(error The path of this checkout may hold only letters, digits and /._@+- but is $(CURDIR); move the checkout)
endif
ifneq ($(shell test $$(pwd -P | wc -c) -le 66 || echo long),)
$(error The path of this checkout may have at most 65 bytes but is $(CURDIR); move the checkout)
endif

# The newest Python that ansible-core supports, where there is one: among those of pyenv, or on the path.
PYENV := $(shell command -v pyenv)
PYENV_ROOTS := $(wildcard $(addsuffix /versions,$(PYENV_ROOT) $(PYENV:%/bin/pyenv=%) $(HOME)/.pyenv))
export PYENV_ROOT := $(patsubst %/versions,%,$(firstword $(PYENV_ROOTS)))
PYTHON ?= $(shell for python in $(PYENV_ROOT)/versions/3.13.*/bin/python python3.13 python3; do \
  "$$python" -c "" 2>/dev/null && echo "$$python" && break; done)
VENV := $(CURDIR)/.venv
BUILD := $(CURDIR)/build
COLLECTION := $(BUILD)/collections/ansible_collections/mailfleet/mailplus
PACKAGE := ansible_collections.mailfleet.mailplus

# Python itself may be found through the home directory, as with pyenv.
export USER_HOME := $(HOME)

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

# Where two runs at once would make the same, the second one waits.
LOCK := $(shell command -v flock >/dev/null && echo flock $(BUILD)/lock)

.PHONY: setup demo bench generate generate-check test lint types sanity unit browser playbook oldest attack matrix gates coverage clean

setup: $(VENV)/test

demo: $(VENV)/demo
	@python -m $(PACKAGE).tests.demo $(BUILD)/demo

bench: $(VENV)/test
	@python -m $(PACKAGE).tests.bench

generate: $(VENV)/test
	@python -m $(PACKAGE).tests.generate

# Writes nothing: says what is out of date.
generate-check: $(VENV)/test
	@python -m $(PACKAGE).tests.generate --check

test: lint types sanity unit browser playbook oldest

lint: $(VENV)/test generate-check
	ruff check .
	ruff format --check .
	reuse lint --lines
	antsibull-changelog lint
	ansible-lint

types: $(VENV)/test
	mypy -p $(PACKAGE).plugins -p $(PACKAGE).tests

sanity: $(VENV)/test
	nox -k "sanity and newest"

unit: $(VENV)/test
	pytest -n auto tests/unit tests/attack

# Skipped where Chromium is not installed.
browser: $(VENV)/test
	pytest -n auto tests/browser

# The alerts and the dashboard of the recipes are skipped where Prometheus is not installed.
playbook: $(VENV)/test
	pytest -n auto --dist loadfile tests/playbook

# Of the plays, those that depend most on Ansible itself; and HTTP with the oldest requests.
oldest: $(VENV)/test
	nox -s wire -- $(addprefix tests/unit/dsm/test_,bounds.py session.py transport.py)
	nox -k "playbook and oldest" -- $(addprefix tests/playbook/test_,facts.py fleet.py inventory.py role.py text.py ways.py)

# The same tests as above, with new random cases each time; a failure prints how to repeat it.
attack: export MAILPLUS_ATTACK_EXAMPLES := $(or $(MAILPLUS_ATTACK_EXAMPLES),10000)
attack: $(VENV)/test
	pytest -n auto tests/attack
	pytest -n auto -m hypothesis tests/unit

matrix: $(VENV)/test
	nox

gates: $(VENV)/test
	nox --error-on-missing-interpreters -s docs galaxy molecule awx

coverage: $(VENV)/test
	rm -rf $(BUILD)/coverage
	mkdir $(BUILD)/coverage
	coverage run -m pytest -n auto --dist loadfile tests
	coverage combine --quiet
	coverage report

clean:
	rm -rf $(VENV) $(BUILD) .ansible .mypy_cache .pytest_cache .ruff_cache

# The checkout under the name that Ansible and Python import it by.
$(COLLECTION):
	mkdir -p $(dir $@) $(BUILD)/tmp $(BUILD)/home
	ln -sfn $(CURDIR) $@

$(VENV)/bin/python: | $(COLLECTION)
	$(LOCK) sh -e -c 'test -e $@ && exit; HOME="$$USER_HOME" $(PYTHON) -m venv --without-pip $(VENV); \
	  $@ -m ensurepip >/dev/null; \
	  echo $(BUILD)/collections > "$$($@ -c "import sysconfig; print(sysconfig.get_path(\"purelib\"))")/collection.pth"'

$(VENV)/demo: tests/requirements-demo.txt | $(VENV)/bin/python
	$(LOCK) $(VENV)/bin/python -m pip install --quiet -r $<
	touch $@

$(VENV)/test: tests/requirements.txt tests/unit/requirements.txt $(VENV)/demo
	$(LOCK) $(VENV)/bin/python -m pip install --quiet -r $<
	touch $@
