"""Tasks: opened by hand, put off, given to somebody."""

from datetime import datetime, time, timedelta

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import ROLE_PERMISSIONS, Permission
from clinics.models import Clinic
from common.timeutil import combine, local_date
from coordination.forms.base import ClockInput, DayInput, DeskForm
from worklist.models import Task

TASK_ROLES = [role for role, held in ROLE_PERMISSIONS.items() if Permission.TASK_VIEW in held]


def team_of(clinic: Clinic):
    """Colleagues who can be given a task of the clinic."""
    members = User.objects.filter(is_active=True, memberships__clinic=clinic, memberships__role__in=TASK_ROLES)
    return members.distinct().order_by("name")


class TeamField(forms.ModelChoiceField):
    """A colleague by public id; empty is the whole team."""

    def __init__(self, **kwargs):
        super().__init__(
            queryset=User.objects.none(), to_field_name="public_id", required=False, empty_label=_("The whole team"),
            label=kwargs.pop("label", _("Who")), **kwargs,
        )  # fmt: skip


class TaskForm(DeskForm):
    id_prefix = "task"
    title = forms.CharField(label=_("What to do"), max_length=200)
    due_date = forms.DateField(label=_("Due on"), widget=DayInput())
    due_time = forms.TimeField(label=_("At"), widget=ClockInput())
    owner = TeamField()
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Task.Priority.choices, coerce=int)

    def __init__(self, *args, clinic: Clinic, now: datetime, **kwargs):
        soon = (now + timedelta(hours=1)).astimezone(clinic.zone)
        kwargs["initial"] = {
            "due_date": soon.date(),
            "due_time": soon.replace(minute=0, second=0, microsecond=0).time(),
            "priority": Task.Priority.NORMAL,
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.clinic = clinic
        self.now = now
        self.fields["owner"].queryset = team_of(clinic)

    def clean(self) -> dict:
        cleaned = super().clean()
        if {"due_date", "due_time"} <= cleaned.keys() and self.due_at < self.now:
            self.add_error("due_date", _("This time is past. Choose one that is still ahead."))
        return cleaned

    @property
    def due_at(self) -> datetime:
        """The due moment as a UTC instant; the form's times are the clinic's."""
        return combine(self.cleaned_data["due_date"], self.cleaned_data["due_time"], self.clinic.zone)


class AssignForm(DeskForm):
    id_prefix = "assign"
    owner = TeamField()

    def __init__(self, *args, clinic: Clinic, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = team_of(clinic)


class Snooze(TextChoices):
    HOUR = "hour", _("1 hour")
    LATER = "later", _("3 hours")
    TOMORROW = "tomorrow", _("Tomorrow, 9 AM")
    MONDAY = "monday", _("Monday, 9 AM")


class SnoozeForm(DeskForm):
    """For how long a task is hidden."""

    id_prefix = "snooze"
    until = forms.ChoiceField(label=_("Until"), choices=Snooze.choices)

    def moment(self, clinic: Clinic, now: datetime) -> datetime:
        return snooze_until(self.cleaned_data["until"], clinic, now)


def snooze_until(choice: str, clinic: Clinic, now: datetime) -> datetime:
    """The UTC instant that the choice means; days and nine o'clock are the clinic's."""
    hours = {Snooze.HOUR: 1, Snooze.LATER: 3}
    if choice in hours:
        return now + timedelta(hours=hours[choice])
    today = local_date(now, clinic.zone)
    days = 1 if choice == Snooze.TOMORROW else 7 - today.weekday()
    return combine(today + timedelta(days=days), time(9), clinic.zone)
