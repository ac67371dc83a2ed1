"""The secrets of second factors, sealed again under the newest key."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from accounts.adapters import MFA_BINDING
from common import crypto
from common.rotation import is_current


@dataclass(frozen=True)
class SecondFactors:
    """Secrets of authenticator apps and seeds of recovery codes, as allauth keeps them: texts within a JSON object.

    One for each member of staff at most: few enough to be looked through whole.
    """

    def __str__(self) -> str:
        return "second factors"

    def remaining(self) -> int:
        return sum(bool(_stale(row.data)) for row in Authenticator.objects.iterator())

    def rotate_batch(self, size: int) -> int:
        with transaction.atomic():
            stale = [row.pk for row in Authenticator.objects.order_by("pk") if _stale(row.data)][:size]
            return sum(map(_seal_again, _locked(stale)))


def _locked(pks: list[int]) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(pk__in=pks).select_for_update(skip_locked=True)


def _seal_again(row: Authenticator) -> bool:
    for name in _stale(row.data):
        row.data[name] = crypto.sealed_again(row.data[name], MFA_BINDING)
    row.save(update_fields=["data"])
    return True


def _stale(data: dict) -> list[str]:
    """The names of the sealed texts that lie under an older key."""
    sealed = [name for name, value in data.items() if isinstance(value, str) and value.startswith(f"{crypto.VERSION}|")]
    return [name for name in sealed if not is_current(data[name])]
