"""Random identifiers that may stand in a URL."""

import secrets

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PUBLIC_ID_LENGTH = 22


def new_public_id() -> str:
    """22 letters and digits, about 131 random bits (ASVS 11.5.1 asks for 128; a UUID has 122).

    Letters and digits only: a double click selects the whole id, and a spreadsheet never takes it for a formula.
    """
    number = secrets.randbelow(len(ALPHABET) ** PUBLIC_ID_LENGTH)
    letters = []
    for _ in range(PUBLIC_ID_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)
