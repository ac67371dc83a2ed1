"""The test of camera, microphone, sound and line before a visit: judged here, kept, the desk called if it failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from common import live
from compliance import audit
from messaging.rules import earliest_text
from scheduling.models import Appointment
from telehealth import scoring
from telehealth.actions.sessions import session_of
from telehealth.models import DeviceCheck, VisitSession
from worklist import actions as worklist
from worklist.models import Task

OK, BLOCKED, NONE, BUSY, SILENT, UNHEARD, SKIPPED = "ok", "blocked", "none", "busy", "silent", "no", "skipped"
CAMERA = (OK, BLOCKED, NONE, BUSY, SKIPPED)
MICROPHONE = (OK, BLOCKED, NONE, BUSY, SILENT, SKIPPED)
SPEAKER = (OK, UNHEARD, SKIPPED)
BROWSERS = ("chrome", "edge", "firefox", "safari", "samsung", "in_app", "other")
SYSTEMS = ("android", "ios", "mac", "windows", "linux", "other")

_CAMERA = {BLOCKED: "camera_blocked", NONE: "no_camera", BUSY: "camera_busy"}
_MICROPHONE = {BLOCKED: "mic_blocked", NONE: "no_mic", BUSY: "mic_busy", SILENT: "mic_silent"}
_NO_PICTURE = frozenset({*_CAMERA.values(), "too_slow"})  # what a visit with sound alone gets by without
FAILS = frozenset({"browser", "mic_blocked", "no_mic", "mic_busy", "no_sound", *_NO_PICTURE})
SOUND_ONLY = "sound_only"


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """What the test page found: a word for each step, figures in ms and kbit/s, None where nothing was measured."""

    works_in_browser: bool = True
    camera: str = SKIPPED
    microphone: str = SKIPPED
    speaker: str = SKIPPED
    rtt_ms: int | None = None
    up_kbps: int | None = None
    down_kbps: int | None = None
    browser: str = "other"
    system: str = "other"


@transaction.atomic
def record_device_check(*, appointment: Appointment, report: DeviceReport, by_label: str, now: datetime) -> DeviceCheck:
    """Judge and keep one run of the test. A failed one opens the desk's task, any other closes it."""
    causes = causes_of(report)
    figures = {"rtt_ms": report.rtt_ms, "up_kbps": report.up_kbps}
    return _keep(appointment, causes, by_label, now, browser=report.browser, system=report.system, **figures)


@transaction.atomic
def take_sound_only(*, appointment: Appointment, by_label: str, now: datetime) -> DeviceCheck | None:
    """The patient will come without a camera: what only a picture needs is no trouble any more.

    None, and nothing is written, where sound would not work either or nothing was tested.
    """
    last = newest_check(appointment)
    if last is None or not may_use_sound_only(last):
        return None
    causes = [SOUND_ONLY, *(cause for cause in last.causes if cause not in _NO_PICTURE)]
    figures = {name: getattr(last, name) for name in ("browser", "system", "rtt_ms", "up_kbps")}
    return _keep(appointment, causes, by_label, now, **figures)


@transaction.atomic
def ask_for_call(*, appointment: Appointment, by_label: str, now: datetime) -> Task:
    """The patient wants the visit by phone: the desk decides, and calls. Asked twice, it is one task."""
    _audit("telehealth.phone_asked", appointment, by_label)
    return _open_task(appointment, "call_instead", now, key=f"call_instead:{appointment.public_id}")


def newest_check(appointment: Appointment) -> DeviceCheck | None:
    """The last test of this visit."""
    return DeviceCheck.objects.filter(session__appointment=appointment).order_by("-at", "-pk").first()


def may_use_sound_only(check: DeviceCheck) -> bool:
    """Whether what failed is only what a picture needs."""
    failed = FAILS.intersection(check.causes)
    return bool(failed) and failed <= _NO_PICTURE


def causes_of(report: DeviceReport) -> list[str]:
    """What is wrong, as codes, the gravest first: without sound no visit, without a picture half of one."""
    found = [
        "" if report.works_in_browser else "browser",
        _MICROPHONE.get(report.microphone, ""),
        "no_sound" if report.speaker == UNHEARD else "",
        _CAMERA.get(report.camera, ""),
        *scoring.judge_before(rtt_ms=report.rtt_ms, up_kbps=report.up_kbps, down_kbps=report.down_kbps),
    ]
    return sorted(filter(None, found), key=lambda cause: cause not in FAILS)


def _keep(appointment: Appointment, causes: list[str], by_label: str, now: datetime, **figures) -> DeviceCheck:
    session = session_of(appointment)
    VisitSession.objects.select_for_update(of=("self",)).get(pk=session.pk)  # two tests at once: one after the other
    check = DeviceCheck.objects.create(session=session, at=now, result=_result(causes), causes=causes, **figures)
    _audit("telehealth.device_checked", appointment, by_label, result=check.result, causes=causes)
    if check.result == DeviceCheck.Result.FAIL:
        _open_task(appointment, causes[0], now, key=_key(appointment))
    else:
        worklist.resolve(dedupe_key=_key(appointment), now=now)
    live.changed(appointment.clinic.public_id, appointment.subject)
    return check


def _result(causes: list[str]) -> str:
    if FAILS.intersection(causes):
        return DeviceCheck.Result.FAIL
    return DeviceCheck.Result.WARN if causes else DeviceCheck.Result.PASS


def _key(appointment: Appointment) -> str:
    return f"tech_check:{appointment.public_id}"


def _open_task(appointment: Appointment, cause: str, now: datetime, *, key: str) -> Task:
    return worklist.open_task(
        clinic=appointment.clinic,
        kind=Task.Kind.TECH_CHECK,
        subject=appointment.subject,
        patient=appointment.patient,
        cause=cause,
        due_at=_due(appointment, now),
        dedupe_key=key,
        now=now,
    )


def _due(appointment: Appointment, now: datetime) -> datetime:
    """Within two hours of the clinic's day, half an hour before the visit at the latest, never in the past."""
    clinic = appointment.clinic
    by_day = earliest_text(now + timedelta(hours=2), clinic.zone, clinic.quiet_until, clinic.quiet_from)
    return max(now, min(by_day, appointment.starts_at - timedelta(minutes=30)))


def _audit(action: str, appointment: Appointment, by_label: str, **detail) -> None:
    audit.record(
        action=action,
        actor=None,
        actor_label=by_label,
        clinic=appointment.clinic,
        patient=appointment.patient,
        subject=appointment.subject,
        detail=detail | {"by": by_label},
    )
