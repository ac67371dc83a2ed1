"""What patients' phones and mailboxes would show, for the demo's /phone/ page."""

from dataclasses import dataclass
from datetime import tzinfo
from operator import attrgetter

from django.db.models import Q
from django.http import Http404

from messaging.models import InboundMessage, Leg, Message
from messaging.outbox import zone_of
from messaging.selectors import Entry, inbound_entry, outgoing_entry
from messaging.states import ON_THE_PHONE, CallStatus, Channel
from patients.models import ContactPoint
from patients.selectors import primary_contact

LOOKED_AT = 400
PEOPLE = 40
NEWEST = 100


@dataclass(frozen=True, slots=True)
class Phone:
    """One person's phone, which shows the time of its own zone.

    `public_id` is that of one of its messages; `number` is empty where there is only e-mail.
    """

    public_id: str
    name: str
    number: str
    number_index: str
    patient: object
    zone: tzinfo
    last: Entry


def phones() -> list[Phone]:
    """Those that got something lately, newest first; codes sent to a new patient lie on the same phone."""
    newest = Message.objects.filter(status__in=ON_THE_PHONE).select_related("patient", "clinic", "written_by")
    people: dict[object, Phone] = {}
    for message in newest.order_by("-sent_at", "-pk")[:LOOKED_AT]:
        people.setdefault(message.patient_id or message.to_index, message)
        if len(people) == PEOPLE:
            break
    named = {message.to_index for message in people.values() if message.patient_id}
    shown = [message for message in people.values() if message.patient_id or message.to_index not in named]
    return [_phone(message) for message in shown]


def calls() -> list[Leg]:
    """The calls that ring or talk right now."""
    live = Leg.objects.filter(status__in=[CallStatus.RINGING, CallStatus.ANSWERED], sid__isnull=False)
    return list(live.select_related("bridge__clinic").order_by("pk"))


def call_of(public_id: str) -> Leg:
    """One of those calls; Http404 when it is over."""
    for leg in calls():
        if leg.public_id == public_id:
            return leg
    raise Http404


def phone_of(public_id: str) -> Phone:
    """The phone that a message lies on; Http404 when there is none."""
    rows = Message.objects.filter(status__in=ON_THE_PHONE, public_id=public_id)
    message = rows.select_related("patient", "clinic", "written_by").first()
    if message is None:
        raise Http404
    return _phone(message, look_up=True)


def entries(phone: Phone) -> list[Entry]:
    """Everything on the phone, oldest first: texts both ways and the patient's e-mails."""
    mine = Q(to_index=phone.number_index)
    if phone.patient:
        mine |= Q(patient=phone.patient, channel=Channel.EMAIL)
    sent = Message.objects.filter(mine, status__in=ON_THE_PHONE).select_related("written_by")
    shown = [outgoing_entry(message) for message in sent.order_by("-sent_at", "-pk")[:NEWEST]]
    written = InboundMessage.objects.filter(from_index=phone.number_index).order_by("-received_at", "-pk")[:NEWEST]
    return sorted([*shown, *map(inbound_entry, written)], key=attrgetter("at"))


def _phone(message: Message, *, look_up: bool = False) -> Phone:
    number, index = (message.to, message.to_index) if message.channel == Channel.SMS else ("", "")
    if not number and look_up and message.patient:
        mobile = primary_contact(message.patient, ContactPoint.Kind.MOBILE)
        number, index = (mobile.value, mobile.value_index) if mobile else ("", "")
    name = message.patient.display_name if message.patient else ""
    return Phone(
        public_id=message.public_id,
        name=name,
        number=number,
        number_index=index or message.to_index,
        patient=message.patient,
        zone=zone_of(message.clinic, message.patient),
        last=outgoing_entry(message),
    )
