"""Receipts in every order: the same end, the whole history."""

from itertools import permutations

import pytest

from messaging import delivery, receipts, standing, status
from messaging.gateways.base import Accepted
from messaging.marks import Mark
from messaging.models import MessageEvent
from messaging.states import RANK, Status
from messaging.tests.factories import NOON, planned

pytestmark = pytest.mark.django_db

SID = "SM0123"


def take(message, word, code=""):
    receipts.take(message_id=message.public_id, sid=SID, word=word, code=code, now=NOON)


def ends(words) -> str:
    return {"delivered": Status.DELIVERED, "undelivered": Status.UNDELIVERED}[words]


@pytest.mark.parametrize("answer_at", [0, 1, 2, 3])
@pytest.mark.parametrize("end", ["delivered", "undelivered"])
@pytest.mark.parametrize("doubled", [False, True])
def test_every_order_of_receipts_ends_alike(end, doubled, answer_at):
    """All orders of queued, sent and the end, doubled or not, with the API's answer before, between and after them."""
    words = ["queued", "sent", end] * (1 + doubled)
    for number, order in enumerate(set(permutations(words))):
        if doubled and number > 20:
            break  # 90 orders: enough of them, the rest repeat
        message = planned(dedupe_key=f"{number}")
        standing.take(message, NOON)
        for place, word in enumerate(order):
            if place == answer_at:
                delivery.settle(message, Accepted(f"{SID}-{number}"), "twilio", now=NOON)
            receipts.take(
                message_id=message.public_id, sid=f"{SID}-{number}", word=word, code="30003" * (word == end), now=NOON
            )
        if answer_at >= len(order):
            delivery.settle(message, Accepted(f"{SID}-{number}"), "twilio", now=NOON)
        message.refresh_from_db()
        assert message.status == ends(end), order
        assert message.provider_sid == f"{SID}-{number}"
        told = message.events.filter(source="callback").values_list("status", flat=True)
        assert sorted(told) == sorted(["accepted", "sent", end]), "each said once, whatever came twice"


def test_the_first_of_two_ends_counts_and_the_other_is_written_down():
    message = planned()
    standing.take(message, NOON)
    take(message, "delivered")
    take(message, "undelivered", "30003")
    message.refresh_from_db()
    assert message.status == Status.DELIVERED
    late = message.events.get(status="undelivered")
    assert not late.applied and late.code == "30003"


def test_a_receipt_settles_a_message_whose_answer_was_lost():
    message = planned()
    standing.take(message, NOON)
    status.note(message.pk, Mark(Status.UNKNOWN), at=NOON)
    take(message, "sent")
    message.refresh_from_db()
    assert (message.status, message.provider_sid) == (Status.SENT, SID)


def test_a_receipt_for_a_message_that_was_to_be_tried_again():
    """A 503 was answered but the message had been made: the receipt ends the second attempt."""
    message = planned()
    take(message, "delivered")
    assert delivery.deliver_batch([message.pk], lambda: NOON) == 0


@pytest.mark.parametrize(
    ("message_id", "sid", "word"),
    [("nobody", SID, "sent"), (None, "SM-of-another", "sent"), (None, SID, "receiving"), (None, SID, "")],
)
def test_a_receipt_that_fits_nothing_changes_nothing(message_id, sid, word):
    message = planned()
    standing.take(message, NOON)
    delivery.settle(message, Accepted(SID), "twilio", now=NOON)
    before = MessageEvent.objects.count()
    taken = receipts.take(message_id=message_id or message.public_id, sid=sid, word=word, code="", now=NOON)
    message.refresh_from_db()
    assert not taken and message.status == Status.ACCEPTED and MessageEvent.objects.count() == before


def test_every_status_has_a_rank():
    assert set(RANK) == set(Status)
