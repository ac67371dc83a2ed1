"""Random values that are made once and kept under var/, readable by their owner only."""

import base64
import contextlib
import os
import secrets
from pathlib import Path

from config.embedded.errors import ServerError


def demo_secret(var: Path, name: str) -> str:
    """Base64 of 32 random bytes, the same at every call for this `var` and `name`. Raises ServerError."""
    path = var / "secrets" / name
    try:
        return path.read_text() if path.exists() else _make(path)
    except PermissionError as error:
        raise ServerError(
            f"{error.filename or path} belongs to another user: start as that one, or set VAR_DIR to a folder of yours."
        ) from error


def _make(path: Path) -> str:
    """Written aside and linked into place, so that two processes starting at once agree on one value."""
    for folder in (path.parents[1], path.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)).decode())
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path.read_text()
