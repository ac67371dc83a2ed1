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
_OBJECTS = re.compile(
    rb"\s*\d+\s+\d+\s"
)  # an object stream begins with numbers: which object, and where it lies (7.5.7)
_OBJECT_STREAM = b"/ObjStm"
_MOST_INFLATED = 50 * 1024 * 1024
_MOST_STREAMS = 1000  # writers pack a hundred objects or more into each; ten megabytes of pages need far fewer
_MOST_WORDS = 20_000  # each begins a look
_PIECE = 64 * 1024
_BEGINNING, _PIECE_OF_BEGINNING = 64, 1024


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
    """The clear bytes of every stream that holds objects.

    Known by what it holds: where its dictionary begins, only a reader of the whole format could say. One that says to
    hold objects and could not be read hides them. Streams never share bytes in an honest file, so together they take
    no more than its length.
    """
    room = streams = taken = 0
    view = memoryview(data)
    for number, start in enumerate(_STREAM.finditer(data)):
        if number > _MOST_WORDS:
            raise CannotLookInside
        if not _OBJECTS.match(_beginning(view[start.end() :])):
            continue
        streams += 1
        if streams > _MOST_STREAMS:
            raise CannotLookInside
        inflated, length = _inflated(view[start.end() :], len(data) - taken, _MOST_INFLATED - room)
        room += len(inflated)
        taken += length
        yield inflated
    if _spelled_out(data).count(_OBJECT_STREAM) > streams:
        raise CannotLookInside


def _beginning(data: memoryview) -> bytes:
    """The first clear bytes; none where nothing is packed, or otherwise than every writer packs objects."""
    try:
        return zlib.decompressobj().decompress(data[:_PIECE_OF_BEGINNING], _BEGINNING)
    except zlib.error:
        return b""


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
