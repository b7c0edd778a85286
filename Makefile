# Two commands: make run, make test. The rest is for developers.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet

.PHONY: run test e2e drills check docs messages lock clean

run: .venv/.runtime
	@.venv/bin/python manage.py up --port $(PORT)

test: .venv/.test
	.venv/bin/python -m pytest -n auto $(ARGS)

e2e: .venv/.dev
	.venv/bin/python -m pytest -m browser $(ARGS)

drills: .venv/.test
	HAITAO_DRILL_FULL=1 .venv/bin/python -m pytest -m drill -s $(ARGS)

check: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python manage.py makemigrations --check --dry-run
	.venv/bin/python manage.py messages --check
	.venv/bin/python manage.py plugins docs --check
	.venv/bin/mkdocs build --strict --quiet --site-dir var/site

docs: .venv/.dev
	.venv/bin/python manage.py plugins docs
	.venv/bin/mkdocs serve

messages: .venv/.dev
	.venv/bin/python manage.py messages

# Needs uv. The locks name packages and hashes alone.
COMPILE = uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header
lock:
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) --extra test -c requirements.lock pyproject.toml -o requirements-test.lock
	$(COMPILE) --extra test --extra dev -c requirements-test.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv var site

.venv/bin/python:
	@"$(PYTHON)" core/conf/preflight.py
	@echo "Haitao: making .venv"
	@"$(PYTHON)" -m venv .venv

.venv/.runtime: requirements.lock | .venv/bin/python
	@echo "Haitao: installing (once, about a minute)"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

.venv/.test: requirements-test.lock | .venv/bin/python
	@echo "Haitao: installing what the tests need (once, about a minute)"
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch .venv/.runtime $@

.venv/.dev: requirements-dev.lock | .venv/bin/python
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch .venv/.runtime .venv/.test $@
