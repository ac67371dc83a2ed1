"""The address the portal is asked to listen on."""

import errno
import os
import socket
from dataclasses import dataclass

import psutil

from config.embedded import ServerError


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @classmethod
    def from_environment(cls) -> "Address":
        """HOST (127.0.0.1) and PORT (8000). Raises ServerError."""
        text = os.environ.get("PORT") or "8000"
        if not text.isdigit() or not 0 < int(text) < 65536:
            raise ServerError(f"PORT={text} is no port: choose a number from 1 to 65535, as in PORT=8001 make run.")
        return cls(os.environ.get("HOST") or "127.0.0.1", int(text))

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}"

    def refuse_if_taken(self) -> None:
        """Raises ServerError with who holds the port and what to do."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise ServerError(self._refusal(error)) from error

    def _refusal(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {self.port} on {self.host} is taken{_holder(self.port)}: "
                f"stop that, or choose another one: PORT={self.port + 1} make run"
            )
        if error.errno == errno.EACCES:
            return f"Port {self.port} is for root only: choose one above 1023, as in PORT=8000 make run."
        return (
            f"HOST={self.host} cannot be listened on ({error.strerror}): use 127.0.0.1, or 0.0.0.0 for every address."
        )


def _holder(port: int) -> str:
    """ " by <program> (process <id>)", as far as we may see."""
    try:
        held = [c for c in psutil.net_connections("tcp") if c.laddr and c.laddr.port == port and c.status == "LISTEN"]
        process = psutil.Process(held[0].pid) if held and held[0].pid else None
        return f" by {process.name()} (process {process.pid})" if process else ""
    except psutil.Error:
        return ""
