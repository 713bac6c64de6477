"""A detector whose network is "a white cell is a cap": boxes are known to the pixel."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelError
from core.runtime.detection import Detector
from core.runtime.model_config import InputConfig
from core.types import FloatImage, UInt8Image
from tests.runtime.toys import ToySession, toy_folder

TILE_PX, STRIDE_PX, OVERLAP_PX = 64, 8, 16
LABELS = ("whole top cap", "whole missing top cap")


def see_white(input_nhwc: FloatImage) -> FloatImage:
    """Label 0 where the cell's red is full, label 1 where its blue is; boxes of one cell and a half."""
    cells = input_nhwc[:, STRIDE_PX // 2 :: STRIDE_PX, STRIDE_PX // 2 :: STRIDE_PX]
    answer = np.full((1, *cells.shape[1:3], 6), 0.75, np.float32)
    answer[..., 0], answer[..., 1] = cells[..., 0] * 4, cells[..., 2] * 3
    return answer


def detector(tmp_path: Path, long_side_px: int) -> tuple[Detector, ToySession]:
    arrays = {"head_kernel": np.zeros((3, 2)), "head_bias": np.zeros(2)}
    folder = toy_folder(
        tmp_path,
        arrays,
        family="detection",
        labels=LABELS,
        stride_px=STRIDE_PX,
        input=InputConfig(TILE_PX, TILE_PX, "tiles", long_side_px, OVERLAP_PX),
    )
    session = ToySession(see_white, np.zeros((1, 8, 8, 3), np.float32))
    session.output_shapes = ((1, 8, 8, 6), (1, 8, 8, 3))
    return Detector(folder, session), session  # type: ignore[arg-type]


def photo_with_cells(height_px: int, width_px: int, cells: list[tuple[int, int]], channel: int = 0) -> UInt8Image:
    photo = np.zeros((height_px, width_px, 3), np.uint8)
    for row, column in cells:
        photo[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8, channel] = 255
    return photo


def test_one_tile_gives_the_box_around_the_cell(tmp_path: Path) -> None:
    model, session = detector(tmp_path, long_side_px=64)
    prediction = model.predict("a" * 64, photo_with_cells(64, 64, [(2, 5)]), (64, 64))
    assert len(session.inputs) == 1
    (finding,) = prediction.findings
    assert (finding.kind, finding.label) == ("box", LABELS[0])
    # Centre (44, 20), three quarters of a stride to each side.
    assert finding.box_xyxy_px == pytest.approx((38, 14, 50, 26))
    assert finding.confidence == pytest.approx(1 / (1 + np.exp(-4)))
    assert finding.probabilities[LABELS[1]] == pytest.approx(1 / (1 + np.exp(3)))


def test_boxes_are_in_pixels_of_the_original(tmp_path: Path) -> None:
    model, _ = detector(tmp_path, long_side_px=64)
    prediction = model.predict("a" * 64, photo_with_cells(64, 64, [(2, 5)], channel=2), (6400, 6400))
    assert prediction.findings[0].label == LABELS[1]
    assert prediction.findings[0].box_xyxy_px == pytest.approx((3800, 1400, 5000, 2600))


def test_tiles_agree_with_one_look_and_each_thing_is_found_once(tmp_path: Path) -> None:
    # 160 × 112 px in tiles of 64 that share at least 16: things in overlaps, at borders, in the last tile.
    cells = [(0, 0), (3, 6), (6, 7), (7, 12), (13, 19), (10, 3)]
    model, session = detector(tmp_path, long_side_px=160)
    prediction = model.predict("a" * 64, photo_with_cells(112, 160, cells), (160, 112))
    assert len(session.inputs) > 4
    expected = {(c * 8 + 4, r * 8 + 4) for r, c in cells}
    found = [f.box_xyxy_px for f in prediction.findings]
    assert len(found) == len(cells)
    # Boxes of the two corner cells are cut to the photo, 2 px a side.
    clipped_corner = {(4, 4): (5, 5), (156, 108): (155, 107)}
    centres = {(round((b[0] + b[2]) / 2), round((b[1] + b[3]) / 2)) for b in found if b is not None}
    assert centres == {clipped_corner.get(c, c) for c in expected}


def test_score_maps_cover_the_photo_and_peak_where_the_thing_is(tmp_path: Path) -> None:
    model, _ = detector(tmp_path, long_side_px=160)
    prediction = model.predict("a" * 64, photo_with_cells(112, 160, [(7, 12)]), (160, 112))
    maps = {m.label: m.map_hw for m in prediction.heat_maps}
    assert maps[LABELS[0]].shape == (14, 20)
    assert np.unravel_index(maps[LABELS[0]].argmax(), (14, 20)) == (7, 12)
    assert maps[LABELS[1]].max() < 0.06


def test_a_narrow_photo_is_padded_and_padding_holds_no_findings(tmp_path: Path) -> None:
    model, session = detector(tmp_path, long_side_px=64)
    photo = photo_with_cells(24, 64, [(1, 1)])
    prediction = model.predict("a" * 64, photo, (64, 24))
    assert session.inputs[0].shape == (1, 64, 64, 3)
    assert [f.label for f in prediction.findings if f.confidence and f.confidence > 0.6] == [LABELS[0]]
    for finding in prediction.findings:
        assert finding.box_xyxy_px is not None
        assert 0 <= finding.box_xyxy_px[1] < finding.box_xyxy_px[3] <= 24


def test_another_answer_shape_is_refused(tmp_path: Path) -> None:
    model, session = detector(tmp_path, long_side_px=64)
    session.output_shapes = ((1, 8, 8, 5), (1, 8, 8, 3))
    with pytest.raises(ModelError, match=r"expected answers \(1, 8, 8, 6\)"):
        Detector(model.folder, session)  # type: ignore[arg-type]


def test_a_window_is_read_at_its_own_scale(tmp_path: Path) -> None:
    """The detector works at a long side of 320 px; a window of 112 × 160 px was cut out at that scale."""
    model, _ = detector(tmp_path, long_side_px=320)
    photo = photo_with_cells(112, 160, [(7, 12)])
    assert model.predict("a" * 64, photo, (160, 112)).heat_maps[0].map_hw.shape == (28, 40)
    window = model.reading_windows()
    assert window.wanted_long_side_px(160, 112) == 160
    assert window.predict("a" * 64, photo, (160, 112)).heat_maps[0].map_hw.shape == (14, 20)
    assert model.wanted_long_side_px(160, 112) == 320
