"""A clinic's cadence of reminders."""

from django import forms
from django.contrib import admin
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from accounts.scoped_admin import OwnRowsFilter, ScopedAdmin
from messaging.defaults import KEYS
from scheduling import cadence
from scheduling.models import ReminderStep

MINUTES_A_DAY = 24 * 60
REMINDER_KEYS = [key for key in KEYS if key.startswith(("reminder", "follow_up"))]


class ReminderForm(forms.ModelForm):
    template_key = forms.ChoiceField(label=_l("template"), choices=[(key, key) for key in REMINDER_KEYS])

    class Meta:
        model = ReminderStep
        fields = ["clinic", "key", "offset_minutes", "condition", "template_key", "by_email", "is_active"]
        help_texts = {
            "offset_minutes": _l("Before the visit starts: negative (-1440 is a day before). After it ends: positive."),
        }


@admin.register(ReminderStep)
class ReminderStepAdmin(ScopedAdmin):
    form = ReminderForm
    list_display = ["key", "clinic", "when", "condition", "template_key", "by_email", "is_active"]
    list_filter = [("clinic", OwnRowsFilter), "is_active", "condition"]
    list_select_related = ["clinic"]
    search_fields = ["key", "template_key"]
    ordering = ["clinic__name", "offset_minutes"]

    def get_readonly_fields(self, request, obj=None):
        """By clinic and key the messages that are planned by a step are known."""
        return ["clinic", "key"] if obj else []

    def save_model(self, request, obj, form, change):
        """What is planned follows; a new step's messages are planned within a minute."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if change:
                cadence.step_changed(step=obj, changed=set(form.changed_data), now=timezone.now())

    def delete_model(self, request, obj):
        with transaction.atomic():
            cadence.step_dropped(step=obj, now=timezone.now())
            super().delete_model(request, obj)

    @admin.display(description=_l("when"), ordering="offset_minutes")
    def when(self, step) -> str:
        """In words: "3 days before", "2 hours after"."""
        minutes = abs(step.offset_minutes)
        if minutes % MINUTES_A_DAY == 0:
            length = ngettext("%d day", "%d days", minutes // MINUTES_A_DAY) % (minutes // MINUTES_A_DAY)
        elif minutes % 60 == 0:
            length = ngettext("%d hour", "%d hours", minutes // 60) % (minutes // 60)
        else:
            length = ngettext("%d minute", "%d minutes", minutes) % minutes
        words = _("%(length)s before") if step.offset_minutes < 0 else _("%(length)s after")
        return words % {"length": length}
