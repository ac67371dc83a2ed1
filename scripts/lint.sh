#!/bin/sh
# Style, layers, migrations that somebody forgot. Every check runs; the first failing one does not hide the others.
cd "$(dirname "$0")/.." || exit 1
failed=""

step() {
    name=$1
    shift
    "$@" || failed="$failed  $name\n"
}

step "ruff check" .venv/bin/python -m ruff check .
step "ruff format" .venv/bin/python -m ruff format --check .
step "layers (lint-imports)" .venv/bin/python -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
step "a migration is missing" .venv/bin/python -W ignore manage.py makemigrations --check --dry-run
if [ -n "$failed" ]; then
    printf "Failed:\n%b" "$failed" >&2
    exit 1
fi
