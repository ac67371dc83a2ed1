"""Set-up of the organization, its clinics and its people. Scheduling registers clinics and providers, with hours."""

from clinics.admin import steps, users
from clinics.admin.clinic import ClinicAdmin, OrganizationAdmin
from clinics.admin.provider import ProviderAdmin

__all__ = ["ClinicAdmin", "OrganizationAdmin", "ProviderAdmin", "steps", "users"]
