"""The stored copies."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.errors import ArrayShapeError
from core.imaging import encode_jpeg, encode_variant
from core.imaging.variants import VariantKind
from tests.imaging.pictures import scene


@pytest.mark.parametrize(("kind", "size"), [("standard", (2048, 1229)), ("thumbnail", (320, 192))])
def test_variant_has_its_long_side_and_the_same_colours(kind: VariantKind, size: tuple[int, int]) -> None:
    image = scene(1800, 3000)
    with Image.open(BytesIO(encode_variant(image, kind))) as picture:
        assert (picture.format, picture.size) == ("JPEG", size)
        expected = Image.fromarray(image).resize(size, Image.Resampling.BOX)
        assert np.abs(np.asarray(picture).astype(int) - np.asarray(expected)).mean() < 3


def test_small_photo_does_not_grow() -> None:
    with Image.open(BytesIO(encode_variant(scene(100, 150), "standard"))) as picture:
        assert picture.size == (150, 100)


def test_image_too_long_for_jpeg_is_refused() -> None:
    with pytest.raises(ArrayShapeError, match="cannot be encoded as JPEG"):
        encode_jpeg(np.zeros((1, 70_000, 3), np.uint8), 80)
