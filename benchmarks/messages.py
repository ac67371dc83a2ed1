"""10,000 due reminders through the local transport: dispatcher, broker and one real worker.

Each is checked in the moment of sending as in real life: the visit's version, consent, the number, quiet hours.
"""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as clock

import django

django.setup()

from django.utils import timezone  # noqa: E402

from benchmarks.figures import Figure  # noqa: E402
from clinics.models import Clinic, Organization, Provider  # noqa: E402
from common.ids import new_public_id  # noqa: E402
from messaging.drafts import Draft  # noqa: E402
from messaging.models import LocalDelivery, Message  # noqa: E402
from messaging.outbox import build, insert  # noqa: E402
from messaging.periodic import dispatch_due  # noqa: E402
from messaging.states import Purpose, Status  # noqa: E402
from patients.models import ConsentRecord, ContactPoint, Patient  # noqa: E402
from patients.rules import indexes  # noqa: E402
from scheduling.models import Appointment, VisitType  # noqa: E402

PATIENTS, EACH = 100, 100
TOTAL = PATIENTS * EACH
PROMISED = 100  # messages a second
MOST_CPU = 8  # milliseconds; the machine may be busy with other things, this counts only the worker's own work
THREADS = 8
BEAT = 10  # seconds between two claims
GIVE_UP = 600  # seconds
WORKER = ["-m", "celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", str(THREADS), "-l", "WARNING"]


def main() -> None:
    clinic = _clinic()
    mine = Message.objects.filter(clinic=clinic)
    for visit in _visits(clinic):
        _plan(visit, timezone.now())
    with _worker() as cpu_of_worker:
        _send_one(mine)
        seconds, claiming = _send_all(mine)
    delivered = mine.filter(status=Status.DELIVERED).count()
    sent = list(
        LocalDelivery.objects.filter(message_id__in=mine.values("public_id")).values_list("message_id", flat=True)
    )
    rate = (delivered - 1) / seconds
    what = f"{TOTAL:,} due reminders, one worker of {THREADS} threads"
    Figure(what, f"{rate:.0f} a second", f"≥ {PROMISED} a second", rate >= PROMISED).say()
    Figure("of these, claiming and queueing", f"{claiming:.1f} s").say()
    each = 1000 * cpu_of_worker() / delivered
    Figure("CPU of the worker for a message", f"{each:.1f} ms", f"≤ {MOST_CPU} ms", each <= MOST_CPU).say()
    lost, twice = TOTAL - len(set(sent)), len(sent) - len(set(sent))
    Figure("lost, sent twice", f"{lost}, {twice}", "0, 0", not (lost or twice)).say()
    mine.delete()


def _clinic() -> Clinic:
    """A clinic of its own, whose hours for messages never end before the run does."""
    name = f"Benchmark {new_public_id()}"
    return Clinic.objects.create(
        organization=Organization.objects.create(name=name), name=name, slug=name.lower().replace(" ", "-"),
        message_name="Benchmark", time_zone="America/New_York", phone="+12025550100", state="NY",
        quiet_until=clock(0), quiet_from=clock(23, 59),
    )  # fmt: skip


def _visits(clinic: Clinic) -> list[Appointment]:
    """One visit a week from now for each of a hundred patients who agreed to texts."""
    now = timezone.now()
    visit_type = VisitType.objects.create(clinic=clinic, name="Visit", duration=30)
    provider = Provider.objects.create(organization=clinic.organization, name="Benchmark", time_zone=clinic.time_zone)
    patients = Patient.objects.bulk_create(
        Patient(organization=clinic.organization, first_name="Alex", last_name=f"Example{number}",
                birth_date=date(1980, 1, 1), state="NY")
        for number in range(PATIENTS)
    )  # fmt: skip
    for number, patient in enumerate(patients):
        mobile = f"+1202555{100 + number:04}"
        ContactPoint.objects.create(patient=patient, kind="mobile", value=mobile, **indexes("mobile", mobile))
        ConsentRecord.objects.create(patient=patient, topic="texts", granted=True, source="booking", recorded_at=now)
    starts_at = now + timedelta(days=7)
    return Appointment.objects.bulk_create(
        Appointment(clinic=clinic, patient=patient, provider=provider, visit_type=visit_type, modality="video",
                    starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30), patient_state="NY", source="desk",
                    booked_at=now)
        for patient in patients
    )  # fmt: skip


def _plan(visit: Appointment, now: datetime) -> None:
    drafts = [
        Draft(
            dedupe_key=f"benchmark:{number}:{visit.public_id}",
            purpose=Purpose.REMINDER,
            template_key="reminder_24h",
            context={"when": "Tuesday, December 1, 2:30 PM EST", "link": "https://portal.example.com/m/abc/"},
            subject=visit.subject,
            subject_version=visit.version,
            condition="always",
            urgent=True,  # measured at any hour of the day
            expires_at=visit.starts_at,
        )
        for number in range(EACH)
    ]
    insert(build(clinic=visit.clinic, patient=visit.patient, drafts=drafts, now=now))


@contextmanager
def _worker():
    """Yields a function that says, once the worker has ended, how many seconds of CPU it took, its start included."""
    before = _cpu_of_children()
    process = subprocess.Popen([sys.executable, *WORKER], start_new_session=True)
    try:
        yield lambda: _cpu_of_children() - before
    finally:
        process.terminate()
        process.wait()


def _cpu_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _send_one(mine) -> None:
    """The worker is up when it has sent one."""
    one = mine.order_by("pk").first()
    mine.exclude(pk=one.pk).update(next_attempt_at=timezone.now() + timedelta(hours=1))
    dispatch_due()
    _wait_for(mine, 1)
    mine.filter(status=Status.PLANNED).update(next_attempt_at=timezone.now())


def _send_all(mine) -> tuple[float, float]:
    """Seconds from the first claim to the last receipt, and those spent claiming. Claims every ten seconds, as beat."""
    started, claiming, next_claim = time.perf_counter(), 0.0, 0.0
    while mine.exclude(status=Status.DELIVERED).exists() and time.perf_counter() - started < GIVE_UP:
        begun = time.perf_counter()
        if begun >= next_claim:
            dispatch_due()
            claiming += time.perf_counter() - begun
            next_claim = begun + BEAT
        time.sleep(0.5)
    return time.perf_counter() - started, claiming


def _wait_for(mine, count: int) -> None:
    started = time.perf_counter()
    while mine.filter(status=Status.DELIVERED).count() < count and time.perf_counter() - started < GIVE_UP:
        time.sleep(0.2)


if __name__ == "__main__":
    main()
