"""Why a message cannot be written."""


class NoNumberError(Exception):
    """The patient has no mobile number on record."""
