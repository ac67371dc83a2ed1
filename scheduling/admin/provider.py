"""A provider, with weekly hours and the days that differ."""

from django.contrib import admin
from django.utils import timezone

from accounts.scoped_admin import OwnRowsFilter, ScopedAdmin, ScopedInline
from clinics.admin import ProviderAdmin
from clinics.models import Provider
from scheduling import displacement
from scheduling.admin import displaced
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule


class WeeklyHoursInline(ScopedInline):
    """Hours at the administrator's clinics; those at others are not shown."""

    model = AvailabilityRule
    fields = ["clinic", "weekday", "start_time", "end_time", "valid_from", "valid_until"]
    ordering = ["weekday", "start_time"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(clinic__in=request.user.clinic_ids(self.permission))


class ChangedHoursInline(ScopedInline):
    model = AvailabilityException
    fields = ["kind", "date", "start_time", "end_time", "clinic", "reason"]
    ordering = ["date", "start_time"]

    def get_queryset(self, request):
        """Days that are over stay on record, but not in the way."""
        return super().get_queryset(request).filter(date__gte=timezone.now().date())


def tell_of_displaced(request, exceptions) -> None:
    """List the visits that the days off push out, once each."""
    now = timezone.now()
    visits = Appointment.objects.none()
    for exception in exceptions:
        visits |= displacement.by_time_off(exception, now)
    displaced.tell(request, visits)


@admin.register(Provider)
class ProviderWithHoursAdmin(ProviderAdmin):
    inlines = [*ProviderAdmin.inlines, WeeklyHoursInline, ChangedHoursInline]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for formset in formsets:
            if formset.model is AvailabilityException:
                changed = [row for row, _names in formset.changed_objects]
                tell_of_displaced(request, [*formset.new_objects, *changed])


@admin.register(AvailabilityException)
class ChangedHoursAdmin(ScopedAdmin):
    """All days that differ, of every provider: who is away when."""

    scope = "provider__clinics"
    fields = ["provider", "kind", "date", "start_time", "end_time", "clinic", "reason"]
    list_display = ["date", "provider", "kind", "start_time", "end_time", "reason"]
    list_filter = ["kind", ("date", admin.DateFieldListFilter), ("clinic", OwnRowsFilter)]
    list_select_related = ["provider"]
    search_fields = ["provider__name", "reason"]
    ordering = ["-date"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        tell_of_displaced(request, [obj])


@admin.register(AvailabilityRule)
class WeeklyHoursAdmin(ScopedAdmin):
    """All weekly hours in one list, to see a clinic's week."""

    scope = "clinic"
    fields = ["provider", "clinic", "weekday", "start_time", "end_time", "valid_from", "valid_until"]
    list_display = ["provider", "clinic", "weekday", "start_time", "end_time", "valid_from", "valid_until"]
    list_filter = [("clinic", OwnRowsFilter), "weekday"]
    list_select_related = ["provider", "clinic"]
    search_fields = ["provider__name"]
    ordering = ["provider__name", "weekday", "start_time"]
