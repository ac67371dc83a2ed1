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
