"""The Render lab page, on the toy renderer and toy models."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.config import REPOSITORY
from core.render.shackle_variables import sample_shackle_variables
from core.services import render_datasets
from core.services.context import Context
from core.services.render_datasets import DatasetOrder, begin_dataset
from core.services.render_desk import RenderDesk
from tests.pages.test_inspect import words
from tests.services.toys import ToyRegistry

TOY = (sys.executable, "-m", "tests.services.toy_renderer")
FIRST = sample_shackle_variables(9)


class SpyDesk(RenderDesk):
    """Remembers what was asked."""

    def __init__(self) -> None:
        super().__init__(TOY, patience_s=20.0)
        self.orders: list[Any] = []

    def ask(self, order: Any, owner: str) -> Any:
        self.orders.append(order)
        return super().ask(order, owner)


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch, toys: tuple[Context, ToyRegistry]) -> Iterator[SpyDesk]:
    desk = SpyDesk()
    monkeypatch.setattr("pages.render_lab_parts.live.render_desk", lambda: desk)
    monkeypatch.setattr(render_datasets, "_start", lambda folder, order: None)
    yield desk
    desk.close()


def open_lab(**address: str) -> AppTest:
    page = AppTest.from_file(str(REPOSITORY / "pages" / "render_lab.py"), default_timeout=30)
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception, page.exception
    return page


def test_the_first_picture_comes_with_the_answer_and_its_error() -> None:
    page = open_lab()
    assert "WBG_WTX_WGM" in words(page)
    assert "Worn 42 % (32–52 %)" in words(page)
    assert "Truth: worn 40 %. Off by 2.0 points. The interval holds the truth." in words(page)
    assert "256 × 256 px, drawn in 0.0 s" in words(page)
    assert len(page.get("image")) == 1
    assert dict(page.query_params) == {}


def test_sliders_stand_where_the_seed_drew_and_change_one_variable(desk: SpyDesk) -> None:
    page = open_lab()
    slider = page.slider(key="address.worn_fraction")
    assert slider.value == round(FIRST.worn_fraction * 100)
    assert desk.orders[-1].changes == {}
    slider.set_value(25.0).run()
    assert desk.orders[-1].changes == {"worn_fraction": 0.25}
    assert page.query_params["worn_fraction"] == "0.25"


def test_the_address_is_what_is_seen(desk: SpyDesk) -> None:
    page = open_lab(variant="NOTX_WBG", seed="5", rust="0.6", background="none", textured="1")
    order = desk.orders[-1]
    assert (order.scene, order.variant, order.seed) == ("shackle", "NOTX_WBG", 5)
    assert order.changes == {"rust": 0.6, "background": "none", "textured": 1.0}
    assert page.slider(key="address.rust").value == 60.0
    assert page.toggle(key="address.textured").value is True


def test_nonsense_in_the_address_counts_for_nothing(desk: SpyDesk) -> None:
    open_lab(variant="X", seed="-4", rust="banana", worn_fraction="7", background="moon", noise="nan")
    order = desk.orders[-1]
    assert (order.variant, order.seed, order.changes) == ("WBG_WTX_WGM", 9, {})


def test_back_to_the_seed_and_random(desk: SpyDesk) -> None:
    page = open_lab(rust="0.6", twist_deg="3")
    next(button for button in page.button if "Back to" in button.label).click().run()
    assert desk.orders[-1].changes == {}
    assert dict(page.query_params) == {}
    next(button for button in page.button if button.label == "Random").click().run()
    assert not page.exception
    assert desk.orders[-1].seed == int(page.query_params["seed"])


def test_a_scene_that_cannot_be_is_said_so_and_the_last_picture_stays(desk: SpyDesk) -> None:
    page = open_lab()
    page.number_input(key="address.seed").set_value(667).run()
    assert not page.exception
    assert "rust: expected 0 to 1, received 9" in words(page).replace("\\", "")
    assert len(page.get("image")) == 1
    page.number_input(key="address.seed").set_value(8).run()
    assert "received 9" not in words(page)


def test_poles_are_chosen_by_variant_and_kind(desk: SpyDesk) -> None:
    page = open_lab(scene="pole", label="STEEL")
    order = desk.orders[-1]
    assert (order.scene, order.variant, order.changes) == ("pole", "scene", {"label": "STEEL"})
    assert "Wood pole (TREE) 90 %" in words(page)
    assert not open_lab(scene="pole", variant="close-up", cap="missing").exception
    assert desk.orders[-1].variant == "close-up"


def test_masks_are_a_switch() -> None:
    page = open_lab()
    page.toggle(key="lab.masks").set_value(True).run()
    assert not page.exception
    assert len(page.get("image")) == 1


def test_a_dataset_is_ordered_from_ranges(toys: tuple[Context, ToyRegistry]) -> None:
    page = open_lab()
    key = "lab.dataset.shackle.WBG_WTX_WGM"
    page.text_input(key=f"{key}.name").set_value("narrow").run()
    page.number_input(key=f"{key}.count").set_value(12).run()
    page.multiselect(key=f"{key}.held").set_value(["worn_fraction", "background", "textured"]).run()
    page.slider(key=f"{key}.range.worn_fraction").set_value((20.0, 40.0)).run()
    next(button for button in page.button if button.label == "Start rendering").click().run()
    assert not page.exception
    folder = toys[0].settings.home / "renders" / "narrow"
    order = json.loads((folder / "order.json").read_text())
    assert order["count"] == 12
    assert order["variables"]["worn_fraction"] == pytest.approx([0.2, 0.4])
    assert order["variables"]["background"] == "none"
    assert order["variables"]["textured"] == 0.0
    assert "narrow" in words(page)
    assert "stopped" in words(page)


def test_datasets_are_listed_with_what_became_of_them(toys: tuple[Context, ToyRegistry]) -> None:
    settings = toys[0].settings
    folder: Path = begin_dataset(settings, DatasetOrder(name="a", scene="pole", variant="top", count=4)).folder
    (folder / "render.log").write_text("gridlens: a: no room\n")
    page = open_lab()
    assert "failed" in words(page)
    assert page.get("progress")[0].proto.text == "0 of 4"
    assert any("a: no room" in error.value.replace("\\", "") for error in page.error)
    assert page.button(key="lab.dataset.a.resume").label == "Go on"
