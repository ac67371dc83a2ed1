"""Happenings as lines of a timeline."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.timefmt import format_when
from compliance.models import AuditEvent
from coordination.presenters.messages import without_tokens
from coordination.presenters.people import doer
from coordination.presenters.visit import Entry, event_entry
from coordination.selectors.timeline import Happening
from messaging.models import InboundMessage, Message
from messaging.selectors import outgoing_entry
from patients.models import ConsentRecord, Note
from scheduling.models import AppointmentEvent
from worklist.models import Task

_RECORD_WORDS = {
    "patients.patient_created": (gettext_lazy("Record opened"), "user-plus"),
    "patients.patient_changed": (gettext_lazy("Details changed"), "pencil"),
    "patients.contact_point_set": (gettext_lazy("Number or address noted"), "phone"),
    "patients.contact_point_marked": (gettext_lazy("Number or address marked"), "phone-off"),
    "patients.proxy_added": (gettext_lazy("Proxy added"), "users"),
    "patients.proxy_ended": (gettext_lazy("Proxy ended"), "users"),
    "patients.contact_revealed": (gettext_lazy("Number or address looked at"), "eye"),
    "patients.account_opened": (gettext_lazy("Account opened"), "key-round"),
    "insurance.coverage_added": (gettext_lazy("Insurance details noted"), "shield-plus"),
    "insurance.coverage_changed": (gettext_lazy("Insurance details changed"), "shield-plus"),
}


def entry_of(happening: Happening, zone: ZoneInfo) -> Entry:
    return _MAKERS[happening.kind](happening, zone)


def _visit(happening: Happening, zone: ZoneInfo) -> Entry:
    event: AppointmentEvent = happening.thing
    visit = event.appointment
    entry = event_entry(event, zone)
    about = f"{visit.visit_type.shown_name}, {visit.provider.name}, {format_when(visit.starts_at, zone)}"
    return Entry(
        at=entry.at,
        title=_("Visit: %(event)s") % {"event": entry.title.lower()},
        icon=entry.icon,
        kind=entry.kind,
        by=entry.by,
        text=" · ".join(part for part in (about, entry.text) if part),
        url=reverse("coordination:visit", args=[visit.public_id]),
    )


def _message(happening: Happening, _zone: ZoneInfo) -> Entry:
    message: Message = happening.thing
    sent = outgoing_entry(message)
    kind = "problem" if sent.failed else "neutral"
    title = _("%(channel)s to the patient: %(state)s") % {"channel": sent.channel, "state": sent.state.lower()}
    return Entry(happening.at, title, "send", kind, sent.author or _("Portal"), without_tokens(message.body))


def _reply(happening: Happening, _zone: ZoneInfo) -> Entry:
    reply: InboundMessage = happening.thing
    return Entry(happening.at, _("Text from the patient"), "message-square", "info", "", reply.body)


def _note(happening: Happening, _zone: ZoneInfo) -> Entry:
    note: Note = happening.thing
    return Entry(happening.at, _("Note"), "sticky-note", "attention", str(note.written_by), note.body)


def _task_opened(happening: Happening, _zone: ZoneInfo) -> Entry:
    task: Task = happening.thing
    by = str(task.opened_by) if task.opened_by else _("The system")
    return Entry(happening.at, _("Task opened"), "square-check-big", "neutral", by, _task_title(task))


def _task_done(happening: Happening, _zone: ZoneInfo) -> Entry:
    task: Task = happening.thing
    title = _("Task settled by itself") if task.outcome == "resolved" else _("Task done")
    return Entry(happening.at, title, "circle-check", "ready", doer(task.done_by), _task_title(task))


def _task_title(task: Task) -> str:
    return task.title or task.get_kind_display()


def _consent(happening: Happening, _zone: ZoneInfo) -> Entry:
    record: ConsentRecord = happening.thing
    words = _("agreed") if record.granted else _("does not agree any more")
    title = f"{record.get_topic_display()}: {words}"
    by = str(record.recorded_by) if record.recorded_by else record.get_source_display()
    return Entry(happening.at, title, "file-check", "neutral" if record.granted else "attention", by)


def _record(happening: Happening, _zone: ZoneInfo) -> Entry:
    event: AuditEvent = happening.thing
    title, icon = _RECORD_WORDS[event.action]
    return Entry(happening.at, str(title), icon, "neutral", event.actor_label)


_MAKERS: dict[str, Callable[[Happening, ZoneInfo], Entry]] = {
    "visit": _visit,
    "message": _message,
    "reply": _reply,
    "note": _note,
    "task_opened": _task_opened,
    "task_done": _task_done,
    "consent": _consent,
    "record": _record,
}
