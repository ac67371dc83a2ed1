"""Twilio's HTTP API as far as the portal uses it, on a port of this host, for the official SDK to speak to.

Basic auth, form fields in, JSON out, its error codes, paging of the list; and webhooks, signed as Twilio signs them.
`faults` holds what the next requests to create a message meet: an HTTP status, "reset" (the message is made and the
answer lost), "timeout" or "refuse" (not made, connection closed).
"""

import base64
import json
import socket
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from uuid import uuid4

from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0" * 32
TOKEN = "double-token"
MAGIC = {"+15005550001": 21211, "+15005550002": 21612, "+15005550004": 21610, "+15005550009": 21614}
WORDS = {
    20003: "Authenticate", 20429: "Too Many Requests", 21211: "Invalid 'To' Phone Number",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required", 21604: "A 'To' phone number is required",
}  # fmt: skip
HTTP_CODES = {429: 20429, 401: 20003, 500: 20500, 503: 20503}


class Double:
    """The account's state, and what its tests look at."""

    def __init__(self):
        self.messages: list[dict] = []
        self.calls: list[dict] = []
        self.ended: list[str] = []
        self.faults: list = []
        self.requests: list[dict] = []
        self.callbacks: dict[str, str] = {}
        self.lock = Lock()
        self.address = ""

    def create(self, fields: dict) -> dict:
        message = {
            "sid": f"SM{uuid4().hex}",
            "account_sid": ACCOUNT,
            "to": fields["To"],
            "from": fields.get("From"),
            "messaging_service_sid": fields.get("MessagingServiceSid"),
            "body": fields["Body"],
            "status": "accepted" if fields.get("MessagingServiceSid") else "queued",
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "num_segments": "1",
            "num_media": "0",
            "price": None,
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "date_created": format_datetime(datetime.now(UTC)),
            "date_updated": format_datetime(datetime.now(UTC)),
            "date_sent": None,
            "uri": "",
            "subresource_uris": {},
        }
        with self.lock:
            self.messages.append(message)
        self.callbacks[message["sid"]] = fields.get("StatusCallback", "")
        return message

    def webhook_fields(self, message: dict, status: str, **more) -> dict:
        return {
            "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "From": message["from"] or "", "To": message["to"],
            "MessageSid": message["sid"], "SmsSid": message["sid"], "MessageStatus": status, "SmsStatus": status,
            **more,
        }  # fmt: skip


def signed(url: str, fields: dict, token: str = TOKEN) -> dict:
    """The headers of a webhook."""
    return {"X-Twilio-Signature": RequestValidator(token).compute_signature(url, fields)}


def post_webhook(address: str, public_url: str, fields: dict, token: str = TOKEN) -> int:
    """Send a webhook over the wire: to `address`, signed for `public_url`. The HTTP status."""
    request = urllib.request.Request(
        address, data=urllib.parse.urlencode(fields).encode(), headers=signed(public_url, fields, token), method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double: Double

    def log_message(self, *args):
        pass

    def do_POST(self):
        fields = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.double.requests.append(fields)
        if not self._authenticated():
            return
        if "/Calls" in self.path:
            self._call(fields)
            return
        if not self._path("/Messages.json"):
            return
        fault = self.double.faults.pop(0) if self.double.faults else None
        if isinstance(fault, int):
            self._error(fault, HTTP_CODES.get(fault, 20001))
        elif fault == "refuse":
            self._hang_up()
        elif code := self._complaint(fields):
            self._error(400, code)
        else:
            self._made(fields, fault)

    def _call(self, fields: dict) -> None:
        """Begin a call, or end the one that the address names."""
        fault = self.double.faults.pop(0) if self.double.faults else None
        sid = self.path.rsplit("/", 1)[-1].removesuffix(".json")
        if isinstance(fault, int):
            self._error(fault, HTTP_CODES.get(fault, 20001))
        elif fault == "refuse":
            self._hang_up()
        elif sid != "Calls":
            self.double.ended.append(sid)
            self._answer(200, {"sid": sid, "status": "completed"})
        elif self._path("/Calls.json"):
            self.double.calls.append(fields)
            call = {"sid": f"CA{uuid4().hex}", "account_sid": ACCOUNT, "status": "queued", "to": fields["To"]}
            self._hang_up() if fault == "reset" else self._answer(201, call)

    def do_GET(self):
        if not self._authenticated():
            return
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path.endswith("/Messages.json"):
            found = [message for message in reversed(self.double.messages) if message["to"] == query.get("To")]
            size, page = int(query.get("PageSize", 50)), int(query.get("Page", 0))
            self._answer(200, {"messages": found[page * size : (page + 1) * size], "page": page, "page_size": size,
                               "first_page_uri": self.path, "next_page_uri": None, "previous_page_uri": None,
                               "start": 0, "end": len(found), "uri": self.path})  # fmt: skip
            return
        sid = url.path.rsplit("/", 1)[-1].removesuffix(".json")
        found = [message for message in self.double.messages if message["sid"] == sid]
        self._answer(200, found[0]) if found else self._error(404, 20404)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _made(self, fields: dict, fault) -> None:
        message = self.double.create(fields)
        if fault == "reset":
            self._hang_up()
            return
        if fault == "timeout":
            time.sleep(1.5)
        self._answer(201, message)

    def _authenticated(self) -> bool:
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if self.headers["Authorization"] == expected:
            return True
        self._error(401, 20003)
        return False

    def _path(self, ending: str) -> bool:
        if self.path == f"/2010-04-01/Accounts/{ACCOUNT}{ending}":
            return True
        self._error(404, 20404)
        return False

    def _complaint(self, fields: dict) -> int | None:
        if not fields.get("To"):
            return 21604
        if not (fields.get("From") or fields.get("MessagingServiceSid")):
            return 21603
        if not fields.get("Body"):
            return 21602
        return MAGIC.get(fields["To"]) or (None if fields["To"].startswith("+") else 21211)

    def _error(self, status: int, code: int) -> None:
        more = f"https://www.twilio.com/docs/errors/{code}"
        self._answer(status, {"code": code, "message": WORDS.get(code, "Error"), "more_info": more, "status": status})

    def _answer(self, status: int, body: dict) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        try:
            self.wfile.write(text)
        except BrokenPipeError:
            self.close_connection = True


@contextmanager
def running():
    """A double with an account of its own."""
    double = Double()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("AccountHandler", (Handler,), {"double": double}))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    double.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
