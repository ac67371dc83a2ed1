"""Why a step of a visit session was refused. The texts are for people and hold nothing about a person."""

from django.utils.translation import gettext_lazy as _


class RoomError(Exception):
    """A refusal with a message for people."""

    message = _("This is not possible.")

    def __str__(self) -> str:
        return str(self.message)


class StepRefused(RoomError):
    """The session's state does not allow this event."""

    message = _("The visit has changed in the meantime, so this is no longer possible.")

    def __init__(self, event: str, state: str):
        super().__init__()
        self.event = event
        self.state = state


class RoomClosed(RoomError):
    """Nobody may come in now: too early, over, or the visit is not held here."""

    message = _("The waiting room is not open.")


class NotLicensedThere(RoomError):
    """The provider may not see a patient who is in this state today."""

    message = _("Your provider is not licensed in the state where you are now.")


class InterpreterMissing(RoomError):
    """The visit needs an interpreter who has not come. Staff may admit all the same, and say why."""

    message = _("The interpreter is not here yet.")


class NotCheckedIn(RoomError):
    """Nobody is admitted before they said where they are and agreed to be seen by video."""

    message = _("The patient has not checked in yet.")
