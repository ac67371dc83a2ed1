"""Patients, their contact points, proxies, consents and signed links."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from compliance.lookup import register_patient_lookup


class PatientsConfig(AppConfig):
    name = "patients"
    verbose_name = _("Patients")

    def ready(self):
        # Models cannot be imported before every app is there.
        from patients.selectors import named_in_audit  # noqa: PLC0415

        register_patient_lookup(named_in_audit)
