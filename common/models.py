"""What every row of ours has."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.ids import PUBLIC_ID_LENGTH, new_public_id


class PublicIdField(models.CharField):
    """The random id a row shows to the outside; the sequential primary key never leaves the server."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("verbose_name", _("public id"))
        kwargs.setdefault("max_length", PUBLIC_ID_LENGTH)
        kwargs.setdefault("default", new_public_id)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class BaseModel(models.Model):
    public_id = PublicIdField()
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        abstract = True
