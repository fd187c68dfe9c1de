PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
# xdist workers: two databases are tested, on two cores
WORKERS ?= 2
PREPARE = $(PY) manage.py migrate --verbosity 0 && $(PY) manage.py createcachetable && \
	$(PY) manage.py collectstatic --noinput --verbosity 0 && \
	$(PY) manage.py load_territories && $(PY) manage.py load_programme && $(PY) manage.py seed_demo

.PHONY: demo reset-demo dev test lint format bench lock

demo: $(VENV)/.runtime var/demo.env
	@set -a; . ./var/demo.env; BASE_URL=http://127.0.0.1:$(PORT); set +a; \
	$(PREPARE) && \
	{ while sleep 10; do $(PY) manage.py send_queued_mail; done & \
	  worker=$$!; trap "kill $$worker" EXIT INT TERM; \
	  echo "Portail ouvert sur http://127.0.0.1:$(PORT)"; \
	  $(VENV)/bin/gunicorn config.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --threads 4 --log-level warning; }

reset-demo:
	rm -rf var/portal.sqlite3* var/media
	@echo "Démonstration effacée : « make demo » la recommence."

dev: $(VENV)/.dev
	@export DEBUG=true DEMO=true REQUIRE_SECOND_FACTOR=false BASE_URL=http://127.0.0.1:$(PORT); \
	$(PREPARE) && $(PY) manage.py runserver $(PORT)

test: $(VENV)/.dev
	$(PY) -m pytest -n $(WORKERS)
	TEST_DATABASE=postgresql $(PY) -m pytest -n $(WORKERS)

lint: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/djlint templates --check --lint --quiet
	git ls-files '*.py' | xargs $(VENV)/bin/django-upgrade --target-version 5.2
	DEBUG=true $(PY) manage.py makemigrations --check --dry-run

format: $(VENV)/.dev
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(VENV)/bin/djlint templates --reformat --quiet

bench: $(VENV)/.dev
	$(PY) -m tests.bench
	TEST_DATABASE=postgresql $(PY) -m tests.bench.deposits

lock:
	uv pip compile pyproject.toml --generate-hashes --universal --python-version 3.11 --no-header --no-annotate -q -o requirements.txt
	uv pip compile pyproject.toml --group dev --generate-hashes --universal --python-version 3.11 --no-header --no-annotate -q -o requirements-dev.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 ou plus récent est nécessaire.")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

var/demo.env:
	@mkdir -p var
	@{ echo "SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')"; \
	  echo "ALLOWED_HOSTS=127.0.0.1,localhost"; \
	  echo "HTTPS=false"; \
	  echo "DEMO=true"; \
	  echo "REQUIRE_SECOND_FACTOR=false"; } > $@
