"""Answers that are ready to be sent: an organization's own words, or the portal's, in the patient's language."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from messaging import defaults
from messaging.models import MessageTemplate
from messaging.rendering import VARIABLE
from messaging.states import Channel

LABELS = {
    "canned_on_it": _("We are on it"),
    "canned_call_you": _("We will call you"),
    "canned_call_us": _("Please call us"),
    "canned_your_visit": _("Time and link of the visit"),
    "canned_forms": _("Please fill in your details"),
}


@dataclass(frozen=True, slots=True)
class Canned:
    """One answer. `{{ link }}` stays in its words until it is sent: the link is the patient's alone."""

    key: str
    label: str
    text: str


def answers(*, organization_id: int, language: str, values: dict[str, str]) -> list[Canned]:
    """The answers all of whose fields have a value; `values` need none for `link`. One query."""
    own = dict(
        MessageTemplate.objects.filter(
            organization=organization_id, channel=Channel.SMS, language=language, key__in=LABELS
        ).values_list("key", "body")
    )
    found = []
    for key, label in LABELS.items():
        source = own.get(key) or defaults.words(key, Channel.SMS, language).body
        if set(VARIABLE.findall(source)) <= values.keys():
            found.append(Canned(key, str(label), VARIABLE.sub(lambda match: values[match.group(1)], source)))
    return found
