"""One chosen box of a detector: its maps against what the network is known to look at."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import ConfigError
from core.explain import explain, subject_of
from core.explain.pixel_maps import saliency
from core.explain.subject import Subject
from core.explain.view import view_photo
from core.explain.worth import worths
from core.runtime.model_config import InputConfig, ModelConfig, ModelFolder

import core.networks  # noqa: F401  # isort: skip — before Keras: see core/networks/load_order.py
import keras  # isort: skip
from keras import layers

LABELS = ("cap", "hole")
CELL_PX, TILE_PX = 8, 64
FIRST, SECOND = "cap:12,12,28,28", "cap:44,36,60,52"  # around the middles of the cells (2, 2) and (5, 6)


@pytest.fixture(scope="module")
def finder() -> Subject:
    """Says ``cap`` where a cell of 8 × 8 px is red and ``hole`` where it is green; every box is 16 px a side."""
    photo = keras.Input((TILE_PX, TILE_PX, 3))
    cells = layers.AveragePooling2D(CELL_PX, name="look")(photo)
    answer = layers.Conv2D(len(LABELS) + 4, 1, name="answer")
    network = keras.Model(photo, {"answer": answer(cells)}, name="finder")
    kernel = np.zeros((1, 1, 3, 6), np.float32)
    kernel[0, 0, 0, 0] = kernel[0, 0, 1, 1] = 6
    answer.set_weights([kernel, np.array([0, 0, 1, 1, 1, 1], np.float32)])
    config = ModelConfig(
        name="finder", number=1, title="Finder", family="detection", labels=LABELS,
        input=InputConfig(TILE_PX, TILE_PX, "tiles", long_side_px=TILE_PX, tile_overlap_px=0), feature_layer="look",
        architecture={}, calibration={}, conformal={}, recognition={}, thresholds={}, training={}, stride_px=CELL_PX,
    )  # fmt: skip
    folder = ModelFolder(Path("finder-v1"), config, "v1")
    asked = subject_of(network, output="answer", family="detection")
    return Subject(network, "answer", "detection", LABELS, "finder", "v1", folder, asked.ask)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """Dark, with two red squares, each as large as a cell: under the middles of the two boxes."""
    image = np.zeros((TILE_PX, TILE_PX, 3), np.uint8)
    image[16:24, 16:24, 0] = image[40:48, 48:56, 0] = 255
    return image


def heaviest(map_hw: np.ndarray) -> tuple[int, int]:
    """Row and column of the cell that holds most of a map, of 8 × 8 cells."""
    rows, columns = map_hw.shape
    cells = map_hw[: rows // 8 * 8, : columns // 8 * 8].reshape(8, rows // 8, 8, columns // 8).sum(axis=(1, 3))
    row, column = np.unravel_index(int(np.argmax(cells)), cells.shape)
    return int(row), int(column)


# Not Grad-CAM and Grad-CAM++: they weigh channels alike everywhere, so that boxes of one label share their map.
@pytest.mark.parametrize("method", ["layercam", "hirescam", "saliency", "occlusion", "drise"])
def test_each_box_has_a_map_of_its_own(finder: Subject, photo: np.ndarray, method: str) -> None:
    layer = "look" if method in ("layercam", "hirescam") else None
    for target, cell in ((FIRST, (2, 2)), (SECOND, (5, 6))):
        found = explain(finder, photo, method, layer, target)
        assert (found.target, found.has_evidence) == (target, True)
        assert heaviest(found.map_hw) == cell


def test_the_gradient_of_a_box_is_that_of_its_own_cell(finder: Subject, photo: np.ndarray) -> None:
    view = view_photo(finder, photo, FIRST)
    assert view.target.index == (2, 2, 0)
    wanted = np.zeros((TILE_PX, TILE_PX))
    wanted[16:24, 16:24] = 6 / CELL_PX**2  # the kernel over the mean's count
    np.testing.assert_allclose(saliency(finder, view.x_nhwc, view.target, signed=False), wanted, rtol=1e-5)


def test_what_a_box_is_worth_is_its_best_overlap_times_score(finder: Subject, photo: np.ndarray) -> None:
    view = view_photo(finder, photo, FIRST)
    (worth,) = worths(finder, view.target, finder.ask(view.x_nhwc))
    # Cell (2, 2): centre (20, 20), box 12…28 exactly; red is 1 there, so that the answer is 6.
    assert worth == pytest.approx(1 / (1 + np.exp(-6)), abs=1e-6)


def test_a_box_where_nothing_is_seen_can_be_asked_about(finder: Subject, photo: np.ndarray) -> None:
    found = explain(finder, photo, "hirescam", "look", "-cap:4,44,20,60", signed=True)
    assert found.answer < 0
    assert heaviest(np.abs(found.map_hw)) == (6, 1)
    with pytest.raises(ConfigError, match=r"box in the photo of 64 × 64 px, got one beside it"):
        explain(finder, photo, "hirescam", "look", "cap:70,70,90,90")
    with pytest.raises(ConfigError, match="use layercam"):
        explain(finder, photo, "cam", "look", FIRST)
