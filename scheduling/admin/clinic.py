"""A clinic, with what its closed days do to booked visits."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.object_actions import ObjectAction
from clinics.admin import ClinicAdmin
from clinics.models import Clinic, Closure
from scheduling import displacement, reminders
from scheduling.admin import displaced


def _add_usual_reminders(page, request, clinic: Clinic) -> str:
    reminders.install_default_steps(clinic)
    page.record(request, clinic, "reminders_added")
    return _("The usual reminders are in place.")


USUAL_REMINDERS = ObjectAction(
    slug="reminders",
    label=_l("Add the usual reminders"),
    run=_add_usual_reminders,
    consequences=lambda clinic: [
        _("Patients are reminded 72, 24 and 2 hours before a visit, and written to after it."),
        _("Reminders that are there already stay as they are."),
    ],
)


_NAMED_IN_MESSAGES = {"message_name", "phone", "time_zone"}


@admin.register(Clinic)
class ClinicWithVisitsAdmin(ClinicAdmin):
    object_actions = (*ClinicAdmin.object_actions, USUAL_REMINDERS)

    def save_model(self, request, obj, form, change):
        """Messages that are planned name the clinic and its phone as they are now."""
        super().save_model(request, obj, form, change)
        if change and _NAMED_IN_MESSAGES.intersection(form.changed_data):
            reminders.reword_all(obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if any(formset.model is Closure and formset.has_changed() for formset in formsets):
            self.closures_changed(request, form.instance)

    def closures_changed(self, request, clinic: Clinic) -> None:
        displaced.tell(request, displacement.by_closures(clinic, timezone.now()))
