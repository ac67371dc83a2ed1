"""Log lines: JSON in production, plain text on a laptop; each with its request's id, none with a patient's data."""

import logging
import re

from pythonjsonlogger.json import JsonFormatter

from common import request_id

# The net below the rule. The rule is that nobody logs a patient's data; texts of libraries and databases may hold some.
_MASKS = [
    (re.compile(r"\((\w[\w, ]*)\)=\(.*?\)(?= already exists| is not present|$|\W)"), r"(\1)=(***)"),
    (re.compile(r"Failing row contains \(.*"), "Failing row contains (***)"),
    (re.compile(r"(/(?:v|m|book|manage|visit|link|invitation)/)[\w.~:-]{12,}"), r"\1***"),
    (re.compile(r"([?&](?:token|code|key|sig|signature)=)[^&\s\"']+"), r"\1***"),
    (re.compile(r"[^\s@<>\"'=,;:(]+@[^\s@<>\"',;)]+\.[A-Za-z]{2,}"), "***@***"),
    (re.compile(r"(?<![\w.+-])\+\d{8,15}(?!\w)"), "+***"),
    (re.compile(r"(?<![\w.-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-]?)\d{3}[ .-]?\d{4}(?![\w-])"), "***"),
]


def masked(text: str) -> str:
    """The text without what looks like a phone number, an e-mail address, a patient's link or a database row."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


class Context(logging.Filter):
    """Puts the request's id on every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.current()
        return True


class _Masking:
    """A formatter whose messages, extra values and exception texts pass through `masked`."""

    def format(self, record: logging.LogRecord) -> str:
        record = logging.makeLogRecord(record.__dict__)  # other handlers keep the original
        record.msg, record.args = masked(record.getMessage()), None
        for name, value in record.__dict__.items():
            if isinstance(value, str) and name not in _OWN_FIELDS:
                record.__dict__[name] = masked(value)
        return super().format(record)

    def formatException(self, ei) -> str:  # noqa: N802 - logging's own name
        return masked(super().formatException(ei))


_OWN_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {"request_id", "message", "asctime"}


class Text(_Masking, logging.Formatter):
    """For people."""


class Json(_Masking, JsonFormatter):
    """For machines: one object a line, times in UTC."""


def logging_config(*, json: bool, level: str = "INFO") -> dict:
    """Django's LOGGING: everything to standard output, the process manager keeps it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": Context}},
        "formatters": {
            "text": {"()": Text, "format": "%(levelname)s %(name)s %(message)s"},
            "json": {
                "()": Json,
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
                "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
                "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            },
        },
        "handlers": {
            "out": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "filters": ["context"],
                "formatter": "json" if json else "text",
            }
        },
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            # Django's own handlers would print each line a second time, and mail tracebacks to somebody.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # These name paths and addresses; portal.request says the same without them.
            "uvicorn.access": {"handlers": [], "propagate": False},
            "uvicorn": {"handlers": [], "propagate": True},
            "uvicorn.error": {"handlers": [], "propagate": True},
            "httpx": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            "twilio": {"level": "WARNING"},
            # A line or two every few seconds, each of them the same.
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }
