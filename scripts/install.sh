#!/bin/sh
# Makes .venv and installs the requirements file named first; does nothing when that file is as it was the last time.
set -eu

fail() {
    echo "$1" >&2
    exit 1
}

suits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        if suits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    found=$(python3 -c 'import platform; print(platform.python_version())' 2>/dev/null || echo "none")
    fail "Python 3.11 or newer is needed (python3 here: $found): install it, or name one: make PYTHON=/path/to/python3.11 run"
}

requirements=$1
wanted=$(cat requirements.txt "$requirements" | cksum)
stamp=.venv/.installed-$requirements

if ! suits .venv/bin/python; then
    python=$(find_python)
    echo "Making the virtual environment with $("$python" --version) ..."
    "$python" -m venv --clear .venv ||
        fail "The virtual environment could not be made: on Debian or Ubuntu install python3-venv (apt install python3-venv)."
fi
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    echo "Installing $requirements ..."
    .venv/bin/python -m pip install -qq --no-compile --disable-pip-version-check --no-input -r "$requirements" ||
        fail "Installing failed: see the lines above; is the package index reachable from here?"
    # On all cores, which pip's own compiling is not.
    .venv/bin/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true
    echo "$wanted" >"$stamp"
fi
