"""Tiles for the detector and for the viewer."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import ConfigError, NotFoundError
from core.imaging import level_count, tile_origins, viewer_tile
from core.imaging.tiles import TilePyramid, decode_level
from tests.imaging.pictures import save, scene


def test_tiles_by_hand() -> None:
    assert tile_origins(100, 100, 100, 20) == ((0, 0),)
    assert tile_origins(80, 60, 100, 20) == ((0, 0),)
    assert tile_origins(100, 180, 100, 20) == ((0, 0), (80, 0))
    assert tile_origins(150, 180, 100, 20) == ((0, 0), (80, 0), (0, 50), (80, 50))


@given(height_px=st.integers(1, 300), width_px=st.integers(1, 300), tile_px=st.integers(1, 120), data=st.data())
def test_tiles_cover_and_overlap(height_px: int, width_px: int, tile_px: int, data: st.DataObject) -> None:
    overlap_px = data.draw(st.integers(max(0, tile_px - 60), tile_px - 1)) if tile_px > 40 else 0
    covered = np.zeros((height_px, width_px), bool)
    origins = tile_origins(height_px, width_px, tile_px, overlap_px)
    for x, y in origins:
        assert 0 <= x <= max(0, width_px - tile_px)
        assert 0 <= y <= max(0, height_px - tile_px)
        covered[y : y + tile_px, x : x + tile_px] = True
    assert covered.all()
    columns = sorted({x for x, _ in origins})
    assert all(left + tile_px - right >= overlap_px for left, right in itertools.pairwise(columns))


@pytest.mark.parametrize("sizes", [(0, 5, 5, 0), (5, 5, 0, 0), (5, 5, 5, 5), (5, 5, 5, -1)])
def test_impossible_tiles_are_refused(sizes: tuple[int, int, int, int]) -> None:
    with pytest.raises(ConfigError, match="tiles: expected"):
        tile_origins(*sizes)


def test_level_count() -> None:
    assert [level_count(1, side) for side in (1, 512, 513, 1024, 1025, 6000)] == [1, 1, 2, 2, 3, 5]


@pytest.mark.parametrize("ending", ["jpg", "png"])
@pytest.mark.parametrize("level", range(6))
def test_levels_halve_and_show_the_same(tmp_path: Path, ending: str, level: int) -> None:
    image = scene(601, 999)
    path = save(tmp_path / f"a.{ending}", image)
    level_image = decode_level(path, "a", level)
    assert level_image.shape == (-(-601 // 2**level), -(-999 // 2**level), 3)
    expected = Image.fromarray(image).resize(level_image.shape[1::-1], Image.Resampling.BOX)
    assert np.abs(level_image.astype(int) - np.asarray(expected)).mean() < 3


def test_viewer_tiles_are_pieces_of_the_upright_photo(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = scene(300, 700)
    path = save(tmp_path / "a.jpg", image, quality=95, exif=exif)
    upright = np.rot90(image, -1)
    for column, row, shape in ((0, 0, (512, 300, 3)), (0, 1, (188, 300, 3))):
        with Image.open(BytesIO(viewer_tile(path, "a", 0, column, row))) as tile:
            pixels = np.asarray(tile).astype(int)
        assert pixels.shape == shape
        assert np.abs(pixels - upright[row * 512 :, column * 512 :][: shape[0]]).mean() < 4


def test_tiles_outside_are_not_found(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scene(300, 700))
    for level, column, row in ((0, 2, 0), (0, 0, 1), (1, 1, 0), (-1, 0, 0), (0, -1, 0), (40, 0, 0)):
        with pytest.raises(NotFoundError, match=r"^a\.jpg: no tile"):
            viewer_tile(path, "a.jpg", level, column, row)


def test_pyramid_decodes_a_level_once_and_forgets_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [save(tmp_path / f"{name}.jpg", scene(600, 600, seed)) for seed, name in enumerate("abc")]
    decoded: list[str] = []

    def counting(path: Path, name: str, level: int) -> object:
        decoded.append(name)
        return decode_level(path, name, level)

    monkeypatch.setattr("core.imaging.tiles.decode_level", counting)
    pyramid = TilePyramid(cache_bytes=2 * 600 * 600 * 3)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda place: pyramid.tile(paths[0], "a", 0, *place), [(0, 0), (1, 0), (0, 1), (1, 1)] * 4))
    assert decoded == ["a"]
    for path, name in ((paths[1], "b"), (paths[2], "c"), (paths[1], "b"), (paths[0], "a")):
        pyramid.tile(path, name, 0, 0, 0)
    assert decoded == ["a", "b", "c", "a"]
