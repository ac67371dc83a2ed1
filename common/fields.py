"""Model fields for values that must not lie readable in the database."""

from dataclasses import dataclass

from django.core import checks
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from common import crypto


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as it came from the database, not opened. This, never the plain text, is what `values()` returns."""

    token: str

    def __str__(self):
        return "[sealed]"

    __repr__ = __str__


class _SealedAttribute(DeferredAttribute):
    """Opens the value on first access, bound to the row it stands in."""

    def __get__(self, instance, cls=None):
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = crypto.decrypt(value.token, self.field.binding(instance))
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text sealed with AES-256-GCM and bound to `table.column|public_id`.

    Read and written through instances only: it cannot be searched, sorted or set by `update()`. Give the model a
    `BlindIndexField` beside it when equal values have to be found. The model must have a `public_id`.
    """

    description = _("Encrypted text")
    descriptor_class = _SealedAttribute

    def binding(self, instance) -> str:
        return self.binding_of(instance.public_id)

    def binding_of(self, public_id: str) -> str:
        return f"{self.model._meta.db_table}.{self.column}|{public_id}"

    def from_db_value(self, value, expression, connection):
        return Sealed(value) if value else value

    def to_python(self, value):
        return value if isinstance(value, Sealed) else super().to_python(value)

    def pre_save(self, model_instance, add):
        value = model_instance.__dict__.get(self.attname)
        if not value or isinstance(value, Sealed):
            return value
        return Sealed(crypto.encrypt(str(value), self.binding(model_instance)))

    def get_prep_value(self, value):
        if isinstance(value, Sealed):
            return value.token
        if value:
            raise FieldError(f"{self} is encrypted and bound to its row: set it on an instance and save that.")
        return value

    def get_lookup(self, lookup_name):
        if lookup_name != "isnull":
            raise FieldError(f"{self} is encrypted: use its blind index to find rows, not '{lookup_name}'.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name):
        raise FieldError(f"{self} is encrypted: it has no '{lookup_name}'.")

    def value_to_string(self, obj):
        sealed = self.pre_save(obj, add=False)
        return sealed.token if isinstance(sealed, Sealed) else ""

    def check(self, **kwargs):
        return [*super().check(**kwargs), *self._check_can_be_bound()]

    def _check_can_be_bound(self):
        names = {field.name for field in self.model._meta.get_fields()}
        if "public_id" not in names:
            yield checks.Error("An encrypted field needs a public_id on its model.", obj=self, id="common.E001")
        if self.unique or self.db_index:
            yield checks.Error("An encrypted field cannot be unique or indexed.", obj=self, id="common.E002")


class BlindIndexField(models.CharField):
    """Holds `common.crypto.blind_index(...)` of the encrypted field beside it; empty when that is empty."""

    description = _("Blind index")

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", crypto.BLIND_INDEX_LENGTH)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        kwargs.setdefault("editable", False)
        kwargs.setdefault("db_index", True)
        super().__init__(*args, **kwargs)
