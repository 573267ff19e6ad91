# The project's commands. `make run` and `make test` need only Python 3.11 or newer, make and git.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test test-browser test-faults test-servers check bench clean lock

run: .venv/.installed
	$(BIN)/muster demo

# Two processes on two cores; a file's tests stay together, since its fixtures are dear, and the dear files come first.
TESTERS ?= 2
test: .venv/.installed-test
	$(BIN)/python -m pytest -n $(TESTERS) --dist loadfile --no-loadscope-reorder --ignore=tests/browser

# The page in a real browser: the machine's Chromium, or every test says that it was skipped and why.
test-browser: .venv/.installed-test
	$(BIN)/python -m pytest tests/browser

# 200 kills at random moments, a full disk, a clock that jumps: an hour or two. MUSTER_KILLS and MUSTER_SEED choose.
test-faults: .venv/.installed-test
	MUSTER_FAULTS=1 $(BIN)/python -m pytest tests/faults

# Against real servers: Matrix's Synapse, in an environment of its own.
test-servers: .venv/.installed-test .venv-servers/.installed
	MUSTER_SYNAPSE_PYTHON=$(CURDIR)/.venv-servers/bin/python $(BIN)/python -m pytest \
		tests/sources/matrix/test_matrix_synapse_conformance.py tests/sources/matrix/test_matrix_story.py

check: .venv/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint dbt_project/models --config dbt_project/.sqlfluff

bench: .venv/.installed-test
	for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

clean:
	rm -rf .venv .venv-servers muster-demo dbt_project/target dbt_project/logs .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

# Pins with hashes and no download addresses, so that any index that carries the packages will do.
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q

lock: .venv/.uv
	$(BIN)/$(COMPILE) pyproject.toml -o requirements.lock
	$(BIN)/$(COMPILE) pyproject.toml --group test -c requirements.lock -o requirements-test.lock
	printf 'matrix-synapse>=1.160,<2\n' | $(BIN)/$(COMPILE) - -o requirements-servers.lock
	printf 'uv\nhatchling>=1.27\neditables\n' | $(BIN)/$(COMPILE) - -c requirements.lock -o requirements-tools.lock

.venv/.uv: requirements-tools.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Muster needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-tools.lock
	touch $@

.venv/.installed: requirements.lock pyproject.toml .venv/.uv
	$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	touch $@

.venv/.installed-test: requirements-test.lock .venv/.installed
	$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(BIN)/python -r requirements-test.lock
	touch $@

.venv-servers/.installed: requirements-servers.lock .venv/.uv
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-servers
	$(BIN)/uv pip install --quiet --require-hashes --python .venv-servers/bin/python -r $<
	touch $@
