from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Organization
from common.models import BaseModel
from messaging import lint
from messaging.querysets import MessageTemplateQuerySet
from messaging.states import Channel


class MessageTemplate(BaseModel):
    """An organization's own words for one message. Where there is no row, `messaging.defaults` speaks."""

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        SPANISH = "es", _("Spanish")

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="message_templates")
    key = models.SlugField(_("message"), max_length=40)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    subject = models.CharField(_("subject"), max_length=120, blank=True, help_text=_("Of an e-mail."))
    body = models.TextField(
        _("text"),
        max_length=2000,
        help_text=_("May name {{ clinic }}, {{ when }}, {{ link }}, {{ phone }}, {{ code }}."),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = MessageTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key", "channel", "language"],
                name="messaging_template_once",
                violation_error_message=_("There is a text for this message, channel and language already."),
            ),
            models.CheckConstraint(
                condition=~Q(channel="email") | ~Q(subject=""),
                name="messaging_template_subject",
                violation_error_message=_("An e-mail needs a subject."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.channel}, {self.language})"

    def clean(self):
        """Refuses words that would reveal something, end the texts by accident or cost more than two segments."""
        faults = lint.faults(key=self.key, channel=self.channel, language=self.language, body=self.body)
        errors = {"body": faults} if faults else {}
        if self.channel == Channel.EMAIL and (faults := lint.wording_faults(self.subject, allowed=self.key)):
            errors["subject"] = faults
        if errors:
            raise ValidationError(errors)
