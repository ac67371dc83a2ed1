"""Fifty people press "Book" at once for the same time, over HTTP, with 16 web processes; then plain bookings.

Everybody is one click from the end of the booking form: the draft is in their session, their phone is proven.
"""

import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from benchmarks import probe as probes
from benchmarks import web
from benchmarks.figures import Figure, at_most, milliseconds
from benchmarks.web import Answer
from common.timeutil import combine
from insurance.models import VisitPayment
from patients.actions import set_contact_point
from patients.models import ContactPoint, Patient
from portal import draft as drafts
from portal.draft import Draft
from scheduling.models import Appointment

RACERS = 50
ROUNDS = 10
WARM_UP = 2  # rounds: 16 processes load their templates and open their connections, and not all of them get a first
WEB_PROCESSES = 16
BOOKINGS = 200
AT_ONCE = 8
SLOWEST = 1000  # milliseconds


def main() -> None:
    now = timezone.now()
    probe = probes.build(now, patients=RACERS)
    for number, patient in enumerate(probe.patients):
        give_mobile(patient, number, now)
    with web.server(WEB_PROCESSES) as port:
        _races(probe, port, now)
        _throughput(probe, port, now)


def _races(probe: probes.Probe, port: int, now: datetime) -> None:
    answers, visits = [], []
    for number in range(WARM_UP + ROUNDS):
        if number == WARM_UP:
            answers, visits = [], []
        start = _free_start(probe, number)
        answers += web.together([one_click_away(probe, port, patient, start, now) for patient in probe.patients])
        visits.append(Appointment.objects.filter(provider=probe.provider, starts_at=start).count())
    losers = len(answers) - ROUNDS
    kinds = {
        "answers that say “booked”": (sum(kind(answer) == "booked" for answer in answers), ROUNDS),
        "answers that lead to the nearest other times": (sum(kind(answer) == "lost" for answer in answers), losers),
        "errors": (sum(answer.status == 0 or answer.status >= 500 for answer in answers), 0),
    }
    each = f"{min(visits)} to {max(visits)}" if len(set(visits)) > 1 else str(visits[0])
    one_each = visits == [1] * ROUNDS
    Figure(f"{RACERS} racers, {WEB_PROCESSES} web processes: bookings a round", each, "1", one_each).say()
    for what, (measured, promised) in kinds.items():
        Figure(f"{what}, {ROUNDS} rounds", str(measured), str(promised), measured == promised).say()
    seconds = [answer.seconds for answer in answers]
    at_most("slowest answer", max(seconds) * 1000, SLOWEST).say()
    Figure("median answer", milliseconds(statistics.median(seconds) * 1000)).say()


def _throughput(probe: probes.Probe, port: int, now: datetime) -> None:
    """Different people and times: how many whole bookings a second."""
    first = WARM_UP + ROUNDS
    wishes = [(probe.patients[number % RACERS], _free_start(probe, first + number)) for number in range(BOOKINGS)]
    jobs = [one_click_away(probe, port, patient, start, now) for patient, start in wishes]
    started = time.monotonic()
    answers = web.together(jobs, at_once=AT_ONCE)
    rate = BOOKINGS / (time.monotonic() - started)
    whole = sum(kind(answer) == "booked" for answer in answers)
    Figure(f"bookings a second, {AT_ONCE} at once, one provider", f"{rate:.0f}").say()
    Figure("of them booked", str(whole), str(BOOKINGS), whole == BOOKINGS).say()


def give_mobile(patient: Patient, number: int, now: datetime) -> None:
    mobile = f"+1202555{100 + number:04}"
    set_contact_point(patient=patient, kind=ContactPoint.Kind.MOBILE, value=mobile, by=None, now=now, verified=True)


def kind(answer: Answer) -> str:
    """ "booked", "lost" (to the page with the nearest other times), else the status."""
    if answer.status == 302 and answer.location.endswith("/done/"):
        return "booked"
    return "lost" if answer.status == 302 and "/time/?lost=" in answer.location else str(answer.status)


def _free_start(probe: probes.Probe, number: int) -> datetime:
    """The second half of an hour: the probe's own visits take the first."""
    day, hour = divmod(number, probes.VISITS_A_DAY)
    first = datetime.min.time().replace(hour=9, minute=30)
    return combine(probe.first_day + timedelta(days=day), first, probe.clinic.time_zone) + timedelta(hours=hour)


def one_click_away(
    probe: probes.Probe, port: int, patient: Patient, start: datetime, now: datetime
) -> Callable[[], Answer]:
    """The click of somebody who has answered everything, from an address of their own."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    drafts.store(session, probe.clinic, _draft(probe, patient, start), now)
    session.save()
    number = probe.patients.index(patient)
    return partial(
        web.post,
        port,
        f"/book/{probe.clinic.slug}/check/",
        cookies={settings.SESSION_COOKIE_NAME: session.session_key},
        address=f"127.0.1.{1 + number}",
        answers={"telehealth": "on"},
    )


def _draft(probe: probes.Probe, patient: Patient, start: datetime) -> Draft:
    """Everything answered, nothing held."""
    mobile = patient.contact_points.get().value
    return Draft(
        visit_type=probe.visit_type.public_id,
        reason="Rash",
        state=probes.STATE,
        zone=probe.clinic.time_zone,
        provider=probe.provider.public_id,
        starts_at=start.isoformat(),
        first_name=patient.first_name,
        last_name=patient.last_name,
        birth_date=patient.birth_date.isoformat(),
        mobile=mobile,
        proven=mobile,
        language="en",
        patient=patient.public_id,
        payment=VisitPayment.Method.SELF_PAY,
    )
