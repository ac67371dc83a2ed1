"""Every write of messaging that other apps may ask for."""

from messaging.actions.outgoing import cancel_planned, queue, queue_all
from messaging.actions.templates import install_defaults

__all__ = ["cancel_planned", "install_defaults", "queue", "queue_all"]
