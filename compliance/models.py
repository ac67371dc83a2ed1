"""What the compliance app lets others read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.querysets import AuditEventQuerySet


class AuditEvent(models.Model):
    """One row of the audit trail. Django reads the table; only `compliance.audit.record` writes it.

    The table, its triggers and grants are made by hand in the migration: its owner is not the portal's role.
    """

    class Outcome(models.TextChoices):
        OK = "ok", _("Done")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(_("when"))
    actor_id = models.TextField(_("user id"))
    actor_label = models.TextField(_("who"))
    role = models.TextField(_("role"))
    clinic_id = models.TextField(_("clinic id"))
    patient_id = models.TextField(_("patient id"))
    patient_ids = ArrayField(models.TextField(), verbose_name=_("patients shown"))
    action = models.TextField(_("action"))
    subject = models.TextField(_("about"))
    outcome = models.TextField(_("outcome"), choices=Outcome.choices)
    purpose = models.TextField(_("purpose"))
    detail = models.JSONField(_("detail"))
    ip = models.GenericIPAddressField(_("address"), null=True)
    request_id = models.TextField(_("request"))
    row_hash = models.BinaryField(_("row hash"))

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = '"audit"."event"'
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"


class CspReportCount(models.Model):
    """How often browsers refused something under a directive on one day. Counts only: reports can carry addresses."""

    on_date = models.DateField(_("day"))
    directive = models.CharField(_("directive"), max_length=40)
    count = models.PositiveIntegerField(_("reports"), default=0)

    class Meta:
        verbose_name = _("CSP report count")
        verbose_name_plural = _("CSP report counts")
        constraints = [models.UniqueConstraint(fields=["on_date", "directive"], name="compliance_csp_once_a_day")]

    def __str__(self) -> str:
        return f"{self.on_date} {self.directive}: {self.count}"
