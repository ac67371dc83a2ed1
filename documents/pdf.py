"""Whether a PDF only shows pages. No reader of the format: a search for what every attack needs, however it is spelled.

Names are found behind their `#xx` escapes and inside compressed object streams, the two places where a plain search is
blind. What can't be looked into is not passive.
"""

import re
import zlib
from collections.abc import Iterator

# What a PDF needs none of to be read, and every attack needs one of. A name ends at white space or a delimiter
# (ISO 32000-1, 7.2.2); asking for that end keeps noise in pictures from looking like a name.
_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|OpenAction|AA|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)"
    rb"(?=[\0\t\n\f\r ()<>\[\]{}/%]|$)"
)
_ENCRYPTED = re.compile(rb"/Encrypt(?=[\0\t\n\f\r <%\d])")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream[\0\t\n\f\r ]*")
_HOLDS_OBJECTS = (b"/First", b"/N")  # the keys that every object stream must have (7.5.7)
_MOST_INFLATED = 50 * 1024 * 1024
_MOST_STREAMS = 1000  # writers pack a hundred objects or more into each; ten megabytes of pages need far fewer
_PIECE = 64 * 1024


class CannotLookInside(Exception):
    """Part of the file is encrypted or packed in a way that hides what it does."""


def is_passive(data: bytes) -> bool:
    """False for a PDF that carries a program, a form that sends itself, or another file. Raises CannotLookInside."""
    if _ENCRYPTED.search(_spelled_out(data)):
        raise CannotLookInside
    return not any(_ACTIVE.search(_spelled_out(part)) for part in (data, *_packed_objects(data)))


def _spelled_out(data: bytes) -> bytes:
    """`/J#61vaScript` is `/JavaScript` to a reader."""
    return _ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), data)


def _packed_objects(data: bytes) -> Iterator[bytes]:
    """The clear bytes of every stream that may hold objects.

    Its dictionary lies somewhere since the stream before; where it begins, only a reader of the whole format could say.
    Streams never share bytes in an honest file, so together they take no more than its length.
    """
    end = room = streams = taken = 0
    for start in _STREAM.finditer(data):
        dictionary = _spelled_out(data[end : start.start()])
        end = start.end()
        if b"/Filter" in dictionary and all(key in dictionary for key in _HOLDS_OBJECTS):
            streams += 1
            if streams > _MOST_STREAMS or b"/Predictor" in dictionary:  # the latter shuffles the clear bytes once more
                raise CannotLookInside
            inflated, length = _inflated(memoryview(data)[end:], len(data) - taken, _MOST_INFLATED - room)
            room += len(inflated)
            taken += length
            yield inflated


def _inflated(data: memoryview, most_taken: int, most: int) -> tuple[bytes, int]:
    """The stream that `data` begins with, and its packed length: read piece by piece, whatever follows it."""
    inflater = zlib.decompressobj()
    clear, taken = bytearray(), 0
    while not inflater.eof:
        piece = data[taken : taken + _PIECE]
        if not piece or taken > most_taken or len(clear) >= most:  # cut off, shared, or too large
            raise CannotLookInside
        try:
            clear += inflater.decompress(piece, most - len(clear))
        except zlib.error:
            raise CannotLookInside from None
        taken += len(piece) - len(inflater.unused_data) - len(inflater.unconsumed_tail)
    return bytes(clear), taken
