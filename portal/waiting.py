"""The waiting room in words: place, wait, provider, lateness. Honest, and never the provider's field."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SOON = 2  # minutes; less than that is "any moment"


@dataclass(frozen=True, slots=True)
class Words:
    """What the waiting patient reads. `late` is empty when the provider is on time."""

    place: str
    wait: str
    provider: str
    provider_kind: str  # a kind of `{% status %}`
    late: str

    @property
    def spoken(self) -> str:
        """What a screen reader says when it changes; minutes that merely pass do not count."""
        return f"{self.place} {self.provider}".strip()


def words(snapshot: dict, *, started: bool) -> Words:
    """`snapshot` is the patient's (telehealth.selectors.snapshot); `started`: the time of the visit has come."""
    provider, queue = snapshot["provider"], snapshot["queue"]
    said, kind = _provider(provider["presence"])
    return Words(
        place=_place(queue),
        wait=_wait(queue, unknown=started and provider["presence"] == "away"),
        provider=said,
        provider_kind=kind,
        late=_late(provider["late_by"]),
    )


def _place(queue: dict | None) -> str:
    if queue is None:
        return ""
    ahead = queue["position"] - 1
    if not ahead:
        return _("You are next.")
    return ngettext("%(count)s person is before you.", "%(count)s people are before you.", ahead) % {"count": ahead}


def _wait(queue: dict | None, *, unknown: bool) -> str:
    if queue is None or unknown and queue["position"] == 1:
        return ""
    if queue["eta_max"] <= SOON:
        return _("any moment now")
    return _("about %(low)s to %(high)s minutes") % {"low": queue["eta_min"], "high": queue["eta_max"]}


def _provider(presence: str) -> tuple[str, str]:
    if presence in ("here", "call"):
        return _("Your provider is here and will see you in a moment."), "ready"
    if presence == "busy":
        return _("Your provider is with another patient."), "info"
    return _("Your provider is not here yet. We tell you as soon as that changes."), "neutral"


def _late(minutes: int | None) -> str:
    if not minutes:
        return ""
    return ngettext(
        "Your provider is %(count)s minute late. We are sorry that you have to wait.",
        "Your provider is about %(count)s minutes late. We are sorry that you have to wait.",
        minutes,
    ) % {"count": minutes}
