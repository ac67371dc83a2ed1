"""The socket of a visit's room."""

from telehealth.consumers.room import RoomConsumer

__all__ = ["RoomConsumer"]
