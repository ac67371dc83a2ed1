"""Why a message cannot be written, or a call not made."""

from django.utils.translation import gettext_lazy as _


class NoNumberError(Exception):
    """The patient has no mobile number on record."""


class AlreadyOnThePhone(Exception):
    """Both are being called, or talk already."""

    def __str__(self) -> str:
        return str(_("A call about this visit is under way already."))
