"""The way out: what is refused before a byte leaves, and what a misbehaving host gets."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from common import http
from common.http import OutgoingFailedError, OutgoingRefusedError


class Host(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self._answer(201, self.rfile.read(length))

    def do_GET(self):
        if self.path == "/redirect":
            self._answer(302, b"", {"Location": "http://127.0.0.1:1/"})
        elif self.path == "/long":
            self._answer(200, b"x" * (http.MAX_ANSWER_BYTES + 1))
        elif self.path.startswith("/slow"):
            threading.Event().wait(1)
        else:
            self._answer(200, b"fine")

    def _answer(self, status, body, headers=None):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def host():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def allowed(settings, host):
    settings.OUTGOING_HOSTS = [host]
    return f"http://{host}"


@pytest.fixture
def resolves_to(monkeypatch):
    """Names resolve to the given address, as a hostile or broken name server would have it."""

    def install(address):
        answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answer)

    return install


def test_an_allowed_loopback_host_answers(allowed):
    answer = http.request("GET", f"{allowed}/")
    assert (answer.status, answer.text) == (200, "fine")
    assert http.request("POST", f"{allowed}/", json={"a": 1}).body == b'{"a": 1}'


def test_a_host_that_is_not_listed_is_refused(allowed):
    for url in ("https://example.com/", "http://127.0.0.1:1/", "https:///x", "file:///etc/passwd"):
        with pytest.raises(OutgoingRefusedError, match="OUTGOING_HOSTS"):
            http.request("GET", url)


def test_http_is_refused_beyond_loopback(settings, resolves_to):
    settings.OUTGOING_HOSTS = ["payer.example.com"]
    resolves_to("93.184.216.34")
    with pytest.raises(OutgoingRefusedError, match="https"):
        http.check_allowed("http://payer.example.com/")
    http.check_allowed("https://payer.example.com/")


INSIDE = ["127.0.0.1", "10.0.0.8", "169.254.169.254", "192.168.1.1", "100.64.0.1", "0.0.0.0"]


@pytest.mark.parametrize("address", INSIDE)
def test_a_listed_name_that_leads_inside_is_refused(settings, resolves_to, address):
    settings.OUTGOING_HOSTS = ["payer.example.com"]
    resolves_to(address)
    with pytest.raises(OutgoingRefusedError, match="private network"):
        http.check_allowed("https://payer.example.com/")


def test_credentials_in_the_address_are_refused(settings):
    settings.OUTGOING_HOSTS = ["payer.example.com"]
    with pytest.raises(OutgoingRefusedError, match="Credentials"):
        http.check_allowed("https://user:secret@payer.example.com/")


def test_redirects_long_and_slow_answers_fail(allowed, monkeypatch):
    with pytest.raises(OutgoingFailedError, match="redirect"):
        http.request("GET", f"{allowed}/redirect")
    with pytest.raises(OutgoingFailedError, match="1 MiB"):
        http.request("GET", f"{allowed}/long")
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(OutgoingFailedError, match="Timeout") as failure:
        http.request("GET", f"{allowed}/slow?member=secret")
    assert "secret" not in str(failure.value)


def test_a_host_that_is_away_fails_and_does_not_name_the_address(settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        name = f"127.0.0.1:{closed.getsockname()[1]}"
        settings.OUTGOING_HOSTS = [name]
        with pytest.raises(OutgoingFailedError) as failure:
            http.request("GET", f"http://{name}/secret")
    assert "secret" not in str(failure.value)
