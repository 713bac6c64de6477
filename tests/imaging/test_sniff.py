"""What a file is, told from its bytes."""

from io import BytesIO

import pytest
from PIL import Image

from core.errors import PhotoError
from core.imaging import identify


@pytest.mark.parametrize(
    ("pillow_format", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("TIFF", "image/tiff"), ("WEBP", "image/webp")],
)
def test_accepted_formats_are_told_by_their_bytes(pillow_format: str, media_type: str) -> None:
    buffer = BytesIO()
    Image.new("RGB", (40, 40)).save(buffer, pillow_format)
    assert identify(buffer.getvalue()[:64], "misleading.txt") == media_type


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"", "an empty file"),
        (b"hello world, no picture", "text"),
        ("måling på tre".encode(), "text"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"GIF89a" + bytes(20), "a GIF picture"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(20), "a HEIC picture"),
        (b"\x00\x00\x00\x18ftypavif" + bytes(20), "an AVIF picture"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(20), "a video"),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "a raw camera file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PK\x03\x04" + bytes(20), "a ZIP archive"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "bytes of an unknown kind"),
        (bytes(100), "a file of zeros"),
    ],
)
def test_other_files_are_refused_with_what_they_are(head: bytes, what: str) -> None:
    with pytest.raises(PhotoError) as refusal:
        identify(head, "IMG_1.jpg")
    message = str(refusal.value)
    assert message.startswith("IMG_1.jpg: ")
    assert what in message
    assert "JPEG, PNG, TIFF or WebP" in message
