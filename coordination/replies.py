"""What a patient's text does to a visit: C confirms, R sends the link for another time, X asked twice cancels.

With several visits the patient is asked which one; a "C" never means all of them. Texts go to a number, and a family
may share one: no answer names anybody. Only visits of those who have the number now can be meant, and a text that acts
on a visit is filed under that visit's patient.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import translation

from common.phone import display
from common.timefmt import format_short
from coordination.actions import cancel_visit, confirm_visit
from messaging import actions as messaging
from messaging import threads
from messaging.models import Message
from messaging.phrases import Intent
from messaging.registry import Reply
from messaging.states import Purpose
from patients.selectors import reached_at
from scheduling import reminders
from scheduling.errors import MoveRefused
from scheduling.models import Appointment
from scheduling.states import ByLabel, CancelReason, Status

QUESTION_LASTS = timedelta(hours=12)
REMINDED_WITHIN = timedelta(days=4)  # the first reminder goes three days before
MOST_OPTIONS = 4
CHOOSE, SURE = "choose", "cancel"
_LETTERS = {Intent.CONFIRM: "C", Intent.RESCHEDULE: "R", Intent.CANCEL: "X"}


def handle_reply(reply: Reply, now: datetime) -> bool:
    """Act on an answer about a visit; False when it is none, or the visit does not allow it: then a person reads it."""
    question = _open_question(reply, now)
    intent = _intent(reply, question)
    if intent not in _LETTERS:
        return False
    visits = _meant(reply, question, intent, now)
    try:
        if len(visits) == 1:
            _ACTS[intent](_filed(reply, visits[0], now), visits[0], question, now)
        elif visits:
            _ask_which(reply, visits, intent, now)
        else:
            _say(reply, "reply_no_visit", None, now)
            messaging.escalate(conversation=reply.conversation, now=now)
    except MoveRefused:
        return False
    return True


def _filed(reply: Reply, visit: Appointment, now: datetime) -> Reply:
    """The reply in the conversation of the visit's patient with the visit's clinic: there it is answered."""
    thread = threads.file_under(reply.inbound, patient=visit.patient, clinic=visit.clinic, now=now)
    return replace(reply, conversation=thread)


def _open_question(reply: Reply, now: datetime) -> dict:
    """What this number was asked last, if it still counts."""
    asked = threads.asked_of(reply.conversation, now).first()
    return asked.pending if asked else {}


def _intent(reply: Reply, question: dict) -> Intent:
    """A bare number answers our "which one?" and nothing else."""
    if reply.intent == Intent.CHOICE and question.get("ask") == CHOOSE:
        return Intent(question["intent"])
    return reply.intent


def _meant(reply: Reply, question: dict, intent: Intent, now: datetime) -> list[Appointment]:
    """The visits that an answer may be about: one, several to ask about, or none."""
    upcoming = _upcoming(reply, now)
    options = [visit for visit in (_still(option, upcoming) for option in question.get("options", ())) if visit]
    if question.get("ask") == SURE and reply.choice is None and intent != Intent.RESCHEDULE and options:
        return options
    if question.get("ask") == CHOOSE and reply.choice:
        chosen = question["options"][reply.choice - 1 : reply.choice]
        found = [visit for visit in (_still(option, upcoming) for option in chosen) if visit]
        return found or options or upcoming
    return _likeliest(reply, upcoming, intent, now)


def _upcoming(reply: Reply, now: datetime) -> list[Appointment]:
    conversation = reply.conversation
    patients = reached_at(organization=conversation.clinic.organization, number=conversation.number)
    visits = Appointment.objects.upcoming(now).with_people().filter(patient__in=patients)
    return list(visits.order_by("starts_at", "pk")[:20])


def _still(option: list, upcoming: list[Appointment]) -> Appointment | None:
    """The visit that we offered, unless it has moved since."""
    subject, version = option
    return next((visit for visit in upcoming if visit.subject == subject and visit.version == version), None)


def _likeliest(reply: Reply, upcoming: list[Appointment], intent: Intent, now: datetime) -> list[Appointment]:
    """Those we wrote about in the last days, if any; to confirm, those not confirmed yet, if any."""
    if len(upcoming) < 2:
        return upcoming
    written = set(
        Message.objects.filter(
            to_index=reply.conversation.number_index,
            purpose__in=[Purpose.VISIT, Purpose.REMINDER],
            sent_at__gt=now - REMINDED_WITHIN,
        ).values_list("subject", flat=True)
    )
    likely = [visit for visit in upcoming if visit.subject in written] or upcoming
    if intent == Intent.CONFIRM:
        likely = [visit for visit in likely if visit.status == Status.BOOKED] or likely
    return likely


def _confirm(reply: Reply, visit: Appointment, _question: dict, now: datetime) -> None:
    visit = confirm_visit(appointment=visit, by=None, by_label=ByLabel.PATIENT_TEXT, now=now)
    _ask(reply, {}, now)
    _say(reply, "reply_confirmed", visit, now, reminders.words(visit, reply.language))


def _offer_other_time(reply: Reply, visit: Appointment, _question: dict, now: datetime) -> None:
    _ask(reply, {}, now)
    _say(reply, "reply_reschedule", visit, now, reminders.words(visit, reply.language))


def _cancel(reply: Reply, visit: Appointment, question: dict, now: datetime) -> None:
    """The first X asks, the second one within the question's time acts; cancelling sends its own notice."""
    option = [visit.subject, visit.version]
    if question.get("ask") == SURE and option in question["options"]:
        _ask(reply, {}, now)
        cancel_visit(
            appointment=visit, by=None, by_label=ByLabel.PATIENT_TEXT, now=now, reason=CancelReason.PATIENT_REQUEST
        )
        return
    _ask(reply, {"ask": SURE, "intent": Intent.CANCEL, "options": [option]}, now)
    _say(reply, "reply_cancel_sure", visit, now, {"when": reminders.when_text(visit, reply.language)})


_ACTS = {Intent.CONFIRM: _confirm, Intent.RESCHEDULE: _offer_other_time, Intent.CANCEL: _cancel}


def _ask_which(reply: Reply, visits: list[Appointment], intent: Intent, now: datetime) -> None:
    visits = visits[:MOST_OPTIONS]
    options = [[visit.subject, visit.version] for visit in visits]
    _ask(reply, {"ask": CHOOSE, "intent": intent, "options": options}, now)
    language = _language(reply, visits[0])
    with translation.override(language):
        texts = [f"{_LETTERS[intent]}{number}) {_short(visit)}" for number, visit in enumerate(visits, start=1)]
    _say(reply, "reply_choose", None, now, {"options": " ".join(texts)}, language)


def _short(visit: Appointment) -> str:
    """ "Tue, Dec 1, 2:30 PM" on the patient's clock, in the active language."""
    return format_short(visit.starts_at, visit.patient.zone(visit.clinic))


def _ask(reply: Reply, question: dict, now: datetime) -> None:
    """Remember what we ask, in place of what we asked before; nothing forgets it."""
    conversation = reply.conversation
    threads.asked_of(conversation, now).update(pending={}, pending_until=None)
    conversation.pending, conversation.pending_until = question, now + QUESTION_LASTS if question else None
    conversation.save(update_fields=["pending", "pending_until"])


def _language(reply: Reply, visit: Appointment | None) -> str:
    """The language the patient just wrote in, else the patient's."""
    return reply.language or (visit.patient.language if visit else reply.conversation.language)


def _say(
    reply: Reply, key: str, visit: Appointment | None, now: datetime, context: dict | None = None, language: str = ""
) -> None:
    """Answer, in the name of the visit's clinic when it is about one."""
    names = {"clinic": visit.clinic.message_name, "phone": display(visit.clinic.phone)} if visit else {}
    messaging.answer(
        conversation=reply.conversation,
        inbound=reply.inbound,
        key=key,
        context=names | (context or {}),
        language=language or _language(reply, visit),
        patient=visit.patient if visit else None,
        subject=visit.subject if visit else "",
        now=now,
    )
