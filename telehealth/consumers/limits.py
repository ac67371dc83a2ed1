"""What one socket may send."""

from collections import deque

LARGEST_MESSAGE = 16 * 1024  # bytes; an offer of one picture and one sound has about 6,000
PER_SECOND = 20


class Pace:
    """Counts the messages of the last second; `now` is any clock in seconds."""

    def __init__(self):
        self.times: deque[float] = deque(maxlen=PER_SECOND)

    def allows(self, now: float) -> bool:
        """Count one message; False when it is one too many."""
        full = len(self.times) == PER_SECOND and now - self.times[0] < 1
        self.times.append(now)
        return not full
