"""Hostile and honest files meet the pipeline."""

import io
import random
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from documents.content import MAX_BYTES, UploadRefused, clean


def picture(size=(60, 40), kind="PNG", **options) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, kind, **options)
    return target.getvalue()


def upload(data: bytes, name="card.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_are_written_anew_as_jpeg(kind):
    cleaned = clean(upload(picture(kind=kind)))
    assert cleaned.content_type == "image/jpeg"
    assert Image.open(io.BytesIO(cleaned.data)).size == (60, 40)


def test_position_and_tail_are_dropped():
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    hidden = b"<script>alert(1)</script>"
    cleaned = clean(upload(picture(kind="JPEG", exif=exif) + hidden))
    assert b"taken at home" not in cleaned.data and hidden not in cleaned.data
    assert not dict(Image.open(io.BytesIO(cleaned.data)).getexif())


def test_a_large_photo_is_scaled_to_its_longest_side():
    cleaned = clean(upload(picture((4000, 3000), "JPEG")))
    assert max(Image.open(io.BytesIO(cleaned.data)).size) == 2400


def test_a_passive_pdf_is_kept_as_it_is():
    data = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF"
    assert clean(upload(data)).data == data


@pytest.mark.parametrize("word", ["/JavaScript", "/Launch", "/OpenAction", "/EmbeddedFile", "/AA"])
def test_an_active_pdf_is_refused(word):
    with pytest.raises(UploadRefused):
        clean(upload(f"%PDF-1.7\n1 0 obj << {word} 2 0 R >> endobj".encode()))


@pytest.mark.parametrize(
    "spelled",
    ["/J#61vaScript ", "/#4a#53(", "/Ope#6EAction[", "/A#41<<", "/JS%comment\n(", "/L#61unch\0", "/EmbeddedFiles "],
)
def test_a_name_spelled_otherwise_is_found(spelled):
    with pytest.raises(UploadRefused, match="program"):
        clean(upload(b"%PDF-1.7\n1 0 obj << " + spelled.encode() + b"2 0 R >> endobj"))


def object_stream(inside: bytes, *, extra: bytes = b"", filters: bytes = b"/FlateDecode", pack=zlib.compress) -> bytes:
    head = b"%PDF-1.7\n4 0 obj << /Type /ObjStm /N 1 /First 4 /Filter " + filters + extra + b" /Length 99 >>\n"
    return head + b"stream\r\n" + pack(b"5 0 " + inside) + b"\nendstream endobj\n%%EOF"


def test_what_a_compressed_object_does_is_found_and_passive_ones_are_kept():
    passive = object_stream(b"<< /Type /Catalog /Pages 1 0 R >>")
    assert clean(upload(passive)).data == passive
    with pytest.raises(UploadRefused, match="program"):
        clean(upload(object_stream(b"<< /OpenAction << /S /J#61vaScript /JS (app.alert(1)) >> >>")))


@pytest.mark.parametrize(
    "between", [b" /X (stream )", b" %stream\n", b" /Xstream 1", b" /X << /Y (endstream stream ) >>"]
)
def test_a_word_in_the_dictionary_hides_no_object(between):
    with pytest.raises(UploadRefused, match="program"):
        clean(upload(object_stream(b"<< /OpenAction << /S /JavaScript >> >>", filters=between + b" /FlateDecode")))


@pytest.mark.parametrize(
    "data",
    [
        object_stream(b"<< >>", filters=b"/ASCIIHexDecode", pack=lambda data: data.hex().encode()),
        object_stream(
            b"<< >>", extra=b" /DecodeParms << /Predictor 12 >>", pack=lambda data: zlib.compress(b"\2" + data)
        ),
        object_stream(b"<< >>", extra=b" /X (1 0 obj)", pack=lambda data: b"not deflated"),
        object_stream(b"\0" * (51 * 1024 * 1024)),
        object_stream(b"<< >>", pack=lambda data: zlib.compress(data)[:-5]).replace(b"\nendstream endobj\n%%EOF", b""),
        object_stream(b"<< >>") * 1001,
        b"%PDF-1.7\n" + b"stream\n" * 20_002,
        b"%PDF-1.7\ntrailer << /Root 1 0 R /Encrypt 9 0 R >>",
    ],
    ids=["hex", "predictor", "damaged", "bomb", "cut off", "swarm", "words", "encrypted"],
)
def test_what_cannot_be_looked_into_is_refused(data):
    with pytest.raises(UploadRefused, match="protected or packed"):
        clean(upload(data))


def test_a_long_object_stream_is_read_to_its_end_and_what_follows_is_not_touched(monkeypatch):
    """The cost of a stream is its own length: a crowd of them in a large file would else be read for minutes."""
    handed, real = [], zlib.decompressobj

    class Counting:
        def __init__(self):
            self.inflater = real()

        def __getattr__(self, name):
            return getattr(self.inflater, name)

        def decompress(self, piece, most):
            handed.append(len(piece))
            return self.inflater.decompress(piece, most)

    noise = random.Random(3).randbytes(300_000)
    data = object_stream(noise, pack=lambda inside: zlib.compress(inside, 0)) * 5
    monkeypatch.setattr(zlib, "decompressobj", Counting)
    assert clean(upload(data)).data == data
    assert sum(handed) < len(data) * 1.5


def test_noise_in_a_picture_is_no_program():
    body = b"x/JSx/AAyes" * 1000
    data = b"%PDF-1.7\n1 0 obj << /Subtype /Image /Filter /DCTDecode >>\nstream\n" + body + b"\nendstream\n%%EOF"
    assert clean(upload(data)).data == data


def bomb(width: int, height: int) -> bytes:
    """A PNG header that claims huge dimensions."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"GIF89a" + b"\0" * 40,
        picture()[:40],
        bomb(30_000, 30_000),
        bomb(9_000, 9_000),
        random.Random(3).randbytes(5_000),
        b"x" * (MAX_BYTES + 1),
    ],
    ids=["empty", "program", "svg", "gif", "cut off", "bomb", "large", "noise", "over 10 MB"],
)
def test_anything_else_is_refused_in_plain_words(data):
    with pytest.raises(UploadRefused) as refused:
        clean(upload(data))
    assert str(refused.value.args[0]).endswith(".")
