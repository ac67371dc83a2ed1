"""`/m/<token>/card/`: a photo of the insurance card, taken with the phone that is in the hand anyway."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from documents.actions import store
from documents.content import UploadRefused
from documents.models import Document
from patients import links
from portal.forms import CardForm
from portal.limits import HOUR, limited
from portal.links import LinkVisit, link_page
from portal.views.visit import form_page
from scheduling.states import ByLabel


@form_page
@limited("portal.card", 10, HOUR)
@link_page
def card(door: LinkVisit) -> HttpResponse:
    if not door.open:
        return door.home()
    form = CardForm(door.posted, door.request.FILES or None)
    if not form.is_valid() or not _stored(door, form):
        return door.page("manage_card", form=form)
    messages.success(door.request, _("We have the photo of your card. Thank you."))
    return door.home()


def _stored(door: LinkVisit, form: CardForm) -> bool:
    links.mark_opened(door.link, door.now)
    try:
        store(
            patient=door.visit.patient,
            clinic=door.visit.clinic,
            upload=form.cleaned_data["photo"],
            kind=Document.Kind.INSURANCE_CARD,
            subject=door.visit.subject,
            by_label=ByLabel.PATIENT_LINK,
            now=door.now,
        )
    except UploadRefused as refusal:
        form.add_error("photo", refusal.args[0])
        return False
    return True
