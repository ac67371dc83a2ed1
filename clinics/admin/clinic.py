"""The organization and its clinics, with the days on which they are closed."""

from datetime import date

import holidays
from django.contrib import admin
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from accounts.object_actions import ObjectAction, deactivation
from accounts.permissions import ROLE_PERMISSIONS, Permission
from accounts.scoped_admin import ScopedAdmin, ScopedInline
from clinics import actions
from clinics.forms import ClinicForm
from clinics.models import Clinic, Closure, Organization


@admin.register(Organization)
class OrganizationAdmin(ScopedAdmin):
    scope = "clinics"
    may_add = may_delete = False
    fields = ["name"]
    list_display = ["name", "clinic_count"]
    search_fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(clinic_total=models.Count("clinics", distinct=True))

    @admin.display(description=_l("clinics"), ordering="clinic_total")
    def clinic_count(self, organization) -> int:
        return organization.clinic_total


class ClosureInline(ScopedInline):
    model = Closure
    fields = ["first_date", "last_date", "reason"]
    ordering = ["first_date"]
    verbose_name_plural = _l("closed days")

    def get_queryset(self, request):
        """Closures that are over stay on record, but not in the way."""
        return super().get_queryset(request).filter(last_date__gte=timezone.now().date())


def _holidays(years_ahead: int) -> dict[date, str]:
    return dict(sorted(holidays.US(years=timezone.now().year + years_ahead).items()))


def _holiday_lines(years_ahead: int) -> list[str]:
    return [f"{date_format(day, 'l, F j, Y')}: {name}" for day, name in _holidays(years_ahead).items()]


def _add_holidays(page, request, clinic: Clinic, years_ahead: int) -> str:
    added = actions.close_on(clinic=clinic, days=_holidays(years_ahead), by=request.user)
    page.closures_changed(request, clinic)
    return ngettext("%d day added.", "%d days added.", len(added)) % len(added)


def _holiday_action(slug: str, label, years_ahead: int) -> ObjectAction:
    return ObjectAction(
        slug=slug,
        label=label,
        run=lambda page, request, clinic: _add_holidays(page, request, clinic, years_ahead),
        consequences=lambda clinic: _holiday_lines(years_ahead),
    )


def _what_deactivating_does(clinic: Clinic) -> list[str]:
    return [
        _("Nobody can book here, neither patients nor staff."),
        _("Its staff no longer see its visits, patients and messages."),
        _("Visits that are booked stay booked, and their reminders go out: move or cancel them first."),
    ]


class ClinicAdmin(ScopedAdmin):
    scope = "pk"
    may_delete = False  # its visits must stay on record; taking it out of use is the way
    form = ClinicForm
    fieldsets = [
        (None, {"fields": ["organization", "name", "slug", "message_name", "phone", "time_zone"]}),
        (_l("Address"), {"fields": ["street", "city", "state", "postal_code"]}),
        (_l("Messages go out"), {"fields": ["quiet_until", "quiet_from"]}),
    ]
    inlines = [ClosureInline]
    list_display = ["name", "city", "state", "time_zone", "phone", "is_active"]
    list_filter = ["is_active", "state"]
    search_fields = ["name", "city"]
    ordering = ["name"]
    object_actions = (
        _holiday_action("holidays", _l("Add this year's federal holidays"), 0),
        _holiday_action("next-holidays", _l("Add next year's federal holidays"), 1),
        *deactivation(_what_deactivating_does),
    )

    def rows(self, user):
        """Also clinics that are out of use, so that they can be brought back."""
        roles = [role for role, held in ROLE_PERMISSIONS.items() if Permission.SETUP in held]
        return Clinic.objects.filter(
            pk__in=user.memberships.filter(role__in=roles).values("clinic_id"),
        )

    def get_readonly_fields(self, request, obj=None):
        return ["organization"] if obj else []

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            actions.open_to_its_maker(clinic=obj, user=request.user)

    def closures_changed(self, request, clinic: Clinic) -> None:
        """For the app above: what becomes of visits on days that are closed now."""
