"""What a browser's messages may hold. Nothing else of them is passed on."""

import json

from telehealth.states import RANK

_LONGEST_ID = 22
_SIGNAL = {"epoch": int, "description": dict, "candidates": list, "need_reset": bool, "need_restart": bool}
_MEDIA = ("camera", "mic", "screen")


def read(text: str | None) -> dict | None:
    """The message, if it is one: an object with a type."""
    try:
        message = json.loads(text or "")
    except ValueError:
        return None
    known = isinstance(message, dict) and isinstance(message.get("type"), str)
    return message if known else None


def signal_of(message: dict) -> dict | None:
    """The parts of a signal, their insides unread; None without a receiver and an epoch."""
    kept = {name: message[name] for name, kind in _SIGNAL.items() if isinstance(message.get(name), kind)}
    receiver = message.get("to")
    if "epoch" not in kept or not isinstance(receiver, str) or len(receiver) > _LONGEST_ID:
        return None
    return kept | {"to": receiver}


def media_of(message: dict) -> dict:
    """Whether camera, microphone and screen are on."""
    return {name: message.get(name) is True for name in _MEDIA}


def connected_of(message: dict) -> list[str]:
    """Whom the browser says it exchanges sound with."""
    found = message.get("connected")
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def offers_to(my_role: str, my_id: str, their_role: str, their_id: str) -> bool:
    """Whether I make the offer: the higher rank does, among equals the lower public id. Never both."""
    if RANK[my_role] != RANK[their_role]:
        return RANK[my_role] > RANK[their_role]
    return my_id < their_id
