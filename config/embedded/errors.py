"""The one error of this package."""


class ServerError(Exception):
    """A server cannot run. The text is one line for the person at the keyboard and says what to do."""
