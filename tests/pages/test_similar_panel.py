"""The panel of similar photos on the Inspect page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.compare.descriptors import Describer
from core.services.context import Context
from core.services.errands import ErrandState, Progress
from tests.pages.test_inspect import words
from tests.services.toys import write_photo

OpenPage = Callable[..., AppTest]
AddBatch = Callable[..., tuple[str, list[str]]]


@pytest.fixture(autouse=True)
def library(context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six labelled photos to compare with; the first is like the photo that is looked at, and one is there twice."""
    rows = ["path,label"]
    for k, (seed, label) in enumerate(
        [(0, "TREE"), (1, "TREE"), (1, "TREE"), (2, "STEEL"), (3, "STEEL"), (4, "CONCRETE")]
    ):
        write_photo(tmp_path / "library" / f"{k}.jpg", seed)
        rows.append(f"{k}.jpg,{label}")
    path = tmp_path / "library" / "poles.csv"
    path.write_text("\n".join([*rows, ""]))
    monkeypatch.setattr("pages.inspect_parts.similar.known_libraries", lambda _: {str(path): "Sample poles"})
    monkeypatch.setattr("components.cached_compare.describer", lambda _: Describer())
    return path


def _opened(open_page: OpenPage, **address: str) -> AppTest:
    page = open_page(**address)
    page.session_state["inspect.similar"] = True
    return page.run()


def test_nothing_is_compared_before_the_panel_is_opened(
    open_page: OpenPage, add_batch: AddBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.inspect_parts.similar.known_libraries", lambda _: pytest.fail("looked"))
    add_batch(["mast.jpg"])
    page = open_page()
    assert not page.exception
    assert "Similar photos" in [one.label for one in page.expander]


def test_the_nearest_photos_and_the_classes_that_come_into_question(open_page: OpenPage, add_batch: AddBatch) -> None:
    add_batch(["mast.jpg"])
    page = _opened(open_page)
    assert not page.exception, page.exception
    shown = words(page)
    # The photo was found to be a TREE, so the other classes are those that might be meant instead.
    assert "Other classes that come into question" in shown
    assert "Wood pole (TREE): " in shown
    assert "of the nearest are of this class, too" in shown
    assert "(STEEL) " in shown
    assert "at least 8 % of the 25 nearest photos" in shown
    page.selectbox(key="address.nearby").set_value("perceptual_hash").run()
    assert not page.exception
    assert page.query_params["nearby"] == "perceptual_hash"
    assert re.search(r"\(STEEL\): [1-9]\d*", words(page))  # bits that differ
    assert "0 to 64, lower is nearer" in words(page)


def test_a_vote_of_ones_own_lives_in_the_address(open_page: OpenPage, add_batch: AddBatch) -> None:
    add_batch(["mast.jpg"])
    page = _opened(open_page, nearby="sharpness=2,average_hash=1")
    assert not page.exception, page.exception
    assert page.multiselect(key="similar.voting").value == ["sharpness", "average_hash"]
    page.number_input(key="similar.weight.sharpness").set_value(4.5).run()
    assert page.query_params["nearby"] == "sharpness=4.5,average_hash=1"
    page.multiselect(key="similar.voting").set_value(["sharpness", "grey_correlation"]).run()
    assert not page.exception, page.exception
    assert page.query_params["nearby"] == "sharpness=4.5,grey_correlation=1"
    page.multiselect(key="similar.voting").set_value([]).run()
    assert page.query_params["nearby"] == "sharpness=4.5"
    # What cannot be read gives way to the vote that people begin with.
    page = _opened(open_page, nearby="nonsense=2")
    assert not page.exception, page.exception
    assert page.multiselect(key="similar.voting").value == ["hsv_intersection", "thumbnail_ssim", "difference_hash"]


def test_a_part_a_class_and_copies_are_looked_for(open_page: OpenPage, add_batch: AddBatch) -> None:
    add_batch(["mast.jpg"])
    page = _opened(open_page, similar="part")
    assert not page.exception, page.exception
    assert "Top cap missing, 80 % sure" in page.selectbox(key="similar.part").options
    page.selectbox(key="similar.part").set_value("A part that I mark").run()
    assert page.slider(key="similar.x").value == (25, 75)
    page = _opened(open_page, similar="class", chosen="medoids")
    assert not page.exception, page.exception
    assert page.selectbox(key="address.class").value == "TREE"
    assert "stands for" in words(page)
    assert "Chosen now, and kept." in words(page)
    assert "Chosen beforehand." in words(_opened(open_page, similar="class", chosen="medoids"))
    page = _opened(open_page, similar="twice")
    assert not page.exception, page.exception
    assert {"1.jpg", "2.jpg"} <= set(words(page).splitlines())


def test_a_large_library_is_read_in_the_background(
    open_page: OpenPage, add_batch: AddBatch, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.inspect_parts.library.MOST_UNREAD", 3)
    begun: list[Path] = []
    states = [ErrandState("stopped")]

    def begin(_: object, source: Path) -> None:
        begun.append(source)
        states[0] = ErrandState("running", Progress("reading photos", 2, 6, 0.0))

    monkeypatch.setattr("pages.inspect_parts.library.begin_reading", begin)
    monkeypatch.setattr("pages.inspect_parts.library.reading_state", lambda *_: states[0])
    add_batch(["mast.jpg"])
    page = _opened(open_page)
    page.button(key="similar.read").click().run()
    assert begun == [library]
    assert "2 of 6" in page.get("progress")[-1].proto.text
