"""Who the visit is for, and how it is paid."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.timeutil import local_date
from insurance.forms import CARD_FIELDS
from insurance.models import Payer, VisitPayment
from patients.errors import ChallengeFailed
from patients.wording import TEXTS_CONSENT
from portal import actions, presenters
from portal.flow import Flow, booking_page
from portal.forms import CodeForm, DetailsForm, InsuranceForm, PaymentForm
from portal.limits import HOUR, address_of, limited
from portal.views.timepage import visit_type_of
from portal.views.visit import form_page

_TYPED = ("first_name", "last_name", "mobile", "email", "interpreter_language", "texts")


@form_page
@limited("portal.details", 60, HOUR)
@booking_page("details")
def details(flow: Flow) -> HttpResponse:
    """Ends with a code on its way to the phone, unless this very number is proven already."""
    draft = flow.draft
    initial = {name: getattr(draft, name) for name in _TYPED}
    initial |= {"birth_date": draft.born, "language": draft.language or get_language()}
    today = local_date(flow.now, flow.clinic.zone)
    form = DetailsForm(flow.posted, today=today, initial=initial)
    if not form.is_valid():
        return flow.page("details", form=form)
    draft.change(**form.cleaned_data | {"birth_date": form.cleaned_data["birth_date"].isoformat()})
    draft.texts_wording = str(TEXTS_CONSENT)
    if draft.proven == draft.mobile:
        actions.put_on_record(clinic=flow.clinic, draft=draft, now=flow.now)
        return flow.go_on()
    try:
        if not draft.challenge:
            actions.send_code(clinic=flow.clinic, draft=draft, address=address_of(flow.request), now=flow.now)
    except actions.TooManyCodes:
        form.add_error("mobile", _too_many_words(flow))
        return flow.page("details", form=form, status=429)
    return flow.go_on()


def _too_many_words(flow: Flow) -> str:
    return _("We have sent several codes to this number or to you already. Wait an hour, or call us.")


@form_page
@limited("portal.code", 60, HOUR)
@booking_page("code")
def code(flow: Flow) -> HttpResponse:
    form = CodeForm(flow.posted)
    if form.is_valid():
        try:
            actions.prove_phone(clinic=flow.clinic, draft=flow.draft, code=form.cleaned_data["code"], now=flow.now)
        except ChallengeFailed as error:
            form.add_error("code", error.message)
        else:
            return flow.go_on()
    return flow.page("code", form=form, again_url=flow.url("code_again"), details_url=flow.url("details"))


@form_page
@limited("portal.code", 60, HOUR)
@booking_page("code")
def code_again(flow: Flow) -> HttpResponse:
    if flow.posted is None:
        return redirect(flow.url("code"))
    try:
        actions.send_code(clinic=flow.clinic, draft=flow.draft, address=address_of(flow.request), now=flow.now)
    except actions.TooManyCodes:
        messages.error(flow.request, _too_many_words(flow))
    else:
        messages.success(flow.request, _("We sent you a new code. The one before no longer works."))
    flow.save()
    return redirect(flow.url("code"))


@form_page
@booking_page("payment")
def payment(flow: Flow) -> HttpResponse:
    price = presenters.price_words(visit_type_of(flow))
    form = PaymentForm(flow.posted, price=price, initial={"payment": flow.draft.payment})
    if not form.is_valid():
        return flow.page("question", form=form, aside="payment")
    flow.draft.change(payment=form.cleaned_data["payment"])
    return flow.go_on()


@form_page
@limited("portal.insurance", 60, HOUR)
@booking_page("insurance")
def insurance(flow: Flow) -> HttpResponse:
    if flow.draft.payment != VisitPayment.Method.COVERAGE:
        return redirect(flow.url("payment"))
    form = InsuranceForm(flow.posted, initial={name: getattr(flow.draft, name) for name in CARD_FIELDS})
    if not form.is_valid():
        payers = Payer.objects.active().filter(organization=flow.clinic.organization_id).order_by("name")
        return flow.page("insurance", form=form, payers=payers.values_list("name", flat=True))
    flow.draft.change(**form.cleaned_data)
    actions.keep_coverage(clinic=flow.clinic, draft=flow.draft, now=flow.now)
    return flow.go_on()
