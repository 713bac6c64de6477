"""What a photo file tells without a pixel being decoded."""

import hashlib
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, TiffImagePlugin

from core.errors import PhotoError
from core.imaging import describe
from tests.imaging.pictures import bomb_png, save, scene

MAX_PIXELS = 300_000_000


def _exif(**entries: object) -> Image.Exif:
    """EXIF with entries by name: base tags, ``exif_…`` details and ``gps_…`` positions."""
    base = {"orientation": 0x0112, "make": 0x010F, "model": 0x0110}
    details = {"time": 0x9003, "offset": 0x9011}
    gps = {"lat_ref": 1, "lat": 2, "lon_ref": 3, "lon": 4, "clock": 7, "day": 29}
    exif = Image.Exif()
    for name, value in entries.items():
        if name in base:
            exif[base[name]] = value
        elif name in details:
            exif.get_ifd(0x8769)[details[name]] = value
        else:
            exif.get_ifd(0x8825)[gps[name]] = value
    return exif


def test_hash_size_time_position_and_camera(tmp_path: Path) -> None:
    exif = _exif(
        make="DJI",
        model="FC6310",
        time="2023:04:08 16:06:37",
        offset="+02:00",
        lat_ref="N",
        lat=(59.0, 54.0, 36.0),
        lon_ref="W",
        lon=(10.0, 30.0, 0.0),
    )
    path = save(tmp_path / "a.jpg", scene(120, 200), exif=exif)
    photo = describe(path, "mast 7.jpg", MAX_PIXELS)
    assert photo.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (photo.name, photo.media_type, photo.byte_count) == ("mast 7.jpg", "image/jpeg", path.stat().st_size)
    assert (photo.width_px, photo.height_px) == (200, 120)
    assert photo.captured_at == datetime(2023, 4, 8, 14, 6, 37, tzinfo=UTC)
    assert photo.gps == pytest.approx((59.91, -10.5))
    assert photo.camera == "DJI FC6310"


@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_size_is_upright_in_every_format(tmp_path: Path, ending: str, orientation: int) -> None:
    path = save(tmp_path / f"a.{ending}", scene(120, 200), exif=_exif(orientation=orientation))
    photo = describe(path, "a", MAX_PIXELS)
    assert (photo.width_px, photo.height_px) == ((120, 200) if orientation >= 5 else (200, 120))


def test_time_without_zone_is_taken_as_utc(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scene(), exif=_exif(time="2023:04:08 16:06:37"))
    assert describe(path, "a", MAX_PIXELS).captured_at == datetime(2023, 4, 8, 16, 6, 37, tzinfo=UTC)


def test_satellite_clock_tells_the_zone_unless_it_is_stale(tmp_path: Path) -> None:
    clock = (14.0, 6.0, 35.0)
    fresh = save(tmp_path / "a.jpg", scene(), exif=_exif(time="2023:04:08 16:06:37", day="2023:04:08", clock=clock))
    stale = save(tmp_path / "b.jpg", scene(), exif=_exif(time="2023:04:08 16:06:37", day="2023:04:01", clock=clock))
    assert describe(fresh, "a", MAX_PIXELS).captured_at == datetime(2023, 4, 8, 14, 6, 35, tzinfo=UTC)
    assert describe(stale, "b", MAX_PIXELS).captured_at == datetime(2023, 4, 8, 16, 6, 37, tzinfo=UTC)


@pytest.mark.parametrize("key", ["GpsLongitude", "GpsLongtitude", "Longitude"])
def test_dji_position_where_exif_has_none(tmp_path: Path, key: str) -> None:
    latitude = "Latitude" if key == "Longitude" else "GpsLatitude"
    xmp = f'<rdf:Description drone-dji:{latitude}="+59.9138" drone-dji:{key}="-10.7522"/>'.encode()
    path = save(tmp_path / "a.jpg", scene(), xmp=xmp)
    assert describe(path, "a", MAX_PIXELS).gps == (59.9138, -10.7522)


@pytest.mark.parametrize(("lat", "lon"), [((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), ((95.0, 0.0, 0.0), (1.0, 0.0, 0.0))])
def test_positions_of_a_camera_without_a_fix_are_dropped(tmp_path: Path, lat: object, lon: object) -> None:
    path = save(tmp_path / "a.jpg", scene(), exif=_exif(lat_ref="N", lat=lat, lon_ref="E", lon=lon))
    assert describe(path, "a", MAX_PIXELS).gps is None


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damaged_notes_count_as_not_told(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scene(), exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff\x01\x12garbage")
    photo = describe(path, "a", MAX_PIXELS)
    assert (photo.captured_at, photo.gps, photo.camera, photo.width_px) == (None, None, None, 200)


def test_bomb_is_refused_from_its_header(tmp_path: Path) -> None:
    path = bomb_png(tmp_path / "bomb.png")
    tracemalloc.start()
    try:
        with pytest.raises(
            PhotoError, match=r"bomb\.png: expected at most 300 megapixels, received 30,000 × 30,000 px"
        ):
            describe(path, "bomb.png", MAX_PIXELS)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 5e6  # decoded, it is 2.7 GB


def test_tiny_photo_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", scene(32, 32)[:1, :1])
    with pytest.raises(PhotoError, match=r"dot\.png: expected at least 32 × 32 px, received 1 × 1 px"):
        describe(path, "dot.png", MAX_PIXELS)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp"])
def test_header_that_is_cut_off_is_refused(tmp_path: Path, ending: str) -> None:
    path = save(tmp_path / f"a.{ending}", scene())
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(PhotoError, match=r"a\.x: "):
        describe(path, "a.x", MAX_PIXELS)


def test_raw_negative_is_refused(tmp_path: Path) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[50706] = b"\x01\x04\x00\x00"
    tags.tagtype[50706] = 1
    path = save(tmp_path / "a.tif", Image.fromarray(scene()), tiffinfo=tags)
    with pytest.raises(PhotoError, match="raw negative"):
        describe(path, "DJI_1.DNG", MAX_PIXELS)


def test_known_hash_is_not_computed_again(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", scene())
    assert describe(path, "a", MAX_PIXELS, sha256="0" * 64).sha256 == "0" * 64
