"""Every write of messaging that other apps may ask for."""

from messaging.actions.ahead import release_keys, retime, reword_later, withdraw
from messaging.actions.answers import answer, escalate
from messaging.actions.calls import connect_by_phone, hang_up
from messaging.actions.inbox import (
    assign_conversation,
    close_conversation,
    mark_read,
    reopen_conversation,
    send_free_text,
    snooze_conversation,
)
from messaging.actions.incoming import handle_left_over, receive
from messaging.actions.outgoing import cancel_planned, queue, queue_all
from messaging.actions.templates import install_defaults
from messaging.actions.upkeep import settle_left_over

__all__ = [
    "answer",
    "assign_conversation",
    "cancel_planned",
    "close_conversation",
    "connect_by_phone",
    "escalate",
    "handle_left_over",
    "hang_up",
    "install_defaults",
    "mark_read",
    "queue",
    "queue_all",
    "receive",
    "release_keys",
    "reopen_conversation",
    "retime",
    "reword_later",
    "send_free_text",
    "settle_left_over",
    "snooze_conversation",
    "withdraw",
]
