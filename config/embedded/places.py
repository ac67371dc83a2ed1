"""Where the servers of one `var` directory keep things."""

import contextlib
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import ServerError

# A Unix socket's address holds 107 bytes, so sockets live in a short folder of their own and not under the project.
SOCKET_ROOT = Path("/tmp")  # noqa: S108 - the folder below is checked to be ours alone


@dataclass(frozen=True)
class Place:
    """One pair of servers: its files under `var`, its sockets in a private folder under /tmp."""

    var: Path

    @classmethod
    def of(cls, var: Path) -> "Place":
        return cls(Path(var).absolute())

    @property
    def runtime(self) -> Path:
        digest = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:12]
        return SOCKET_ROOT / f"portal-{os.getuid()}-{digest}"

    @property
    def postgres_sockets(self) -> Path:
        return self.runtime / "pg"

    @property
    def valkey_socket(self) -> Path:
        return self.runtime / "valkey.sock"

    @property
    def postgres(self) -> Path:
        """The folder with PostgreSQL's data; as root a link to one below /var/lib."""
        return self.var / "postgres"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    def prepare(self) -> None:
        """Make the folders. Raises ServerError when somebody else owns one of them."""
        try:
            self.var.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.logs.mkdir(exist_ok=True, mode=0o700)
        except PermissionError as error:
            raise ServerError(
                f"{error.filename} cannot be written: start as its owner, or set VAR_DIR to a folder of yours."
            ) from error
        _private_folder(self.runtime, mode=0o711 if os.getuid() == 0 else 0o700)

    @contextmanager
    def locked(self, name: str, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
        """Hold the lock file `name` under var; yields whether it is held. The kernel frees it when a process dies."""
        with (self.var / f"{name}.lock").open("a") as file:
            mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
            try:
                fcntl.flock(file, mode if wait else mode | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def _private_folder(path: Path, *, mode: int) -> None:
    """Anybody may create names in /tmp: a folder somebody else made in our place is refused."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=mode)
    seen = path.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid():
        raise ServerError(f"{path} was made by somebody else: remove it, then start again.")
    path.chmod(mode)
