"""`/m/<token>/test/`, `/visit/<session>/test/`: will this device do for a video visit?"""

import os
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import public
from common.middleware import PERMISSIONS_POLICY
from compliance import context as audit_context
from compliance.audit import record_view
from portal.device_words import test_result
from portal.forms import DeviceForm
from portal.limits import HOUR, limited
from portal.links import LinkVisit, link_page
from portal.views.visit import form_page
from scheduling.models import Appointment
from scheduling.models.visit_type import Modality
from scheduling.states import LIVE, ByLabel
from telehealth.actions import device
from telehealth.rules import CLOSES_AFTER
from telehealth.seating import participant_from
from telehealth.states import Role

MEGABYTE = 1_048_576
_POLICY = PERMISSIONS_POLICY.replace("camera=()", "camera=(self)").replace("microphone=()", "microphone=(self)")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the test was opened: `share_url` opens it in another browser, too."""

    request: HttpRequest
    visit: Appointment
    now: datetime
    url: str
    back_url: str
    share_url: str = ""

    @property
    def given(self) -> dict:
        return {"appointment": self.visit, "by_label": ByLabel.PATIENT_LINK, "now": self.now}


@form_page
@limited("portal.device", 60, HOUR)
@link_page
def device_test(door: LinkVisit) -> HttpResponse:
    """Through the link of the reminder, days ahead if the patient likes."""
    if not may_test(door.visit, door.now):
        return door.home()
    url = door.url("device_test")
    share_url = door.request.build_absolute_uri(url)
    return _answer(_Place(door.request, door.visit, door.now, url, door.url(), share_url))


@form_page
@limited("portal.device", 60, HOUR)
@public("a browser that holds the patient's seat in the visit")
def room_device_test(request: HttpRequest, public_id: str) -> HttpResponse:
    """From the waiting room. A guest's or an interpreter's device says nothing about the patient's."""
    audit_context.note(role="patient")
    now = timezone.now()
    participant = participant_from(request.COOKIES, public_id, now)
    if participant is None or participant.role != Role.PATIENT:
        raise Http404
    visit = participant.session.appointment
    if not may_test(visit, now):
        raise Http404
    url, room_url = (reverse(f"portal:{name}", args=[public_id]) for name in ("room_device_test", "room"))
    return _answer(_Place(request, visit, now, url, room_url))


def may_test(visit: Appointment, now: datetime) -> bool:
    """A video visit of ours whose room is not closed yet; days ahead, too, when there is time to mend something."""
    return visit.modality == Modality.VIDEO and visit.status in LIVE and now < visit.ends_at + CLOSES_AFTER


def _answer(place: _Place) -> HttpResponse:
    response = _post(place) if place.request.method == "POST" else _page(place)
    response.headers["Permissions-Policy"] = _POLICY
    return response


def _post(place: _Place) -> HttpResponse:
    wish = place.request.POST.get("wish")
    if wish == "call":
        device.ask_for_call(**place.given)
        messages.success(place.request, _("Thank you. We will call you about your visit."))
    elif wish == "sound":
        device.take_sound_only(**place.given)
    else:
        form = DeviceForm(place.request.POST)
        if not form.is_valid():
            messages.error(place.request, _("The result did not reach us. Please test again."))
            return redirect(f"{place.url}?again=1")
        device.record_device_check(report=form.report, **place.given)
    return redirect(place.url)


def _page(place: _Place) -> HttpResponse:
    visit = place.visit
    record_view(place.request, visit.patient, page="portal-device-test", clinic=visit.clinic)
    last = None if "again" in place.request.GET else device.newest_check(visit)
    context = {
        "clinic": visit.clinic,
        "zone": visit.patient.zone(visit.clinic),
        "url": place.url,
        "back_url": place.back_url,
        "share_url": place.share_url,
        "result": test_result(last) if last else None,
    }
    return render(place.request, f"portal/device_{'result' if last else 'test'}.html", context)


@limited("portal.net", 1200, HOUR, methods=("GET",))
@public("is timed by the device test, and answers nothing")
@require_safe
def net_ping(_request: HttpRequest) -> HttpResponse:
    return _uncached(HttpResponse(status=204))


@limited("portal.net-down", 240, HOUR, methods=("GET",))
@public("is timed by the device test: a megabyte of noise")
@require_safe
def net_down(_request: HttpRequest) -> HttpResponse:
    """Noise, so that nothing on the way can make it smaller."""
    return _uncached(HttpResponse(os.urandom(MEGABYTE), content_type="application/octet-stream"))


@limited("portal.net-up", 480, HOUR)
@public("is timed by the device test: takes up to a megabyte and keeps nothing")
@require_POST
def net_up(request: HttpRequest) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MEGABYTE:
        return HttpResponse(status=413)
    while request.read(65_536):
        pass
    return _uncached(HttpResponse(status=204))


def _uncached(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
