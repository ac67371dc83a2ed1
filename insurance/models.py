from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Organization
from common.fields import BlindIndexField, EncryptedTextField
from common.models import BaseModel
from common.querysets import ScopedQuerySet
from insurance.querysets import PayerQuerySet
from patients.models import Patient
from patients.querysets import PatientScopedQuerySet


class Payer(BaseModel):
    """An insurer that the organization's patients name."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="payers")
    name = models.CharField(_("name"), max_length=120)
    payer_id = models.CharField(_("payer id"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = PayerQuerySet.as_manager()

    class Meta:
        verbose_name = _("payer")
        verbose_name_plural = _("payers")
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="insurance_payer_name")]

    def __str__(self) -> str:
        return self.name


class Coverage(BaseModel):
    """What a patient told us of an insurance. Nothing here is verified with the payer."""

    class Relationship(models.TextChoices):
        SELF = "self", _("The patient")
        SPOUSE = "spouse", _("Husband, wife or partner")
        CHILD = "child", _("Parent (the patient is a child on the plan)")
        OTHER = "other", _("Somebody else")

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, null=True, blank=True, related_name="coverages")
    payer_name = models.CharField(_("insurer"), max_length=120)
    member_id = EncryptedTextField(_("member id"))
    member_id_index = BlindIndexField()
    group_number = models.CharField(_("group number"), max_length=40, blank=True)
    subscriber_relationship = models.CharField(
        _("the plan is in the name of"), max_length=8, choices=Relationship.choices, default=Relationship.SELF
    )
    subscriber_name = models.CharField(_("name on the plan"), max_length=160, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("coverage")
        verbose_name_plural = _("coverages")
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "payer_name", "member_id_index"],
                name="insurance_coverage_once",
                violation_error_message=_("This insurance is already on the record."),
            ),
        ]

    def __str__(self) -> str:
        return f"Coverage {self.public_id}"

    @property
    def masked_member_id(self) -> str:
        """The last four characters, enough to compare with a card over the phone."""
        return f"•••• {self.member_id[-4:]}"


class VisitPayment(BaseModel):
    """How one visit is paid: by a coverage or by the patient. A self-paid visit is never sent to an insurer
    (45 CFR 164.522(a)(1)(vi))."""

    class Method(models.TextChoices):
        COVERAGE = "coverage", _("Insurance")
        SELF_PAY = "self_pay", _("Paid by the patient")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=60, unique=True)
    method = models.CharField(_("paid by"), max_length=10, choices=Method.choices)
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment of a visit")
        verbose_name_plural = _("payments of visits")
        constraints = [
            models.CheckConstraint(
                condition=Q(method="coverage", coverage__isnull=False) | Q(method="self_pay", coverage=None),
                name="insurance_payment_method",
            ),
        ]

    def __str__(self) -> str:
        return f"Payment of {self.subject}"
