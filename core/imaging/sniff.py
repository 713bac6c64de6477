"""What a file is, from its first bytes; its name and ending are never trusted."""

from __future__ import annotations

from core.errors import PhotoError

HEAD_BYTES = 4096
ACCEPTED = "JPEG, PNG, TIFF or WebP"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
)
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "a GIF picture"),
    (b"BM", "a Windows bitmap"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"8BPS", "a Photoshop document"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\x00\x00\x00\x0cjP", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cJXL", "a JPEG XL picture"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"FUJIFILMCCD-RAW", "a raw camera file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"SQLite format 3", "a database"),
)
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_TEXT_BYTES = frozenset(bytes(range(0x20, 0x7F)) + b"\t\n\r\f\x1b" + bytes(range(0x80, 0x100)))


def identify(head: bytes, name: str) -> str:
    """Tell the media type of a photo from its first bytes.

    Args:
        head: the first bytes of the file; 4096 are plenty, 16 suffice for a good photo.
        name: what the person calls the file; for the message only.

    Returns:
        ``image/jpeg``, ``image/png``, ``image/tiff`` or ``image/webp``.

    Raises:
        PhotoError: the bytes are something else; the message says what they look like.
    """
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            if media_type == "image/tiff" and head[8:10] == b"CR":
                break
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    raise PhotoError(f"{name}: expected a {ACCEPTED} photo, received {_appearance(head)}; {_remedy(head)}")


def _appearance(head: bytes) -> str:
    if not head:
        return "an empty file"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _HEIF_BRANDS:
            return "a HEIC picture"
        return "an AVIF picture" if brand in (b"avif", b"avis") else "a video"
    if head[:4] in (b"II*\x00", b"MM\x00*"):
        return "a raw camera file"
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            return what
    return _text_appearance(head)


def _text_appearance(head: bytes) -> str:
    if not set(head) <= _TEXT_BYTES:
        return "bytes of an unknown kind" if any(head) else "a file of zeros (a copy that did not finish?)"
    lowered = head.lower()
    if b"<svg" in lowered:
        return "an SVG drawing"
    if b"<html" in lowered or b"<!doctype html" in lowered:
        return "a web page"
    return "text"


def _remedy(head: bytes) -> str:
    if not head or not any(head):
        return "copy it from the camera again"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "set the phone to 'most compatible' or export it as JPEG"
    return "export it as JPEG or leave it out"
