"""Pixels, upright and at the scale that is needed."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from core.errors import ArrayShapeError, PhotoError
from core.imaging import decode_upright, resize_to, resize_to_long_side
from core.imaging.decode import scale_denominator
from tests.imaging.pictures import jpeg_bytes, save, scene


def _oriented(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_agrees_with_pillow(tmp_path: Path, ending: str, orientation: int) -> None:
    options = {"lossless": True} if ending == "webp" else {}
    path = save(tmp_path / f"a.{ending}", scene(61, 97), exif=_oriented(orientation), **options)
    with Image.open(path) as picture:
        expected = np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    image = decode_upright(path, "a")
    assert image.shape == ((97, 61, 3) if orientation >= 5 else (61, 97, 3))
    assert image.flags.c_contiguous
    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize(
    ("at_least_px", "long_side_px"),
    [(None, 1601), (1601, 1601), (802, 1601), (801, 801), (401, 401), (201, 201), (1, 201)],
)
def test_jpeg_is_decoded_at_the_smallest_scale_that_suffices(
    tmp_path: Path, orientation: int, at_least_px: int | None, long_side_px: int
) -> None:
    path = save(tmp_path / "a.jpg", scene(900, 1601), quality=95, exif=_oriented(orientation))
    image = decode_upright(path, "a", at_least_px=at_least_px)
    assert max(image.shape) == long_side_px
    full = decode_upright(path, "a")
    nearly = resize_to(full, *image.shape[:2])
    assert np.abs(image.astype(int) - nearly).mean() < 3


@given(long_side_px=st.integers(1, 60_000), at_least_px=st.integers(1, 8192))
def test_scale_never_goes_below_what_is_needed(long_side_px: int, at_least_px: int) -> None:
    denominator = scale_denominator(long_side_px, at_least_px)
    assert denominator == 1 or -(-long_side_px // denominator) >= at_least_px
    assert denominator == 8 or -(-long_side_px // (2 * denominator)) < at_least_px


def test_grey_cmyk_and_progressive_jpeg(tmp_path: Path) -> None:
    picture = Image.fromarray(scene())
    for name, variant, options in (
        ("grey", picture.convert("L"), {}),
        ("cmyk", picture.convert("CMYK"), {}),
        ("progressive", picture, {"progressive": True}),
    ):
        path = save(tmp_path / f"{name}.jpg", variant, quality=95, **options)
        with Image.open(path) as opened:
            expected = np.asarray(opened.convert("RGB"))
        np.testing.assert_array_equal(decode_upright(path, name), expected, err_msg=name)


def test_cmyk_jpeg_keeps_its_colours(tmp_path: Path) -> None:
    image = scene()
    path = save(tmp_path / "a.jpg", Image.fromarray(image).convert("CMYK"), quality=95)
    assert np.abs(decode_upright(path, "a").astype(int) - image).mean() < 4


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_sixteen_bit_grey_keeps_its_range(tmp_path: Path, ending: str) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (40, 1))
    path = save(tmp_path / f"a.{ending}", Image.fromarray(ramp))
    image = decode_upright(path, "a")
    assert image.shape == (40, 256, 3)
    np.testing.assert_array_equal(image[0, :, 1], np.arange(256))


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_sixteen_bit_colour_keeps_its_range(tmp_path: Path, ending: str) -> None:
    image = scene()
    path = tmp_path / f"a.{ending}"
    assert cv2.imwrite(str(path), image[:, :, ::-1].astype(np.uint16) * 257)
    np.testing.assert_array_equal(decode_upright(path, "a"), image)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "YCbCr"])
def test_colour_modes_of_tiff(tmp_path: Path, mode: str) -> None:
    picture = Image.fromarray(scene()).convert(mode)
    path = save(tmp_path / "a.tif", picture)
    np.testing.assert_array_equal(decode_upright(path, "a"), np.asarray(picture.convert("RGB")))


def test_palette_and_transparency_lie_over_white(tmp_path: Path) -> None:
    rgba = np.zeros((40, 40, 4), np.uint8)
    rgba[:, 20:] = (255, 0, 0, 255)
    image = decode_upright(save(tmp_path / "a.png", rgba), "a")
    assert tuple(image[0, 0]) == (255, 255, 255)
    assert tuple(image[0, 39]) == (255, 0, 0)
    palette = Image.fromarray(scene()).quantize(16)
    image = decode_upright(save(tmp_path / "b.png", palette), "b")
    np.testing.assert_array_equal(image, np.asarray(palette.convert("RGB")))


def test_animation_gives_its_first_picture(tmp_path: Path) -> None:
    pictures = [Image.new("RGB", (64, 48), colour) for colour in ("red", "green", "blue")]
    path = save(tmp_path / "a.webp", pictures[0], save_all=True, append_images=pictures[1:], lossless=True)
    image = decode_upright(path, "a")
    assert image.shape == (48, 64, 3)
    assert tuple(image[24, 32]) == (255, 0, 0)


def test_measurements_are_no_photo(tmp_path: Path) -> None:
    path = save(tmp_path / "a.tif", np.ones((40, 40), np.float32))
    with pytest.raises(PhotoError, match=r"a\.tif: .*32-bit measurements"):
        decode_upright(path, "a.tif")


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("at_least_px", [None, 50])
def test_jpeg_that_is_cut_off_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], progressive: bool, at_least_px: int | None
) -> None:
    data = jpeg_bytes(scene(400, 600), progressive=progressive)
    path = tmp_path / "a.jpg"
    for kept in (len(data) // 3, len(data) // 2, len(data) - 100, len(data) - 2):
        for filling in (b"", bytes(len(data) - kept)):  # a copy that broke off often leaves zeros
            path.write_bytes(data[:kept] + filling)
            with pytest.raises(PhotoError, match=r"IMG\.jpg: the file is cut off"):
                decode_upright(path, "IMG.jpg", at_least_px=at_least_px)
    assert capfd.readouterr() == ("", "")


def test_bytes_after_the_end_of_a_jpeg_do_no_harm(tmp_path: Path) -> None:
    data = jpeg_bytes(scene())
    whole, longer = tmp_path / "a.jpg", tmp_path / "b.jpg"
    whole.write_bytes(data)
    longer.write_bytes(data + os.urandom(500))
    np.testing.assert_array_equal(decode_upright(whole, "a"), decode_upright(longer, "b"))


@pytest.mark.parametrize("ending", ["png", "tif", "webp"])
def test_other_formats_that_are_cut_off_are_refused(tmp_path: Path, ending: str) -> None:
    path = save(tmp_path / f"a.{ending}", np.random.default_rng(0).integers(0, 256, (90, 90, 3), dtype=np.uint8))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PhotoError, match=r"^a\.x: "):
        decode_upright(path, "a.x")


def test_resize_averages_areas() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    image[:, 1] = image[:, 2] = 100
    np.testing.assert_array_equal(resize_to(image, 2, 2)[:, :, 0], [[50, 50], [50, 50]])


def test_resize_to_long_side_keeps_the_ratio_and_never_grows() -> None:
    assert resize_to_long_side(scene(120, 200), 100).shape == (60, 100, 3)
    assert resize_to_long_side(scene(200, 120), 100).shape == (100, 60, 3)
    assert resize_to_long_side(scene(3, 2000), 100).shape == (1, 100, 3)
    small = scene(30, 40)
    assert resize_to_long_side(small, 100) is small


def test_resize_refuses_what_is_no_image() -> None:
    with pytest.raises(ArrayShapeError, match=r"expected uint8 \(H, W, 3\), received float32 \(4, 4\)"):
        resize_to(np.zeros((4, 4), np.float32), 2, 2)  # type: ignore[arg-type]
