"""People who act for a patient."""

from datetime import date, datetime

from django.db import transaction

from compliance import audit
from patients.models import Patient, Proxy
from patients.rules import normalised, tidy


@transaction.atomic
def add_proxy(
    *,
    patient: Patient,
    name: str,
    relationship: str,
    basis: str,
    rights: list[str],
    starts_on: date,
    by,
    now: datetime,
    ends_on: date | None = None,
    phone: str = "",
    email: str = "",
    clinic=None,
) -> Proxy:
    """Let somebody act for the patient within `rights`, on the days [starts_on, ends_on). Phone and e-mail as typed."""
    proxy = Proxy.objects.create(
        patient=patient,
        name=tidy(name),
        relationship=tidy(relationship),
        basis=basis,
        rights=rights,
        starts_on=starts_on,
        ends_on=ends_on,
        phone=normalised("phone", phone) if phone else "",
        email=normalised("email", email) if email else "",
    )
    _record("patients.proxy_added", proxy, by, clinic, {"basis": basis, "rights": rights, "ends_on": ends_on})
    return proxy


@transaction.atomic
def end_proxy(*, proxy: Proxy, ends_on: date, by, now: datetime, clinic=None) -> Proxy:
    """From `ends_on` on the person no longer acts for the patient. A right that has not begun yet is deleted."""
    proxy = Proxy.objects.select_for_update().get(pk=proxy.pk)
    _record("patients.proxy_ended", proxy, by, clinic, {"ends_on": ends_on})
    if ends_on <= proxy.starts_on:
        proxy.delete()
        return proxy
    proxy.ends_on = ends_on
    proxy.save(update_fields=["ends_on"])
    return proxy


def _record(action: str, proxy: Proxy, by, clinic, detail: dict) -> None:
    audit.record(
        action=action,
        actor=by,
        clinic=clinic,
        patient=proxy.patient,
        subject=f"proxy:{proxy.public_id}",
        detail=detail,
    )
