"""A text comes in: stored first, then understood and acted upon.

The two are separate transactions: whatever goes wrong while acting, the text is kept, tried again, and at last put
before a person (`handle_left_over`).
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from compliance import audit
from messaging import gateways, optout, registry, threads
from messaging.actions import answers
from messaging.models import InboundMessage, Message
from messaging.phrases import Intent, Understood, is_plain, normalised, understand
from messaging.states import Channel, Purpose
from patients import links
from patients.actions import mark_contact_point
from patients.models import AccessLink, ContactPoint, Patient
from patients.selectors import reached_at

logger = logging.getLogger(__name__)

LEFT_OVER_AFTER = timedelta(seconds=60)
LEFT_OVER_BATCH = 50
MOST_ATTEMPTS = 3
STAFF_SPEAKS_FOR = timedelta(hours=24)
WRONG_NUMBER = "wrong_number"


def receive(
    *,
    from_number: str,
    body: str,
    provider_sid: str,
    now: datetime,
    clinic=None,
    media_count: int = 0,
    opt_out_type: str = "",
) -> InboundMessage | None:
    """Take a text in and act on it. Received twice (same `provider_sid`) it counts once.

    Without `clinic` the number's history says whose it is; None when there is no clinic at all. `opt_out_type` is set
    when the carrier has acted on STOP, START or HELP already. ValueError when `from_number` is no telephone number.
    """
    clinic = clinic or threads.clinic_of(from_number)
    if clinic is None:
        logger.warning("text_without_clinic")
        return None
    inbound = _store(clinic, from_number, body, provider_sid, media_count, opt_out_type, now)
    handle(pk=inbound.pk, now=now)
    return inbound


@transaction.atomic
def _store(clinic, number, body, provider_sid, media_count, opt_out_type, now) -> InboundMessage:
    conversation = threads.thread_with(clinic=clinic, number=number)
    fresh = InboundMessage(
        clinic=clinic,
        conversation=conversation,
        patient=conversation.patient,
        provider_sid=provider_sid,
        from_number=conversation.number,
        from_index=conversation.number_index,
        body=body,
        media_count=media_count,
        opt_out_type=opt_out_type,
        received_at=now,
    )
    InboundMessage.objects.bulk_create([fresh], ignore_conflicts=True)
    inbound = InboundMessage.objects.get(provider_sid=provider_sid)
    if inbound.public_id == fresh.public_id:
        threads.moved_on(conversation, now=now)
        _note("messaging.text_received", inbound)
    return inbound


@transaction.atomic
def handle(*, pk: int, now: datetime) -> bool:
    """Act on a stored text; False when that was done already."""
    inbound = _locked(pk)
    if inbound is None:
        return False
    # Locked apart and second, as everywhere: the thread after its text.
    inbound.conversation = threads.thread_with(clinic=inbound.clinic, number=inbound.from_number)
    understood = _understood(inbound, now)
    _act(inbound, understood, now)
    inbound.intent, inbound.handled_at = understood.intent, now
    inbound.save(update_fields=["intent", "handled_at"])
    _note("messaging.reply_handled", inbound, intent=understood.intent)
    return True


def handle_left_over(now: datetime) -> int:
    """Texts on which nobody could act: tried again, and before a person after three times."""
    old = InboundMessage.objects.unhandled().filter(received_at__lt=now - LEFT_OVER_AFTER).order_by("received_at", "pk")
    left = list(old[:LEFT_OVER_BATCH])
    for inbound in left:
        inbound.attempts += 1
        inbound.save(update_fields=["attempts"])  # before the attempt, so that one that fails counts
        if inbound.attempts > MOST_ATTEMPTS:
            _give_to_a_person(pk=inbound.pk, now=now)
        else:
            handle(pk=inbound.pk, now=now)
    return len(left)


@transaction.atomic
def _give_to_a_person(*, pk: int, now: datetime) -> None:
    inbound = _locked(pk)
    if inbound is None:
        return
    conversation = threads.thread_with(clinic=inbound.clinic, number=inbound.from_number)
    answers.escalate(conversation=conversation, now=now)
    inbound.intent, inbound.handled_at = Intent.OTHER, now
    inbound.save(update_fields=["intent", "handled_at"])


def _locked(pk: int) -> InboundMessage | None:
    rows = InboundMessage.objects.unhandled().select_related("clinic__organization", "patient")
    return rows.select_for_update(of=("self",)).filter(pk=pk).first()


def _understood(inbound: InboundMessage, now: datetime) -> Understood:
    """What the words mean here: YES from a stopped number starts texts again, "ok" to a colleague is for them."""
    understood = understand(inbound.body)
    carrier_started = inbound.opt_out_type == "START" or (understood.keyword and normalised(inbound.body) == "yes")
    if carrier_started and optout.is_stopped(clinic=inbound.clinic, number_index=inbound.from_index):
        return Understood(Intent.START, language=understood.language, keyword=True)
    if inbound.opt_out_type == "STOP":
        return Understood(Intent.STOP, language=understood.language, keyword=True)
    if understood.intent == Intent.CONFIRM and not is_plain(inbound.body) and _staff_spoke_last(inbound, now):
        return Understood(Intent.OTHER, language=understood.language)
    return understood


def _staff_spoke_last(inbound: InboundMessage, now: datetime) -> bool:
    texts = Message.objects.filter(
        to_index=inbound.from_index,
        clinic__organization=inbound.clinic.organization_id,
        channel=Channel.SMS,
        created_at__lt=now,
    )
    last = texts.exclude(sent_at=None).order_by("-sent_at").first()
    return last is not None and last.purpose == Purpose.STAFF and last.sent_at > now - STAFF_SPEAKS_FOR


def _act(inbound: InboundMessage, understood: Understood, now: datetime) -> None:
    act = _ACTS.get(understood.intent)
    if act is not None:
        act(inbound, understood, now)
        return
    reply = registry.Reply(inbound.conversation, inbound, understood.intent, understood.choice, understood.language)
    if not registry.handle(reply, now):  # it may have been filed under a patient all the same
        answers.unclear(conversation=inbound.conversation, inbound=inbound, language=understood.language, now=now)


def _stop(inbound: InboundMessage, understood: Understood, now: datetime) -> None:
    optout.stop(clinic=inbound.clinic, number_index=inbound.from_index, now=now, wording=inbound.body[:160])
    _say_unless_the_carrier_does(inbound, understood, "reply_stopped", now, purpose=Purpose.OPT_OUT)
    if normalised(inbound.body) == "cancel":  # ends all texts by law, but may have meant the visit
        answers.escalate(conversation=inbound.conversation, now=now)


def _start(inbound: InboundMessage, understood: Understood, now: datetime) -> None:
    """Texts go out again, those that were planned before the stop as well."""
    was_stopped = optout.is_stopped(clinic=inbound.clinic, number_index=inbound.from_index)
    optout.start(clinic=inbound.clinic, number_index=inbound.from_index, now=now, wording=inbound.body[:160])
    if was_stopped:
        for patient in reached_at(number=inbound.from_number, organization=inbound.clinic.organization):
            registry.contact_changed(patient, now)
    _say_unless_the_carrier_does(inbound, understood, "reply_started", now)


def _help(inbound: InboundMessage, understood: Understood, now: datetime) -> None:
    """Answered after STOP, too, as often as somebody asks (within what one number gets in an hour).

    Twilio answers HELP and INFO itself, STOP or not. AYUDA it does not know: after STOP it refuses our answer (21610),
    and nobody has to do anything about that (`failures.follow_up`).
    """
    _say_unless_the_carrier_does(inbound, understood, "reply_help", now, purpose=Purpose.HELP)


def _crisis(inbound: InboundMessage, understood: Understood, now: datetime) -> None:
    _say(inbound, understood, "reply_crisis", now)
    answers.escalate(conversation=inbound.conversation, now=now, urgent=True)


def _wrong_number(inbound: InboundMessage, understood: Understood, now: datetime) -> None:
    """Whoever answered is not our patient: no more texts there, no link sent there opens, somebody finds the number."""
    points = ContactPoint.objects.filter(
        value_index=inbound.from_index, patient__organization=inbound.clinic.organization_id
    ).exclude(status_reason=WRONG_NUMBER)  # said twice, it does not end the links that the right number has since
    for point in points.select_related("patient").order_by("pk"):
        mark_contact_point(
            contact_point=point, status=ContactPoint.Status.PAUSED, reason=WRONG_NUMBER, by=None, now=now,
            clinic=inbound.clinic,
        )  # fmt: skip
        _take_links_back(inbound, point.patient, now)
    optout.stop(clinic=inbound.clinic, number_index=inbound.from_index, now=now)
    answers.escalate(conversation=inbound.conversation, now=now)


def _take_links_back(inbound: InboundMessage, patient: Patient, now: datetime) -> None:
    revoked = links.revoke(patient=patient, purpose=AccessLink.Purpose.MANAGE_VISIT, now=now)
    audit.record(
        action="messaging.links_revoked",
        actor_label="patient",
        clinic=inbound.clinic,
        patient=patient,
        subject=f"text:{inbound.public_id}",
        detail={"links": revoked},
    )
    registry.contact_changed(patient, now)  # before the texts are stopped: visits are locked before their messages


_ACTS = {
    Intent.STOP: _stop,
    Intent.START: _start,
    Intent.HELP: _help,
    Intent.CRISIS: _crisis,
    Intent.WRONG_NUMBER: _wrong_number,
}


def _say_unless_the_carrier_does(inbound, understood, key: str, now: datetime, **more) -> None:
    """One answer is allowed, 47 CFR 64.1200(a)(12): ours is left out where the carrier sends its own."""
    carrier = gateways.of(Channel.SMS).answers_keywords and (understood.keyword or inbound.opt_out_type)
    if not carrier:
        _say(inbound, understood, key, now, **more)


def _say(inbound: InboundMessage, understood: Understood, key: str, now: datetime, **more) -> None:
    answers.answer(
        conversation=inbound.conversation, inbound=inbound, key=key, language=understood.language, now=now, **more
    )


def _note(action: str, inbound: InboundMessage, **detail) -> None:
    audit.record(
        action=action,
        actor_label="patient",
        clinic=inbound.clinic,
        patient=inbound.patient,
        subject=f"text:{inbound.public_id}",
        detail=detail,
    )
