"""The one way out to other hosts over HTTP (ASVS 1.3.6, 13.2.4)."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.conf import settings

TIMEOUT_SECONDS = 10
MAX_ANSWER_BYTES = 1024 * 1024
_CHUNK = 64 * 1024


class OutgoingRefusedError(Exception):
    """We will not call this address: not on the list, not https, or a private network."""


class OutgoingFailedError(Exception):
    """The other side did not answer as it should: no connection, too slow, too long, a redirect."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def request(method: str, url: str, *, headers: dict | None = None, data=None, json=None, auth=None) -> Answer:
    """Call a host of `settings.OUTGOING_HOSTS` ("host" or "host:port") and return its answer, whatever its status.

    https only, except to loopback addresses that the list names. No redirects, 10 s to connect and between bytes,
    1 MiB of answer. Raises OutgoingRefusedError before anything is sent and OutgoingFailedError after; neither carries
    the URL.
    """
    check_allowed(url)
    try:
        with _session() as session:
            response = session.request(
                method, url, headers=headers, data=data, json=json, auth=auth,
                timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True,
            )  # fmt: skip
            body = _read(response)
    except requests.RequestException as error:
        raise OutgoingFailedError(type(error).__name__) from None
    if response.is_redirect:
        raise OutgoingFailedError("The host answered with a redirect.")
    return Answer(response.status_code, dict(response.headers), body)


def check_allowed(url: str) -> None:
    """Raise OutgoingRefusedError unless `url` may be called."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.netloc.rpartition("@")[2] not in settings.OUTGOING_HOSTS and host not in settings.OUTGOING_HOSTS:
        raise OutgoingRefusedError("This host is not in OUTGOING_HOSTS.")
    if parts.username or parts.password:
        raise OutgoingRefusedError("Credentials do not belong in an address.")
    addresses = _resolve(host, parts.port or 443)
    if all(address.is_loopback for address in addresses) and _names_loopback(host):
        return
    if parts.scheme != "https":
        raise OutgoingRefusedError("Only https leaves this host.")
    if not all(address.is_global for address in addresses):
        raise OutgoingRefusedError("This name leads into a private network.")


def _names_loopback(host: str) -> bool:
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _resolve(host: str, port: int) -> list:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise OutgoingFailedError("The host's name could not be resolved.") from None
    return [ipaddress.ip_address(entry[4][0].partition("%")[0]) for entry in found]


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no proxies and no .netrc from the environment
    return session


def _read(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise OutgoingFailedError("The answer is longer than 1 MiB.")
    return bytes(body)
