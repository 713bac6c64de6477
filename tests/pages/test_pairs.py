"""The Pairs page: samples, own photos, edges, measures, histograms, feature maps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.compare.catalogue import FIXED_MEASURES
from core.compare.descriptors import Describer
from core.config import REPOSITORY
from core.services.context import Context
from core.services.explain_orders import NetworkFacts, NetworkOrder
from core.services.pair_orders import PairMapsOrder, pair_maps
from tests.pages.test_inspect import words
from tests.services.toys import write_photo

OpenPairs = Callable[..., AppTest]


@pytest.fixture
def open_pairs(toys: Any, monkeypatch: pytest.MonkeyPatch) -> OpenPairs:
    """Open the page; networks' features are left out of the measures."""
    monkeypatch.setattr("components.cached_compare.describer", lambda settings: Describer())

    def open_(**address: str) -> AppTest:
        page = AppTest.from_file(str(REPOSITORY / "pages" / "pairs.py"), default_timeout=120)
        for name, value in address.items():
            page.query_params[name] = value
        return page.run()

    return open_


def _viewer(page: AppTest) -> str:
    return str([element.proto for element in page.get("bidi_component")])


def test_the_first_sample_pair_is_shown_with_all_measures(open_pairs: OpenPairs) -> None:
    page = open_pairs()
    assert not page.exception, page.exception
    assert "stands in for a field photo" in words(page)
    (table,) = page.dataframe
    assert len(table.value) == len(FIXED_MEASURES)
    assert table.value["Nearness"].between(0, 100).all()
    assert {"RGB chi square", "HSV Bhattacharyya", "Thumbnail SSIM", "Perceptual hash"} <= set(table.value["Measure"])
    assert set(table.value["Nearer is"]) == {"↑ higher", "↓ lower"}


def test_edges_follow_their_thresholds_and_histograms_their_colours(open_pairs: OpenPairs) -> None:
    page = open_pairs(look="edges", arranged="slider", show="histograms", colours="hsv")
    assert not page.exception, page.exception
    assert page.slider(key="pairs.thresholds").value == (80, 160)
    page.slider(key="pairs.thresholds").set_value((200, 400)).run()
    assert not page.exception
    figure = str(page.get("plotly_chart")[0].proto.spec)
    assert all(channel in figure for channel in ("hue", "saturation", "value"))


def test_own_photos_take_the_place_of_the_samples_and_can_be_swapped(
    open_pairs: OpenPairs, context: Context, tmp_path: Path
) -> None:
    page = open_pairs(pair="own")
    assert "Your own pair appears here" in page.info[0].value
    batch_id = context.store.create_batch("Pair", ("pair",))
    hashes = [
        context.store.add_photo(write_photo(tmp_path / f"{k}.jpg", k), f"{k}.jpg", batch_id=batch_id).photo.sha256
        for k in range(2)
    ]
    page = open_pairs(pair="own", a=hashes[0], b=hashes[1])
    assert not page.exception, page.exception
    assert len(page.dataframe) == 1
    next(button for button in page.button if button.label == "Swap sides").click().run()
    assert (page.query_params["a"], page.query_params["b"]) == (hashes[1], hashes[0])
    page = open_pairs(pair="own", a="0" * 64, b=hashes[1])
    assert not page.exception
    assert "not in the store" in page.error[0].value


def test_feature_maps_of_both_are_of_one_layer(open_pairs: OpenPairs, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def answer(order: Any, said: str) -> Any:
        asked.append(order)
        if isinstance(order, NetworkOrder):
            return NetworkFacts((), ("first", "last"), (), "cam", "last", "last", ("TREE",))
        maps = np.random.default_rng(1).random((2, 4, 4, 6)).astype(np.float32)
        return pair_maps(order.layer, maps[0], maps[1], order.count)

    monkeypatch.setattr("pages.pairs_parts.seen.ask", answer)
    page = open_pairs(show="layers", layer="first")
    assert not page.exception, page.exception
    order = asked[-1]
    assert isinstance(order, PairMapsOrder)
    assert (order.layer, order.first.path.name) == ("first", order.second.path.name)
    assert "first: cosine 0." in words(page)
    assert len([one for one in page.caption if one.value.startswith("channel ")]) == 6
