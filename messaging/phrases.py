from enum import StrEnum


class Intent(StrEnum):
    OTHER = "other"
