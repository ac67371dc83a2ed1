"""Calls that need no account: they ring on /phone/ of the demo, where somebody answers or lets them ring."""

from uuid import uuid4

from messaging.gateways.voice import Dialed


class LocalVoice:
    name = "local"

    def dial(self, leg) -> Dialed:
        return Dialed(f"CA{uuid4().hex}", rings=True)

    def hang_up(self, leg) -> None:
        """The demo's phones show the state of the row: nothing is left to end."""
