"""One request within a booking: the clinic, the draft, and where to go next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import public
from clinics.models import Clinic
from compliance import context as audit_context
from portal import draft as drafts
from portal import steps
from portal.draft import Draft


@dataclass
class Flow:
    request: HttpRequest
    clinic: Clinic
    draft: Draft
    now: datetime
    step: steps.Step | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The patient's clock; the clinic's until the patient has said where."""
        return ZoneInfo(self.draft.zone or self.clinic.time_zone)

    @property
    def posted(self) -> QueryDict | None:
        """What was sent, if something was: an empty form that was sent is to be judged, too."""
        return self.request.POST if self.request.method == "POST" else None

    def url(self, name: str) -> str:
        return reverse(f"portal:{name}", args=[self.clinic.slug])

    def save(self) -> None:
        drafts.store(self.request.session, self.clinic, self.draft, self.now)

    def go_on(self) -> HttpResponse:
        """Keep the answers and show the first page that is not answered."""
        self.save()
        return redirect(self.url(steps.next_step(self.draft).name))

    def page(self, template: str, status: int = 200, **context) -> HttpResponse:
        return render(self.request, f"portal/{template}.html", self.context() | context, status=status)

    def context(self) -> dict:
        """What every page of a booking shows: the clinic, the step and the way back."""
        step = self.step
        back = steps.before(self.draft, step.name) if step else None
        return {
            "clinic": self.clinic,
            "draft": self.draft,
            "zone": self.zone,
            "patient_home_url": self.url("reason"),
            "step": step,
            "total_steps": steps.TOTAL,
            "back_url": self.url(back.name) if back else "",
            "held_until": self._held_until(),
            "keep_url": self.url("keep"),
        }

    def _held_until(self) -> datetime | None:
        """The countdown stands on every page after the time was chosen."""
        after_time = self.step is not None and self.step.number > steps.BY_NAME["time"].number
        return self.draft.held_until if after_time else None


def booking_page(name: str = "") -> Callable:
    """A page of the booking. A `name` of a step sends whoever jumped ahead to the first page not answered."""

    def decorate(view: Callable[[Flow], HttpResponse]) -> Callable:
        @public("patients book for themselves, without an account")
        @wraps(view)
        def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
            audit_context.note(role="patient")
            clinic = get_object_or_404(Clinic.objects.active().select_related("organization"), slug=slug)
            now = timezone.now()
            flow = Flow(request, clinic, drafts.load(request.session, clinic, now), now, steps.BY_NAME.get(name))
            if flow.step and not steps.reachable(flow.draft, name):
                return redirect(flow.url("done" if flow.draft.booked else steps.next_step(flow.draft).name))
            return view(flow)

        return wrapped

    return decorate
