"""A sign-in for patients who want one, and the page it opens."""

from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import before_second_factor, public, signed_in
from accounts.models import User
from common.timeutil import local_date
from compliance.audit import record_view
from patients.models import Patient
from portal import actions
from portal.forms import AccountForm
from portal.limits import HOUR, limited
from portal.links import LinkVisit, link_page, open_door
from portal.sign_in import has_account, patient_of
from portal.views.visit import form_page
from scheduling.models import Appointment


@form_page
@limited("portal.account", 30, HOUR)
@link_page
def open_account(door: LinkVisit) -> HttpResponse:
    """Birth date, e-mail, password; then the e-mailed code, which signs the patient in."""
    if has_account(door.visit.patient):
        return redirect("portal:sign_in")
    today = local_date(door.now, door.visit.clinic.zone)
    form = AccountForm(door.posted, today=today)
    if form.is_valid():
        try:
            user = actions.open_account(link=door.link, now=door.now, **form.cleaned_data)
        except actions.AccountRefused as error:
            if error.code == "exists":
                return redirect("portal:sign_in")
            form.add_error(*_refusal(error.code))
        else:
            return _ask_for_code(door.request, user, form.cleaned_data["email"])
    return door.page("account", form=form)


def _ask_for_code(request: HttpRequest, user: User | None, email: str) -> HttpResponse:
    """The page that asks for the e-mailed code; the same for an address that has an account (then no code is sent)."""
    if user:
        return perform_login(request, user, email=email, redirect_url=reverse("portal:my_visits"))
    EmailVerificationProcess.initiate(request=request, user=None, email=email)
    return redirect("account_email_verification_sent")


class SignIn(LoginView):
    """The one sign-in, with the look of the patients' pages."""

    template_name = "portal/sign_in.html"


sign_in = public("where patients with an account sign in")(SignIn.as_view())


def _refusal(code: str) -> tuple[str, str]:
    """The field and the words."""
    return {
        "birth_date": ("birth_date", _("This does not match our record. Check the date, or call us.")),
        "too_many": ("birth_date", _("That was one try too many. Wait an hour, or call us.")),
    }[code]


@before_second_factor
@signed_in
@require_safe
def my_visits(request: HttpRequest) -> HttpResponse:
    """The patient's own visits to come."""
    patient = _patient_of(request)
    visits = list(patient.appointments.with_people().upcoming(timezone.now()).order_by("starts_at"))
    record_view(request, patient, page="portal-my-visits")
    rows = [{"visit": visit, "zone": patient.zone(visit.clinic)} for visit in visits]
    return render(request, "portal/my_visits.html", {"rows": rows, "patient": patient})


@before_second_factor
@signed_in
@require_POST
def my_visit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Opens the manage page of one of the patient's own visits, by a link that lasts two hours."""
    patient = _patient_of(request)
    visit: Appointment | None = patient.appointments.with_people().filter(public_id=public_id).first()
    if visit is None:
        raise Http404
    return open_door(visit, timezone.now())


def _patient_of(request: HttpRequest) -> Patient:
    patient = patient_of(request.user)
    if patient is None:
        raise Http404
    return patient
