"""What tests of the room share: somebody with a seat, and what they say at the check-in."""

from dataclasses import dataclass

from django.test import Client

from telehealth.models import Participant, VisitSession

JOIN = "Join your visit"


@dataclass(frozen=True)
class Seated:
    client: Client
    url: str

    def session(self) -> VisitSession:
        return VisitSession.objects.get(public_id=self.url.split("/")[2])

    def page(self, path: str = "") -> str:
        return self.client.get(self.url + path).content.decode()


def said(_seated=None, *, year: str = "1984", **other) -> dict:
    """A complete check-in of the factory's patient."""
    return {
        "birth_date_month": "5",
        "birth_date_day": "17",
        "birth_date_year": year,
        "state": "NY",
        "city": "Albany",
        "address": "1 Main St",
        "callback": "record",
        "callback_number": "",
        "telehealth": "on",
    } | other


def taken_seat(session: VisitSession) -> bool:
    return Participant.objects.filter(session=session).exclude(seat_hash="").exists()
