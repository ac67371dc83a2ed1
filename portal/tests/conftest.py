from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from patients import links
from patients.models import AccessLink
from patients.tests.factories import ConsentRecordFactory, ContactPointFactory, PatientFactory
from portal.tests.room import Seated, said
from portal.tests.walk import Walk
from scheduling.models import Appointment
from scheduling.tests.factories import TOMORROW_TEN, Scene, open_clinic
from telehealth.actions import invite, session_of
from telehealth.states import Role


@pytest.fixture
def scene(db) -> Scene:
    """A clinic in New York that anybody may book, with one provider who works every day from nine to five."""
    return open_clinic()


@pytest.fixture
def walk(client, scene) -> Walk:
    """A person who books at the scene's clinic."""
    return Walk(client, scene)


# --- The room: a visit on a day that tests travel to ---


@pytest.fixture
def room_visit(scene) -> Appointment:
    """At ten on 24 November 2026 in New York, of a patient with a phone."""
    cache.clear()
    ContactPointFactory(patient=scene.patient, value="+12025550123")
    ConsentRecordFactory(patient=scene.patient)
    return scene.book(TOMORROW_TEN)


@pytest.fixture
def other_visit(scene) -> Appointment:
    """Of another patient at the same clinic, an hour later."""
    patient = PatientFactory(clinics=[scene.clinic])
    return scene.book(TOMORROW_TEN + timedelta(hours=1), patient=patient)


@pytest.fixture
def at_start(room_visit) -> datetime:
    """It is the visit's start, and time stands still."""
    with time_machine.travel(room_visit.starts_at, tick=False):
        yield room_visit.starts_at


@pytest.fixture
def second_client() -> Client:
    return Client()


@pytest.fixture
def room_link(room_visit) -> Callable[[], str]:
    """A fresh `/m/<token>/` of the visit."""

    def issue() -> str:
        token = links.issue(
            patient=room_visit.patient,
            clinic=room_visit.clinic,
            purpose=AccessLink.Purpose.MANAGE_VISIT,
            subject=room_visit.subject,
            expires_at=room_visit.ends_at + timedelta(days=7),
        )
        return f"/m/{token}/"

    return issue


@pytest.fixture
def guest_link(room_visit) -> Callable[..., str]:
    """A fresh `/v/<token>/` of a guest."""

    def issue(role: Role = Role.GUEST) -> str:
        session = session_of(room_visit)
        _guest, token = invite(session=session, role=role, name="Eva", by=None, now=room_visit.starts_at)
        return f"/v/{token}/"

    return issue


@pytest.fixture
def seated_at(client, room_link) -> Callable[[], Seated]:
    """Join whenever it is now."""
    return lambda: Seated(client, client.post(room_link() + "join/").url)


@pytest.fixture
def seated(at_start, seated_at) -> Seated:
    """The patient's browser after the button, before the check-in."""
    return seated_at()


@pytest.fixture
def waiting(seated) -> Seated:
    """The patient is checked in."""
    seated.client.post(seated.url + "check-in/", said())
    return seated
