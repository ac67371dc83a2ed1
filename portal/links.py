"""Pages behind a patient's link: the door, and what stands behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation

from accounts.access import public
from common import ratelimit
from compliance import context as audit_context
from compliance.audit import record_view
from patients import links
from patients.errors import LinkExpired, LinkProblem
from patients.models import AccessLink
from portal.limits import MINUTE, address_of, too_many
from scheduling.models import Appointment
from scheduling.states import LIVE, UPCOMING, Status
from telehealth.rules import is_open

LINK_LIFETIME = timedelta(hours=2)
WRONG_TOKENS = 20  # a minute and address


@dataclass
class LinkVisit:
    """One request through a link: the visit it is about, and how it stands."""

    request: HttpRequest
    token: str
    link: AccessLink
    visit: Appointment
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return self.visit.patient.zone(self.visit.clinic)

    @property
    def state(self) -> str:
        """cancelled, past, now (under way or past its start), confirmed or booked."""
        if self.visit.status == Status.CANCELLED:
            return "cancelled"
        if self.visit.status not in LIVE or (self.visit.ends_at <= self.now and not self.joinable):
            return "past"
        if self.visit.status not in UPCOMING or self.visit.starts_at <= self.now:
            return "now"
        return "confirmed" if self.visit.status == Status.CONFIRMED else "booked"

    @property
    def open(self) -> bool:
        """Whether the visit may still be confirmed, moved or cancelled."""
        return self.state in ("booked", "confirmed")

    @property
    def joinable(self) -> bool:
        """Whether the waiting room is open: half an hour before the start, and for those who wait two hours after."""
        visit = self.visit
        return visit.status in LIVE and is_open(starts_at=visit.starts_at, ends_at=visit.ends_at, now=self.now)

    @property
    def posted(self) -> QueryDict | None:
        return self.request.POST if self.request.method == "POST" else None

    def url(self, name: str = "manage") -> str:
        return reverse(f"portal:{name}", args=[self.token])

    def note_look(self, page: str) -> None:
        """Every page about the visit says when it is, and the trail says who saw that."""
        record_view(self.request, self.visit.patient, page=page, clinic=self.visit.clinic)

    def page(self, template: str, status: int = 200, **context) -> HttpResponse:
        self.note_look(f"portal-{template}")
        shown = {
            "clinic": self.visit.clinic,
            "visit": self.visit,
            "zone": self.zone,
            "state": self.state,
            "manage_url": self.url(),
        }
        return render(self.request, f"portal/{template}.html", shown | context, status=status)

    def home(self) -> HttpResponse:
        return redirect(self.url())


def token_page(view: Callable[..., HttpResponse]) -> Callable:
    """Any page whose address holds a token: not cached, not indexed, its address told to no other host."""

    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        request.carries_link_token = True
        audit_context.note(role="patient")
        response = view(request, token)
        # Not "no-referrer": under it browsers send "Origin: null" with a form, and the token check refuses the button.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


def link_page(view: Callable[[LinkVisit], HttpResponse]) -> Callable:
    """A page behind `/m/<token>/`, opened by a link that works; else a page that says why not."""

    @public("a link that only the patient has")
    @token_page
    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        try:
            link = links.resolve(token, AccessLink.Purpose.MANAGE_VISIT, now)
        except LinkProblem as problem:
            return closed_page(request, token, problem)
        visit = visit_of(link)
        if visit is None:
            return render(request, "portal/link_unknown.html", status=404)
        speak_to(request, visit)
        return view(LinkVisit(request, token, link, visit, now))

    return wrapped


def closed_page(request: HttpRequest, token: str, problem: LinkProblem) -> HttpResponse:
    """What somebody sees whose link opens nothing: why, and what to do."""
    if problem.link is None:
        if not ratelimit.hit("portal.wrong-token", address_of(request), WRONG_TOKENS, MINUTE):
            return too_many(request, MINUTE)
        return render(request, "portal/link_unknown.html", status=404)
    visit = visit_of(problem.link)
    may_ask = isinstance(problem, LinkExpired) and visit is not None and visit.status in UPCOMING
    again = reverse("portal:manage_again", args=[token]) if may_ask else ""
    context = {"clinic": problem.link.clinic, "again_url": again, "expired": isinstance(problem, LinkExpired)}
    return render(request, "portal/link_closed.html", context, status=410)


def visit_of(link: AccessLink) -> Appointment | None:
    """The visit a link is about."""
    _kind, _separator, public_id = link.subject.partition(":")
    return Appointment.objects.with_people().filter(public_id=public_id, clinic=link.clinic_id).first()


def open_door(visit: Appointment, now: datetime, page: str = "manage") -> HttpResponse:
    """To a page of the visit, for somebody who is known: by a link of their own, which lasts two hours."""
    token = links.issue(
        patient=visit.patient,
        clinic=visit.clinic,
        purpose=AccessLink.Purpose.MANAGE_VISIT,
        subject=visit.subject,
        expires_at=now + LINK_LIFETIME,
    )
    return redirect(f"portal:{page}", token)


def speak_to(request: HttpRequest, visit: Appointment) -> None:
    """In the patient's language, unless the person chose another on this device."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(visit.patient.language)
        request.LANGUAGE_CODE = translation.get_language()
