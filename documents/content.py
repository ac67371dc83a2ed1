"""What an uploaded file really is. Nothing of the sender's words (name, declared type) is believed."""

import io
import warnings
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from documents import pdf

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2400
JPEG_QUALITY = 85
IMAGE_FORMATS = ["JPEG", "PNG", "WEBP"]


class UploadRefused(Exception):
    """The file is not taken; the text tells the sender why and what to do."""


@dataclass(frozen=True)
class CleanFile:
    """Bytes that are safe to keep, and the type that they are."""

    content_type: str
    data: bytes


def clean(upload: UploadedFile) -> CleanFile:
    """The upload as a re-encoded picture or a passive PDF of at most 10 MiB; UploadRefused with plain words otherwise.

    Pictures are always written anew, longest side 2,400 pixels: that drops positions, thumbnails and anything hidden
    behind the picture's end.
    """
    if upload.size > MAX_BYTES:
        raise UploadRefused(_("The file is larger than 10 MB. Take the picture again with less detail."))
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES or not data:
        raise UploadRefused(_("The file is empty or larger than 10 MB."))
    if data.startswith(b"%PDF-"):
        return _clean_pdf(data)
    return _clean_picture(data)


def _clean_pdf(data: bytes) -> CleanFile:
    try:
        passive = pdf.is_passive(data)
    except pdf.CannotLookInside:
        raise UploadRefused(
            _("This PDF is protected or packed unusually. Print it to a new PDF, or send a picture.")
        ) from None
    if not passive:
        raise UploadRefused(_("This PDF carries a program. Print it to a new PDF, or send a picture of it."))
    return CleanFile("application/pdf", data)


def _clean_picture(data: bytes) -> CleanFile:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=IMAGE_FORMATS) as picture:
                return CleanFile("image/jpeg", _rewritten(picture))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombWarning):
        raise UploadRefused(_("We can't read this file. Send a JPEG, PNG or WebP picture, or a PDF.")) from None
    except Image.DecompressionBombError:
        raise UploadRefused(_("The picture has too many pixels. Take it again with less detail.")) from None


def _rewritten(picture: Image.Image) -> bytes:
    if picture.width * picture.height > MAX_PIXELS:  # known from the header, before anything is decoded
        raise UploadRefused(_("The picture has too many pixels. Take it again with less detail."))
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # lets libjpeg decode a large photo at a smaller scale
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    target = io.BytesIO()
    upright.save(target, "JPEG", quality=JPEG_QUALITY)
    return target.getvalue()
