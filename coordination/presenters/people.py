"""How a patient's contacts and doers are named."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from common.phone import mask
from patients.models import ContactPoint
from scheduling.states import ByLabel


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A number or address, masked; `reveal_url` shows it in full and writes that down."""

    public_id: str
    label: str
    masked: str
    reveal_url: str
    kind: str
    trouble: str


def contact_line(point: ContactPoint, patient_id: str) -> ContactLine:
    return ContactLine(
        public_id=point.public_id,
        label=point.get_kind_display(),
        masked=masked(point.kind, point.value),
        reveal_url=reverse("coordination:contact_reveal", args=[patient_id, point.public_id]),
        kind=point.kind,
        trouble=point.get_status_display() if point.status != ContactPoint.Status.OK else "",
    )


def masked(kind: str, value: str) -> str:
    """`•••• 0142`, `a•••@example.com`."""
    if kind != ContactPoint.Kind.EMAIL:
        return mask(value)
    name, _at, host = value.partition("@")
    return f"{name[:1]}•••@{host}"


def doer(user, by_label: str = "") -> str:
    """Who did it: the member of staff, else through which door it came."""
    if user is not None:
        return str(user)
    return str(ByLabel(by_label).label) if by_label in set(ByLabel) else _("The system")
