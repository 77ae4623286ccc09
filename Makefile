# Two commands for newcomers: `make maps` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: maps test lint picture lock clean

maps: $(VENV)/.run
	$(BIN)/keniki build

test: $(VENV)/.dev lint
	$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The pictures of the README, taken of what the sample makes.
picture: $(VENV)/.dev maps
	$(BIN)/python docs/picture.py maps_out/planner.html docs/planner.png
	$(BIN)/python docs/picture.py maps_out/council-12104.html docs/council.png
	$(BIN)/python docs/picture.py maps_out/council-12104.html docs/council_phone.png 390 844
	$(BIN)/python docs/picture.py maps_out/embed.html docs/embed.png 800 450
	cp maps_out/align_front.png docs/align.png
	cp maps_out/sheet-12104-a4.png docs/sheet.png

# For developers: pins every version with its hashes (needs uv).
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate pyproject.toml
lock:
	$(LOCK) --extra build -o lock/run.txt
	$(LOCK) --all-extras --constraint lock/run.txt -o lock/dev.txt

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	find maps_out -type f ! -name README.md -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.run: lock/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo 'keniki needs Python 3.11 to 3.13 (Fiona has no build for newer ones yet):' \
	         'make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)'; exit 1; }
	@echo 'Setting up $(VENV): a minute or two, the first time only.'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r lock/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: lock/dev.txt $(VENV)/.run
	$(PIP) install --require-hashes -r lock/dev.txt
	@touch $@
