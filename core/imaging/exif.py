"""What a camera wrote beside the pixels: time, position, camera, orientation.

Damaged entries are common in the field; they count as not told, never as an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

_ORIENTATION, _MAKE, _MODEL, _DATE_TIME, _EXIF_IFD, _GPS_IFD = 0x0112, 0x010F, 0x0110, 0x0132, 0x8769, 0x8825
_DATE_TIME_ORIGINAL, _OFFSET_TIME, _OFFSET_TIME_ORIGINAL = 0x9003, 0x9010, 0x9011
_LAT_REF, _LAT, _LON_REF, _LON, _GPS_TIME, _GPS_DATE = 1, 2, 3, 4, 7, 29
_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, OverflowError, SyntaxError, OSError)
_XMP_LATITUDE = re.compile(rb"drone-dji:(?:Gps)?Latitude\s*(?:=\s*[\"']|>)\s*([+-]?\d+(?:\.\d+)?)")
# Older DJI firmware spells it "GpsLongtitude".
_XMP_LONGITUDE = re.compile(rb"drone-dji:(?:Gps)?Longt?itude\s*(?:=\s*[\"']|>)\s*([+-]?\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class CameraNotes:
    """What the file tells about its making.

    Attributes:
        orientation: EXIF orientation, 1 to 8; 1 where it is missing or damaged.
        captured_at: time of capture in UTC; None where the file does not tell.
        gps: (latitude, longitude) in degrees, WGS 84, south and west negative; None where it does not tell.
        camera: make and model; None where the file does not tell.
    """

    orientation: int
    captured_at: datetime | None
    gps: tuple[float, float] | None
    camera: str | None


def read_camera_notes(picture: Image.Image) -> CameraNotes:
    """Read EXIF, and DJI's XMP where EXIF has no position.

    Args:
        picture: an opened, not necessarily decoded, Pillow picture.

    Returns:
        The notes; entries that are missing or damaged are None (orientation: 1). A capture time without
        a zone is set by the satellite clock (always UTC) where EXIF has it, and else **taken as UTC**.

    Source: Exif 3.0 (CIPA DC-008), DJI XMP namespace ``drone-dji``.
    """
    try:
        exif = picture.getexif()
        base: Mapping[int, Any] = dict(exif)
        details: Mapping[int, Any] = exif.get_ifd(_EXIF_IFD)
        position: Mapping[int, Any] = exif.get_ifd(_GPS_IFD)
    except _UNREADABLE:
        return CameraNotes(1, None, _dji_position(picture), None)
    return CameraNotes(
        orientation=_orientation(base.get(_ORIENTATION)),
        captured_at=_captured_at(base, details, position),
        gps=_exif_position(position) or _dji_position(picture),
        camera=_camera(base.get(_MAKE), base.get(_MODEL)),
    )


def _orientation(value: Any) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""


def _camera(make: Any, model: Any) -> str | None:
    make_text, model_text = _text(make), _text(model)
    if model_text.lower().startswith(make_text.lower()):
        make_text = ""
    return " ".join(part for part in (make_text, model_text) if part)[:120] or None


def _captured_at(base: Mapping[int, Any], details: Mapping[int, Any], position: Mapping[int, Any]) -> datetime | None:
    written = _text(details.get(_DATE_TIME_ORIGINAL)) or _text(base.get(_DATE_TIME))
    satellite = _satellite_time(position)
    try:
        local = datetime.strptime(written[:19], "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return satellite
    offset = _text(details.get(_OFFSET_TIME_ORIGINAL)) or _text(details.get(_OFFSET_TIME))
    try:
        return datetime.strptime(f"{local:%Y:%m:%d %H:%M:%S} {offset}", "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        # No zone. The satellite's clock tells it, unless it is stale (an old fix from another day).
        taken_as_utc = local.replace(tzinfo=UTC)
        if satellite is not None and abs(satellite - taken_as_utc) <= timedelta(hours=14, minutes=5):
            return satellite
        return taken_as_utc


def _satellite_time(position: Mapping[int, Any]) -> datetime | None:
    try:
        day = datetime.strptime(_text(position[_GPS_DATE]), "%Y:%m:%d").replace(tzinfo=UTC)
        hours, minutes, seconds = (float(part) for part in position[_GPS_TIME])
        return day + timedelta(hours=hours, minutes=minutes, seconds=int(seconds))
    except _UNREADABLE:
        return None


def _exif_position(position: Mapping[int, Any]) -> tuple[float, float] | None:
    try:
        latitude = _degrees(position[_LAT], _text(position[_LAT_REF]), "S")
        longitude = _degrees(position[_LON], _text(position[_LON_REF]), "W")
    except _UNREADABLE:
        return None
    return _plausible(latitude, longitude)


def _degrees(parts: Any, reference: str, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    size = degrees + minutes / 60 + seconds / 3600
    return -size if reference.upper().startswith(negative) else size


def _dji_position(picture: Image.Image) -> tuple[float, float] | None:
    xmp = picture.info.get("xmp", b"")
    if isinstance(xmp, str):
        xmp = xmp.encode()
    latitude, longitude = _XMP_LATITUDE.search(xmp), _XMP_LONGITUDE.search(xmp)
    if latitude is None or longitude is None:
        return None
    return _plausible(float(latitude[1]), float(longitude[1]))


def _plausible(latitude: float, longitude: float) -> tuple[float, float] | None:
    """Drop positions off the globe, and 0°N 0°E, which cameras write while they have no fix."""
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180 or (latitude == 0 and longitude == 0):
        return None
    return latitude, longitude
