"""A message that somebody wants sent, before it is a row."""

from dataclasses import dataclass, field
from datetime import datetime

from messaging.states import Channel, Purpose


@dataclass(slots=True, kw_only=True)
class Draft:
    """One message to plan.

    `template_key` and `context` (values of `messaging.defaults.variables_of`; clinic and phone are added) make the
    words; `body` gives them as they are, with `title` as an e-mail's subject. Without `to` it goes to the patient's
    preferred mobile or e-mail address. `condition` is handed to the subject's `is_current` in the moment of sending;
    empty means: send whatever happened.
    """

    dedupe_key: str
    purpose: Purpose | str
    template_key: str = ""
    context: dict = field(default_factory=dict)
    title: str = ""
    body: str = ""
    channel: Channel | str = Channel.SMS
    to: str = ""
    language: str = ""
    subject: str = ""
    subject_version: int = 0
    condition: str = ""
    urgent: bool = False
    due_at: datetime | None = None
    expires_at: datetime | None = None
    written_by: object = None
