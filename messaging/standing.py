"""Whether a message may go in this moment: everything is asked again, under the row's lock."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, Value, When

from messaging import registry
from messaging.models import Message, StoppedNumber
from messaging.outbox import zone_of
from messaging.rules import earliest_text
from messaging.states import ANSWERS, WAITING, Channel, Purpose, SkipReason, Status
from patients.models import ConsentRecord, ContactPoint


@dataclass(frozen=True, slots=True)
class Verdict:
    """Empty: send. `later`: not before that instant. `status` and `reason`: never."""

    status: str = ""
    reason: str = ""
    later: datetime | None = None


_SEND = Verdict()


def _skip(reason: SkipReason) -> Verdict:
    return Verdict(Status.SKIPPED, reason)


def locked(pk: int, now: datetime) -> Message | None:
    """The row, locked, with what the ledger says about its number; None when it is not to be sent now (any more)."""
    rows = Message.objects.select_related("clinic", "patient").select_for_update(of=("self",), skip_locked=True)
    due = Q(status=Status.CLAIMED) | Q(status=Status.PLANNED, next_attempt_at__lte=now)
    return rows.filter(due, pk=pk, status__in=WAITING).annotate(**_ledger()).first()


def _ledger() -> dict:
    points = ContactPoint.objects.filter(patient=OuterRef("patient"), value_index=OuterRef("to_index"))
    topic = Case(
        When(channel=Channel.SMS, then=Value(ConsentRecord.Topic.TEXTS)),
        default=Value(ConsentRecord.Topic.EMAILS),
        output_field=CharField(),
    )
    words = ConsentRecord.objects.filter(
        Q(contact_point=None) | Q(contact_point__value_index=OuterRef("to_index")),
        patient=OuterRef("patient"),
        topic=OuterRef("topic"),
    )
    stopped = StoppedNumber.objects.filter(
        organization=OuterRef("clinic__organization"), number_index=OuterRef("to_index")
    )
    return {
        "topic": topic,
        "stopped": Exists(stopped),
        "dead": Exists(points.exclude(status=ContactPoint.Status.OK)),
        "granted": Subquery(words.order_by(F("recorded_at").desc(), F("pk").desc()).values("granted")[:1]),
    }


def judge(message: Message, now: datetime) -> Verdict:
    """What to do with a row from `locked`."""
    if message.expires_at and now >= message.expires_at:
        return Verdict(Status.EXPIRED)
    if not registry.is_current(message):
        return _skip(SkipReason.STALE)
    return _reachable(message) or _quiet(message, now) or _SEND


def _reachable(message: Message) -> Verdict | None:
    if message.channel == Channel.SMS and message.stopped and message.purpose != Purpose.OPT_OUT:
        return _skip(SkipReason.STOPPED)
    if message.dead:
        return _skip(SkipReason.CONTACT)
    if message.patient_id is None or message.purpose in ANSWERS:
        return None
    # Texts need the patient's word first; an e-mail goes unless the patient said no (patients.selectors.may_send).
    agreed = message.granted if message.granted is not None else message.channel == Channel.EMAIL
    return None if agreed else _skip(SkipReason.NO_CONSENT)


def _quiet(message: Message, now: datetime) -> Verdict | None:
    if message.urgent or message.channel != Channel.SMS:
        return None
    clinic = message.clinic
    allowed = earliest_text(now, zone_of(clinic, message.patient), clinic.quiet_until, clinic.quiet_from)
    if allowed == now:
        return None
    if message.expires_at and allowed >= message.expires_at:
        return _skip(SkipReason.QUIET)
    return Verdict(later=allowed)
