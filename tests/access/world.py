"""One clinic with a row of everything, and someone of each role; so that every address can be called."""

import re
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.checks import Route
from accounts.invitations import token_for
from accounts.models import User
from accounts.permissions import Role
from accounts.tests.factories import UserFactory
from clinics.tests.factories import MembershipFactory
from common.crypto import blind_index
from compliance.models import AuditEvent
from coordination.actions import merge_patients, save_view
from coordination.models import Show
from documents import storage
from documents.models import Document
from messaging.models import Conversation, Message
from patients import links
from patients.models import AccessLink, Patient
from patients.tests.factories import PatientFactory, ProxyFactory
from scheduling.models import Appointment
from scheduling.tests.factories import AppointmentFactory
from telehealth.actions import invite, session_of
from telehealth.states import Role as Seat
from tests.admin_pages.conftest import House, build
from worklist.tests.factories import TaskFactory

ANONYMOUS = "anonymous"
NO_ROLE = "no role"
OTHER_CLINIC = "coordinator of another clinic"
ROLES = [ANONYMOUS, NO_ROLE, *[role.value for role in Role], OTHER_CLINIC]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@dataclass
class World:
    house: House
    people: dict[str, User | None]
    values: dict[str, object]  # by model label, or by parameter

    def cookie(self, role: str) -> str:
        """The Cookie header of somebody of the role who has just signed in."""
        if self.people[role] is None:
            return ""
        client = Client()
        client.force_login(self.people[role])
        return f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"


def build_world() -> World:
    house = build()
    clinic = house.clinic
    people: dict[str, User | None] = {ANONYMOUS: None, NO_ROLE: UserFactory()}
    people |= {role.value: MembershipFactory(clinic=clinic, role=role).user for role in Role}
    people[OTHER_CLINIC] = MembershipFactory(role=Role.COORDINATOR).user
    house.provider.user = people[Role.PROVIDER.value]
    house.provider.save()
    rows = _rows(house)
    rows["coordination.SavedView"] = save_view(
        clinic=clinic, by=people[Role.COORDINATOR.value], name="Mine", show=Show.ALL, providers=[], shared=True
    )
    rows["compliance.AuditEvent"] = AuditEvent.objects.filter(clinic_id=clinic.public_id).latest("at")
    return World(house, people, {**rows, **_words(house, rows["patients.Patient"], people[Role.SUPERVISOR.value])})


def _rows(house: House) -> dict[str, object]:
    clinic = house.clinic
    now = timezone.now()
    patient = PatientFactory(clinics=[clinic], mobile="+12025550142", email="patient@example.com")
    visit = AppointmentFactory(
        clinic=clinic, provider=house.provider, visit_type=house.visit_type, patient=patient,
        starts_at=now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2),
    )  # fmt: skip
    conversation = Conversation.objects.create(
        clinic=clinic, patient=patient, number="+12025550142", number_index=blind_index("+12025550142", "number")
    )
    message = Message.objects.create(
        clinic=clinic, channel="sms", purpose="visit", to="+12025550142", to_index="x", body="Riverside",
        dedupe_key="matrix", due_at=now, next_attempt_at=now,
    )  # fmt: skip
    document = Document(
        patient=patient, clinic=clinic, kind="other", content_type="application/pdf", size=1,
        sha256=sha256(b"%").hexdigest(),
        uploaded_at=now,
    )  # fmt: skip
    storage.write(document, b"%")
    document.save()
    session = session_of(visit)
    guest, _token = invite(session=session, role=Seat.GUEST, name="Eva", by=None, now=now)
    task = TaskFactory(clinic=clinic, patient=patient)
    made = [patient, visit, session, guest, conversation, message, document, task, *house.rows]
    return {row._meta.label: row for row in made}


def _words(house: House, patient: Patient, supervisor: User) -> dict[str, str]:
    """Parameters that mean one thing wherever they stand."""
    clinics = [house.clinic]
    merge = merge_patients(
        kept=PatientFactory(clinics=clinics), merged=PatientFactory(clinics=clinics), by=supervisor, now=timezone.now()
    )
    return {
        "slug": house.clinic.slug,
        "event": "confirm",
        "app_label": "clinics",
        "url": "nowhere",
        "contact_id": patient.contact_points.first().public_id,
        "proxy_id": ProxyFactory(patient=patient).public_id,
        "other_id": PatientFactory(clinics=clinics).public_id,
        "merge_id": merge.public_id,
        "leg_id": "nobody-calls",
    }


# Which model an address speaks of, by how it begins (after the first match).
SUBJECTS = [
    (r"desk/visits/|my/visits/", "scheduling.Appointment"),
    (r"desk/views/", "coordination.SavedView"),
    (r"visit/", "telehealth.VisitSession"),
    (r"tasks/", "worklist.Task"),
    (r"patients/|desk/book/", "patients.Patient"),
    (r"inbox/messages/", "messaging.Message"),
    (r"inbox/|phone/", "messaging.Conversation"),
    (r"documents/", "documents.Document"),
]


def address(route: Route, world: World) -> str:
    """The path of a route, about the rows of the world."""
    filled = {name: value_of(route, name, world) for name in route.parameters}
    if "(?P<" in route.pattern:
        if route.name.endswith(":"):
            return "/" + re.sub(r"\(\?P<\w+>.*", filled.get("url", "nowhere"), route.pattern)
        return reverse(route.name, kwargs=filled)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: filled[match.group(1)], route.pattern)


def value_of(route: Route, parameter: str, world: World) -> str:
    """A value for one parameter. KeyError in words when an address has one that nobody thought of."""
    if parameter in world.values:
        return str(world.values[parameter])
    if parameter == "object_id":
        return str(_row_of_set_up_page(route, world).pk)
    if parameter in {"token", "key", "uidb36"}:
        return _token(route, parameter, world)
    if parameter == "participant_id":
        return world.values["telehealth.Participant"].public_id
    for beginning, label in SUBJECTS:
        if re.match(beginning, route.pattern):
            return world.values[label].public_id
    raise KeyError(f"/{route.pattern}: say in tests/access/world.py what <{parameter}> is.")


def _row_of_set_up_page(route: Route, world: World):
    app, model = re.match(r"admin/(\w+)/(\w+)/", route.pattern).groups()
    found = [row for label, row in world.values.items() if label.lower() == f"{app}.{model}"]
    return found[0] if found else world.house.clinic


def _token(route: Route, parameter: str, world: World) -> str:
    if route.pattern.startswith("accounts/invitation/"):
        return token_for(world.people[NO_ROLE])
    if route.pattern.startswith("m/"):
        visit: Appointment = world.values["scheduling.Appointment"]
        return links.issue(
            patient=visit.patient, clinic=visit.clinic, purpose=AccessLink.Purpose.MANAGE_VISIT, subject=visit.subject,
            expires_at=visit.ends_at,
        )  # fmt: skip
    return "abc"
