"""Why the server ends a socket. A page reads the code, so a socket is opened before it is refused."""

TOO_LARGE = 1009  # RFC 6455
NO_SEAT = 4401
NOT_THIS_VISIT = 4403
IDLE = 4408
JOINED_ELSEWHERE = 4409
OVER = 4410
TOO_FAST = 4429
