"""The audit trail's search box: patients, users, subjects, requests and days in one line."""

import hashlib
import re
from datetime import UTC, datetime, time, timedelta

from django.db.models import Q, QuerySet

from common.timeutil import read_date
from compliance.lookup import patients_named
from compliance.querysets import about_any_patient

_PUBLIC_ID = re.compile(r"[0-9A-Za-z]{22}")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?")


def find(events: QuerySet, text: str, user) -> QuerySet:
    """Events that fit every part of `text`.

    A 22-character id finds a patient, user or clinic; `2026-11-20` or `2026-11-01..2026-11-20` days (UTC);
    `visit:…` a subject or `desk.viewed` an action; what remains is the name of a user or of a patient.
    """
    names = []
    for word in text.split():
        condition = _condition(word)
        if condition is None:
            names.append(word)
        else:
            events = events.filter(condition)
    return events.filter(_named(" ".join(names), user)) if names else events


def query_hash(text: str) -> str:
    """What the audit keeps of a search: enough to see that two were the same, not what was typed."""
    return hashlib.sha256(" ".join(text.lower().split()).encode()).hexdigest()[:16] if text.strip() else ""


def _named(name: str, user) -> Q:
    by_user = Q(actor_label__icontains=name)
    found = patients_named(name, user)
    return by_user | about_any_patient(found) if found else by_user


def _condition(word: str) -> Q | None:
    if _PUBLIC_ID.fullmatch(word):
        return about_any_patient([word]) | Q(actor_id=word) | Q(clinic_id=word)
    if ":" in word:
        return Q(subject=word)
    if day := _DAY.fullmatch(word):
        return _between(day[1], day[2] or day[1])
    if "." in word:
        return Q(action=word)
    if re.fullmatch(r"[0-9a-f-]{32,36}", word):
        return Q(request_id=word)
    return None


def _between(first: str, last: str) -> Q | None:
    try:
        start, end = read_date(first), read_date(last) + timedelta(days=1)
    except ValueError:
        return None
    return Q(at__gte=datetime.combine(start, time.min, UTC), at__lt=datetime.combine(end, time.min, UTC))
