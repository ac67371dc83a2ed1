"""Every page on which a clinic sets itself up, judged by axe: lists, forms for new rows, forms of standing ones."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from compliance.models import AuditEvent, CspReportCount
from messaging.models import Message
from tests.admin_pages.conftest import House, build
from tests.browser.conftest import VIEWS, _listen, _look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def house() -> House:
    """With a row of what nobody sets up, too."""
    house = build()
    now = timezone.now()
    house.rows += [
        Message.objects.create(
            clinic=house.clinic, channel="sms", purpose="visit", template_key="visit_booked", to="+12025550142",
            to_index="x", body="Riverside: Tuesday, 2:30 PM", dedupe_key="k", due_at=now, next_attempt_at=now,
        ),
        CspReportCount.objects.create(on_date=now.date(), directive="img-src"),
    ]  # fmt: skip
    return house


def pages_of(house: House, model) -> list[str]:
    """The list, the empty form where rows can be added, and the form of a row."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    browser = house.browser()
    row = next((row for row in house.rows if isinstance(row, model)), None) or model.objects.order_by("pk").last()
    if model is AuditEvent:
        row = AuditEvent.objects.visible_to(house.admin).newest_first().first()
    addresses = [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
    addresses += [reverse(f"{name}_change", args=[row.pk])] if row else []
    return [address for address in addresses if browser.get(address).status_code == 200]


@pytest.fixture
def page_of(browser, live_server, house):
    """A page for the house's administrator, and what is found wrong on it."""
    client = house.browser()
    with browser.new_context(reduced_motion="reduce") as context:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url}
        context.add_cookies([cookie])
        page, faults = context.new_page(), []
        _listen(page, faults)
        yield page, faults


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_nothing_is_wrong_with_the_set_up_pages(page_of, live_server, house, model):
    page, faults = page_of
    addresses = pages_of(house, model)
    assert len(addresses) >= 2, addresses
    for address in addresses:
        for width, height, scheme in VIEWS:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.goto(live_server.url + address)
            faults += [f"{address} {width} {scheme} {fault}" for fault in _look(page)]
    assert faults == []
