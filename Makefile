# The commands of README.md. Everything is made below this folder (.venv/, var/), which may have spaces in its path.
PY := .venv/bin/python
# Compiled modules are kept: every start would compile all of them again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check messages bench clean reset
help:
	@echo "make run     the portal with its demo clinic (PORT=8000, HOST=127.0.0.1)"
	@echo "make test    all tests, set-up included"
	@echo "make check   lint, layers and the fast tests"
	@echo "make messages  new texts into locale/, to be translated"
	@echo "make bench   the figures in benchmarks/README.md"
	@echo "make clean   stop what was left running; remove caches and the tests' servers"
	@echo "make reset   make clean, and erase the portal's data"

run:
	@sh scripts/install.sh requirements.txt
	@exec $(PY) manage.py up

test:
	@sh scripts/install.sh requirements-dev.txt
	@CHROMIUM="$$($(PY) -m scripts.chromium)" && export CHROMIUM && exec $(PY) -m pytest -n auto --dist worksteal $(ARGS)

check:
	@sh scripts/install.sh requirements-dev.txt
	@sh scripts/lint.sh
	@exec $(PY) -m pytest -n auto --dist worksteal -m "not slow and not browser" $(ARGS)

messages:
	@sh scripts/install.sh requirements.txt
	@$(PY) -m scripts.messages

bench:
	@sh scripts/install.sh requirements-dev.txt
	@exec $(PY) -m benchmarks $(ARGS)

clean:
	@if [ -x $(PY) ]; then $(PY) manage.py down --erase-tests; fi
	@rm -rf .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	@find . -name __pycache__ -not -path "./.venv/*" -prune -exec rm -rf {} +

reset: clean
	@if [ -x $(PY) ]; then $(PY) manage.py down --erase; fi
