"""A person walking through the booking pages, as a browser without script would."""

import re
from datetime import datetime

from django.test import Client
from django.urls import reverse

from messaging.models import Message
from scheduling.models import Appointment
from scheduling.slot_values import read_slot
from scheduling.tests.factories import Scene

PERSON = {
    "first_name": "Ana",
    "last_name": "García",
    "birth_date_month": "5",
    "birth_date_day": "17",
    "birth_date_year": "1984",
    "mobile": "(202) 555-0123",
    "texts": "on",
    "email": "ana@example.com",
    "language": "en",
}
AGREED = {"telehealth": "on"}
INSURANCE = {"payer_name": "Acme Health", "member_id": "xyz 123-45", "relationship": "self"}


class Walk:
    def __init__(self, client: Client, scene: Scene):
        self.client = client
        self.scene = scene

    def url(self, name: str) -> str:
        return reverse(f"portal:{name}", args=[self.scene.clinic.slug])

    def get(self, name: str, **query):
        return self.client.get(self.url(name), query)

    def post(self, name: str, data: dict | None = None, **changes):
        return self.client.post(self.url(name), (data or {}) | changes)

    def reason(self, text: str = "A rash on my arm"):
        return self.post("reason", {"visit_type": self.scene.visit_type.public_id, "reason": text})

    def offered(self) -> list[str]:
        """The values of the times that the page offers."""
        return re.findall(r'name="slot" value="([^"]+)"', self.get("time").content.decode())

    def choose(self, slot: str | None = None):
        return self.post("time", slot=slot or self.offered()[0])

    def details(self, **changes):
        return self.post("details", PERSON | changes)

    def texted_code(self) -> str:
        message = Message.objects.filter(template_key="phone_code").order_by("-pk").first()
        return re.search(r"\b\d{6}\b|\b\d{3} \d{3}\b", message.body)[0].replace(" ", "")

    def until_time(self) -> None:
        self.reason()
        self.post("where", state="NY")

    def until_details(self) -> None:
        self.until_time()
        self.choose()

    def until_payment(self, **changes) -> None:
        self.until_details()
        self.details(**changes)
        self.post("code", code=self.texted_code())

    def until_check(self, *, insured: bool = False, **changes) -> None:
        self.until_payment(**changes)
        self.post("payment", payment="coverage" if insured else "self_pay")
        if insured:
            self.post("insurance", INSURANCE)

    def book(self, **given) -> Appointment:
        self.until_check(**given)
        return self.book_now()

    def book_now(self) -> Appointment:
        response = self.post("check", AGREED)
        assert response.status_code == 302 and response.url == self.url("done"), response
        return Appointment.objects.order_by("-pk").first()

    @staticmethod
    def start_of(slot: str) -> datetime:
        return read_slot(slot)[1]
