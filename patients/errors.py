"""Why something about a patient is refused. Texts are for people and never name a patient."""

from django.utils.translation import gettext_lazy as _


class PossibleDuplicate(Exception):
    """The person may be on record already. `patients` are the records to look at first."""

    def __init__(self, patients: list):
        super().__init__("This person may be on record already.")
        self.patients = patients


class MergeRefused(Exception):
    """Two records can't be merged, or a merge can't be undone. `message` says why."""

    def __init__(self, message):
        super().__init__(str(message))
        self.message = message


class LinkProblem(Exception):
    """A link does not open anything now. `link` is its row, None when there is none."""

    def __init__(self, link=None):
        super().__init__(type(self).__name__)
        self.link = link


class LinkUnknown(LinkProblem):
    """No link has this token, or it serves another purpose."""


class LinkExpired(LinkProblem):
    """The link's time is over."""


class LinkRevoked(LinkProblem):
    """The link was taken back."""


class ChallengeFailed(Exception):
    """A texted code was not accepted. `code` is wrong, expired or too_many; `message` is for the person."""

    MESSAGES = {
        "wrong": _("This code is not right. Check the text message and try again."),
        "expired": _("This code is too old. Ask for a new one."),
        "too_many": _("That was one try too many. Ask for a new code."),
    }

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code
        self.message = self.MESSAGES[code]
