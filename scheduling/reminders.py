"""A visit's messages: the notice that it stands, moved or fell, and the clinic's cadence around it.

Every row names the visit's version, so a visit that moves leaves its old messages behind. In the moment of sending the
visit is asked once more (`still_holds`).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation

from clinics.models import Clinic
from common.timefmt import format_when
from messaging.actions import cancel_planned, queue_all, reword_later
from messaging.drafts import Draft
from messaging.models import Message
from messaging.states import Channel, Purpose
from patients import links
from patients.models import AccessLink
from scheduling.models import Appointment, ReminderStep
from scheduling.states import UPCOMING, Status

LINK_OUTLIVES_VISIT = timedelta(days=7)  # the follow-up's link still opens
FOLLOW_UP_OUTLIVES_DUE = timedelta(days=2)
UPCOMING_CONDITION = "upcoming"
DEDUPE_PREFIX = "reminder:"  # how the dedupe keys of the cadence begin
_FIRST_NOTICE = "visit_booked"  # before it nothing about the visit can stand
# The patient's pages stand above this app: their addresses are an agreement that a test holds.
MANAGE_PATH = "/m/{token}/"
BOOK_PATH = "/book/"
_HOURS = 60
_DEFAULT_STEPS = [
    # key, minutes from the visit, condition, template, by e-mail as well
    ("72h", -72 * _HOURS, ReminderStep.Condition.ALWAYS, "reminder_72h", True),
    ("24h", -24 * _HOURS, ReminderStep.Condition.ALWAYS, "reminder_24h", False),
    ("2h", -2 * _HOURS, ReminderStep.Condition.ALWAYS, "reminder_2h", False),
    ("follow-up", 2 * _HOURS, ReminderStep.Condition.COMPLETED, "follow_up", True),
]


def install_default_steps(clinic: Clinic) -> None:
    """72, 24 and 2 hours before and a follow-up after; steps of the same key are left alone.

    Two reminders beat one: 4.4 % missed visits against 5.3 and 5.8 % (Steiner 2018, Am J Manag Care 24(8):377).
    """
    ReminderStep.objects.bulk_create(
        [
            ReminderStep(
                clinic=clinic,
                key=key,
                offset_minutes=offset,
                condition=condition,
                template_key=template,
                by_email=email,
            )
            for key, offset, condition, template, email in _DEFAULT_STEPS
        ],
        ignore_conflicts=True,
    )


def plan(
    *, appointment: Appointment, now: datetime, announce: str = "", steps: list[ReminderStep] | None = None
) -> int:
    """Plan the messages of a visit that are still to come; planned twice they stand once. Returns how many are new.

    `announce` is the notice that goes at once, as text and e-mail: "visit_booked" or "visit_moved". Part of the
    caller's transaction; `appointment` has its patient and clinic. Seven statements, six with the clinic's `steps`.
    """
    if steps is None:
        steps = list(ReminderStep.objects.filter(clinic=appointment.clinic_id, is_active=True))
    drafts = _notices(appointment, announce, UPCOMING_CONDITION) if announce else []
    drafts += [draft for step in steps for draft in _reminders(appointment, step, now)]
    if announce != _FIRST_NOTICE:
        drafts = _without_standing(appointment, drafts)
    return queue_drafts(appointment, drafts, now)


def queue_drafts(appointment: Appointment, drafts: list[Draft], now: datetime) -> int:
    """Plan drafts in the visit's words, with one fresh link for them all; how many are new."""
    if not drafts:
        return 0
    context = words(appointment)
    for draft in drafts:
        draft.context = context
    return len(queue_all(clinic=appointment.clinic, patient=appointment.patient, drafts=drafts, now=now))


def replan(*, appointment: Appointment, now: datetime, announce: str = "") -> int:
    """After a move: the messages of earlier versions are taken back, those of this version planned."""
    cancel_planned(subject=appointment.subject, now=now, reason="moved", keep_version=appointment.version)
    return plan(appointment=appointment, now=now, announce=announce)


def drop(*, appointment: Appointment, now: datetime, reason: str, announce: str = "") -> int:
    """Take back every planned message of the visit; with `announce="visit_cancelled"` say so. Returns how many fell."""
    dropped = cancel_planned(subject=appointment.subject, now=now, reason=reason)
    if announce:
        notices = _notices(appointment, announce, Status.CANCELLED)
        context = {"when": when_text(appointment), "link": settings.PUBLIC_BASE_URL + BOOK_PATH}
        for notice in notices:
            notice.context = context
        queue_all(clinic=appointment.clinic, patient=appointment.patient, drafts=notices, now=now)
    return dropped


def still_holds(message) -> bool:
    """Whether a message about a visit is still true, by the version and state that it was planned for."""
    public_id = message.subject.partition(":")[2]
    row = Appointment.objects.filter(public_id=public_id).values_list("version", "status").first()
    if row is None or row[0] != message.subject_version:
        return False
    return row[1] in _STATES_OF_CONDITION.get(message.condition, ())


_STATES_OF_CONDITION = {
    UPCOMING_CONDITION: UPCOMING,
    ReminderStep.Condition.ALWAYS: UPCOMING,
    ReminderStep.Condition.UNCONFIRMED: {Status.BOOKED},
    ReminderStep.Condition.COMPLETED: {Status.COMPLETED},
    ReminderStep.Condition.NO_SHOW: {Status.NO_SHOW},
    Status.CANCELLED: {Status.CANCELLED},
}


def words(appointment: Appointment, language: str = "") -> dict[str, str]:
    """What a message about the visit may say: its time (as `when_text`), and a fresh link to manage it."""
    token = links.issue(
        patient=appointment.patient,
        clinic=appointment.clinic,
        purpose=AccessLink.Purpose.MANAGE_VISIT,
        subject=appointment.subject,
        expires_at=appointment.ends_at + LINK_OUTLIVES_VISIT,
    )
    link = settings.PUBLIC_BASE_URL + MANAGE_PATH.format(token=token)
    return {"when": when_text(appointment, language), "link": link}


def words_of(messages: list[Message], now: datetime) -> dict[int, dict[str, str]]:
    """What planned messages about visits may say today, by the messages' keys: one fresh link a visit."""
    named = {message.subject.partition(":")[2] for message in messages}
    visits = Appointment.objects.filter(public_id__in=named).select_related("patient", "clinic")
    known = {visit.subject: (visit, words(visit)) for visit in visits}
    return {
        message.pk: known[message.subject][1] | {"when": when_text(known[message.subject][0], message.language)}
        for message in messages
        if message.subject in known
    }


def reword_all(clinic: Clinic) -> None:
    """After commit, write the words of the clinic's planned messages anew: its name, phone or zone changed."""
    keys = ReminderStep.objects.filter(clinic=clinic).values_list("template_key", flat=True)
    for key in sorted(set(keys)):
        reword_later(organization_id=clinic.organization_id, template_key=key)


def when_text(appointment: Appointment, language: str = "") -> str:
    """The visit's start as its patient reads it: in the patient's zone, and language unless another is given."""
    with translation.override(language or appointment.patient.language):
        return format_when(appointment.starts_at, appointment.patient.zone(appointment.clinic))


def _without_standing(appointment: Appointment, drafts: list[Draft]) -> list[Draft]:
    """So that planning again issues no link that nobody gets."""
    standing = set(Message.objects.about(appointment.subject).values_list("dedupe_key", flat=True))
    return [draft for draft in drafts if draft.dedupe_key not in standing]


def _notices(appointment: Appointment, key: str, condition: str) -> list[Draft]:
    """The answer to a booking, move or cancellation, as text and e-mail: at once, at any hour."""
    return [
        Draft(
            dedupe_key=f"{key}:{channel}:{appointment.public_id}:{appointment.version}",
            purpose=Purpose.VISIT,
            template_key=key,
            channel=channel,
            subject=appointment.subject,
            subject_version=appointment.version,
            condition=condition,
            urgent=True,
            expires_at=appointment.ends_at,
        )
        for channel in Channel
    ]


def _reminders(appointment: Appointment, step: ReminderStep, now: datetime) -> list[Draft]:
    """One step's messages; none when its time has passed already."""
    due_at, expires_at = _window(appointment, step)
    if due_at < now:
        return []
    channels = [Channel.SMS, Channel.EMAIL] if step.by_email else [Channel.SMS]
    return [
        Draft(
            dedupe_key=dedupe_key(appointment, step, channel),
            purpose=purpose_of(step),
            template_key=step.template_key,
            channel=channel,
            subject=appointment.subject,
            subject_version=appointment.version,
            condition=step.condition,
            due_at=due_at,
            expires_at=expires_at,
        )
        for channel in channels
    ]


def dedupe_key(appointment: Appointment, step: ReminderStep, channel: str = Channel.SMS) -> str:
    """What makes a reminder unique: the step, the visit, its version, the channel."""
    return f"{dedupe_prefix(step)}{appointment.public_id}:{appointment.version}:{channel}"


def dedupe_prefix(step: ReminderStep) -> str:
    """How the dedupe keys of a step's messages begin."""
    return f"{DEDUPE_PREFIX}{step.key}:"


def purpose_of(step: ReminderStep) -> Purpose:
    """What a step's messages are for: before the visit to remind of it, after it to follow up."""
    return Purpose.REMINDER if step.offset_minutes < 0 else Purpose.FOLLOW_UP


def _window(appointment: Appointment, step: ReminderStep) -> tuple[datetime, datetime]:
    """When a step's message is due and when it would be too late."""
    offset = timedelta(minutes=step.offset_minutes)
    if step.offset_minutes < 0:
        return appointment.starts_at + offset, appointment.starts_at
    due_at = appointment.ends_at + offset
    return due_at, due_at + FOLLOW_UP_OUTLIVES_DUE
