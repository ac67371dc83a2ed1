"""Find a Chromium for the browser tests; `python -m scripts.chromium` gets one where there is none.

Prints its path, or nothing when none can be had. In order: CHROMIUM, an installed one, Playwright's own, Debian's
package (as root), Playwright's download.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> str:
    """The path of a Chromium on this machine, empty without one."""
    for name in [os.environ.get("CHROMIUM", ""), *NAMES, str(MAC)]:
        path = shutil.which(name) if name else None
        if path:
            return path
    return _playwrights_own()


def _playwrights_own() -> str:
    default = Path.home() / (".cache/ms-playwright" if sys.platform == "linux" else "Library/Caches/ms-playwright")
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or default)
    programs = [*folder.glob("chromium-*/chrome-linux*/chrome"), *folder.glob("chromium-*/chrome-mac*/*/*/MacOS/*")]
    return str(max(programs)) if programs else ""


def obtain() -> str:
    """`find`, and when there is none, install one; empty when that fails too."""
    return find() or _from_debian() or _from_playwright()


def _from_debian() -> str:
    if os.getuid() != 0 or not shutil.which("apt-get"):
        return ""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-qq"], environment=quiet)
    _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], environment=quiet)
    return find()


def _from_playwright() -> str:
    _run([sys.executable, "-m", "playwright", "install", "chromium"], environment=dict(os.environ))
    return find()


def _run(command: list[str], *, environment: dict[str, str]) -> None:
    """What it says goes to standard error: standard output is for the path."""
    print("Getting a Chromium for the browser tests:", " ".join(command), file=sys.stderr)  # noqa: T201
    try:
        subprocess.run(command, check=False, env=environment, stdout=sys.stderr, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    print(obtain())  # noqa: T201
