"""PostgreSQL refuses to run as root.

Then it runs as a system user, with its data and programs where that user can reach them.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from config.embedded.errors import ServerError

NAME = "portal-postgres"
HOME = Path("/var/lib/portal-postgres")


def ensure() -> int:
    """The system user's id; makes the user at the first call. Raises ServerError."""
    try:
        return pwd.getpwnam(NAME).pw_uid
    except KeyError:
        return _create()


def _create() -> int:
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false", NAME]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", "") or str(error)
        raise ServerError(
            f"PostgreSQL does not run as root and the system user {NAME} could not be made ({reason.strip()}): "
            "start as an ordinary user, or set DATABASE_URL."
        ) from error
    return pwd.getpwnam(NAME).pw_uid


def home() -> Path:
    HOME.mkdir(mode=0o755, exist_ok=True)
    return HOME


def linked_folder(link: Path, user: int) -> Path:
    """The folder behind `link`, made below /var/lib at the first call. No folder above `link` is opened to anybody."""
    if link.is_symlink() and link.is_dir():
        return link.resolve()
    if link.exists() and not link.is_symlink():
        raise ServerError(
            f"{link} was made by an ordinary user and PostgreSQL does not run as root: start as that user, "
            "or set VAR_DIR to another folder."
        )
    folder = Path(tempfile.mkdtemp(prefix="cluster-", dir=home()))
    os.chown(folder, user, -1)
    draft = link.with_name(f"{link.name}.link-{os.getpid()}")
    draft.symlink_to(folder)
    draft.replace(link)
    return folder


def reachable_programs(install: Path, user: int) -> Path:
    """`install` itself when the user can run its programs, else a copy below /var/lib (the virtual environment may
    lie in a closed folder such as root's home)."""
    if _runs(install / "bin" / "postgres", user):
        return install
    stamp = (install / "bin" / "postgres").stat()
    copy = home() / f"programs-{stamp.st_size}-{int(stamp.st_mtime)}"
    if not copy.exists():
        _copy_programs(install, copy)
    return copy / install.relative_to(install.parents[1])


def _copy_programs(install: Path, copy: Path) -> None:
    """The shared libraries beside the package come along: the programs find them by a relative path."""
    package = install.parent
    draft = Path(tempfile.mkdtemp(prefix="programs-draft-", dir=home()))
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, draft / folder.name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    draft.replace(copy)


def _runs(program: Path, user: int) -> bool:
    group = pwd.getpwuid(user).pw_gid
    try:
        found = subprocess.run(
            [program, "--version"], user=user, group=group, extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except PermissionError:
        return False
    return found.returncode == 0
