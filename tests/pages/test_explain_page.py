"""The Explain and Feature maps pages on a network whose maps are known."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config import REPOSITORY
from core.services.context import Context
from core.services.explain_desk import ExplainDesk
from core.services.explain_orders import ForgettingOrder, MapsOrder, ScoresOrder
from core.services.feature_orders import ChannelsOrder, LikesOrder
from tests.pages.test_inspect import words
from tests.services.explain_toys import ToyNetwork, toy_desk
from tests.services.toys import CLOSE_UP, ToyRegistry, class_finding, write_photo

AddBatch = Callable[..., tuple[str, list[str]]]


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch, toys: tuple[Context, ToyRegistry]) -> Iterator[ToyNetwork]:
    desk, network = toy_desk()
    monkeypatch.setattr("pages.explain_parts.asking.explain_desk", lambda: desk)
    monkeypatch.setattr("pages.explain_parts.maps.explain_desk", lambda: desk)
    yield network
    desk.close()


def open_(page_name: str, **address: str) -> AppTest:
    page = AppTest.from_file(str(REPOSITORY / "pages" / "router.py"), default_timeout=120)
    page.switch_page(f"{page_name}.py")
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception, page.exception
    return page


def shown_words(page: AppTest) -> str:
    """All Markdown of the page as it is read: without signs of emphasis, escapes and no-break spaces."""
    return words(page).replace("*", "").replace("\\", "").replace("\u00a0", " ")


def asked(network: ToyNetwork, kind: type) -> list[object]:
    return [order for order in network.orders if isinstance(order, kind)]


def test_an_empty_store_says_what_would_be_here() -> None:
    page = open_("explain")
    assert "Drop a photo to see where a model looks" in words(page)
    assert [button.label for button in page.button] == ["Add the 50 sample photos"]
    assert "Drop a photo to see what each layer" in words(open_("features"))


def test_the_default_map_comes_with_scores_and_a_verdict(add_batch: AddBatch, network: ToyNetwork) -> None:
    _, (sha,) = add_batch(["mast 7.jpg"])
    page = open_("explain")
    order, *ahead = asked(network, MapsOrder)
    assert {other.target for other in ahead} <= {"TREE", "STEEL", "CONCRETE"}
    assert (order.method, order.layers, order.target) == ("layercam", ("conv1", "block_1_add", "last"), None)
    assert "Polecat: Wood pole (TREE), 90 % sure" in shown_words(page)
    assert "Read it with care" in words(page)  # one question asked: the answer follows the map
    assert "0.60 when its brightest parts are shown and hidden first; 0.00 for a blob" in shown_words(page)
    assert "Draw a box around the object" in words(page)
    assert dict(page.query_params) == {"photo": sha}  # the newest one is another one tomorrow


def test_another_layer_of_the_pass_asks_for_nothing_new(add_batch: AddBatch, network: ToyNetwork) -> None:
    add_batch(["mast 7.jpg"])
    page = open_("explain", layer="conv1")
    page.selectbox(key="address.layer").set_value("block_1_add").run()
    assert page.query_params["layer"] == "block_1_add"
    assert [order.target for order in asked(network, MapsOrder)].count(None) == 1
    assert [order.layer for order in asked(network, ScoresOrder)] == ["conv1", "block_1_add"]
    (link,) = (link.proto for link in page.get("page_link"))
    assert link.page == "features"
    assert "layer=block_1_add" in link.query_string


def test_the_address_is_what_is_seen(add_batch: AddBatch, network: ToyNetwork) -> None:
    _, (sha,) = add_batch(["mast 7.jpg"])
    page = open_(
        "explain", photo=sha, model="polecat", target="-STEEL", methods="eigencam,saliency", layer="conv1",
        signed="both", box="10,20,200,300", forget="1", look="30.20.viridis",
    )  # fmt: skip
    maps = asked(network, MapsOrder)
    assert [(o.method, o.layers, o.target, o.signed) for o in maps] == [
        ("eigencam", ("conv1",), "-STEEL", True), ("saliency", (), "-STEEL", True)
    ]  # fmt: skip
    assert {o.place.box_xyxy_px for o in asked(network, ScoresOrder)} == {(10, 20, 200, 300)}
    assert [(o.method, o.layer) for o in asked(network, ForgettingOrder)] == [("eigencam", "conv1"), ("saliency", None)]
    shown = words(page)
    assert "60 % of it on the object; a blob in the middle has 20 % there, and the object covers 10 %" in (
        shown_words(page)
    )
    assert "Do not trust it" in shown  # EigenCAM stays the same when all is forgotten
    assert "Can be trusted as far as it was measured" in shown
    assert "Agreement of the methods" in shown


def test_no_evidence_is_said_and_not_scored(add_batch: AddBatch, network: ToyNetwork) -> None:
    network.blind.add("layercam")
    add_batch(["mast 7.jpg"])
    page = open_("explain")
    assert "There is no map to be measured" in words(page)
    assert asked(network, ScoresOrder) == []
    assert {button.label: button.disabled for button in page.get("download_button")} == {
        "Picture": True, "Array": True, "Report": False
    }  # fmt: skip


def test_a_wrong_address_is_told_and_the_rest_still_works(add_batch: AddBatch) -> None:
    _, (sha,) = add_batch(["mast 7.jpg"])
    page = open_("explain", photo="0" * 64)
    assert f"Photo {'0' * 64} is not in the store" in words(page)
    assert "Read it with care" in words(page)  # the newest photo instead
    page = open_("explain", photo=sha, methods="nonsense", layer="conv99", look="900.x.pink", box="1,2,x")
    assert "Method: the address names nonsense, which there is not." in words(page)
    assert "Layer: the address names conv99, which there is not." in words(page)
    assert "Read it with care" in words(page)


def test_another_photo_keeps_no_box_and_another_model_no_layer(add_batch: AddBatch, network: ToyNetwork) -> None:
    _, (first, second) = add_batch(["one.jpg", "two.jpg"])
    page = open_("explain", photo=first, box="10,20,200,300", layer="conv1", target="STEEL")
    page.selectbox(key="address.photo").set_value(second).run()
    assert dict(page.query_params) == {"photo": second, "layer": "conv1", "target": "STEEL"}
    assert asked(network, ScoresOrder)[-1].place is None
    page.selectbox(key="address.model").set_value("shackle").run()
    assert dict(page.query_params) == {"photo": second, "model": "shackle"}


def test_a_photo_that_is_not_recognised_is_said_to_be_so(
    add_batch: AddBatch, toys: tuple[Context, ToyRegistry], network: ToyNetwork
) -> None:
    toys[1].models["polecat"].findings = (class_finding("TREE", recognised=False),)
    add_batch(["cat.jpg"])
    page = open_("explain", box="10,20,200,300", forget="1")
    (warning,) = page.warning
    assert "Not recognised." in warning.value
    assert "it explains no finding" in warning.value
    assert "Do not trust it" in words(page)  # though every other question is answered with yes
    assert "the model does not recognise the photo" in words(page)
    assert "TREE" not in words(page)


def test_the_first_photo_suits_the_model(
    context: Context, add_batch: AddBatch, toys: tuple[Context, ToyRegistry], network: ToyNetwork
) -> None:
    _, (pole,) = add_batch(["pole.jpg"])
    joint_path = write_photo(context.settings.home / "joint.jpg", 7)
    joint = context.store.add_photo(joint_path, "joint.jpg", tags=(CLOSE_UP,)).photo.sha256
    assert open_("explain").query_params["photo"] == pole  # the newest is a joint
    toys[1].models["polecat"].findings = (class_finding("TREE", recognised=False),)
    add_batch(["pole.jpg", "cat.jpg"])
    page = open_("explain")
    assert page.query_params["photo"] == pole
    page.selectbox(key="address.model").set_value("shackle").run()
    assert dict(page.query_params) == {"photo": joint, "model": "shackle"}  # not asked yet, but of the kind
    page.selectbox(key="address.photo").set_value(pole).run()
    page.selectbox(key="address.model").set_value("topcap").run()
    assert page.query_params["photo"] == pole  # a person chose it


def test_a_finding_leads_to_what_it_comes_from(
    add_batch: AddBatch, toys: tuple[Context, ToyRegistry], open_page: Callable[..., AppTest]
) -> None:
    finder = toys[1].models["topcap"]
    config = dataclasses.replace(finder.folder.config, family="detection")
    finder.folder = dataclasses.replace(finder.folder, config=config)
    batch, (sha,) = add_batch(["mast 7.jpg"])
    links = [link.proto for link in open_page(batch=batch, photo=sha).get("page_link")]
    assert [(link.label, link.page) for link in links] == [("Why?", "explain")] * 2
    queries = [dict(parse_qsl(link.query_string.removeprefix("?"))) for link in links]
    assert queries == [
        {"photo": sha, "model": "polecat", "target": "TREE"},
        {"photo": sha, "model": "topcap", "target": "whole missing top cap:10,10,30,30"},
    ]
    for query in queries:
        page = open_("explain", **query)
        assert dict(page.query_params) == query
        assert page.selectbox(key="address.target").value == query["target"]
        assert not page.warning


def test_a_render_brings_its_mask(context: Context, network: ToyNetwork) -> None:
    folder = context.settings.home / "renders" / "mine"
    photo = write_photo(folder / "images" / "000001.jpg")
    (folder / "masks").mkdir()
    cv2.imwrite(str(folder / "masks" / "000001_object.png"), np.full((320, 480), 255, np.uint8))
    context.store.add_photo(photo, "000001.jpg", tags=("helicopter inspection",))
    page = open_("explain")
    (order,) = asked(network, ScoresOrder)
    assert order.place.mask_path == folder / "masks" / "000001_object.png"
    assert "Can be trusted" in words(page)
    photo.write_bytes(photo.read_bytes() + b"\0")  # no longer the photo that the mask belongs to
    network.orders.clear()
    open_("explain", methods="gradcam")
    (order,) = asked(network, ScoresOrder)
    assert order.place is None


def test_channels_are_sorted_marked_and_shown_large(add_batch: AddBatch, network: ToyNetwork) -> None:
    _, (first, second) = add_batch(["one.jpg", "two.jpg"])
    page = open_("features", photo=first, beside=second, health="1")
    assert [order.layer for order in asked(network, ChannelsOrder)] == ["conv1", "conv1"]  # the field's layer first
    assert "Over 2 photos: **dead 1 of 4** (✕), **saturated 1** (▲)" in words(page)
    page.button[0].click().run()
    (likes,) = asked(network, LikesOrder)
    assert likes.channel == 2  # the most energy
    (link,) = (link.proto for link in page.get("page_link"))
    assert (link.page, dict(parse_qsl(link.query_string.removeprefix("?")))) == (
        "explain", {"photo": first, "model": "polecat", "layer": "conv1"}
    )  # fmt: skip
    assert not page.exception


def test_filters_and_the_way_through_the_network(add_batch: AddBatch) -> None:
    _, (sha,) = add_batch(["one.jpg"])
    assert "as a small photo" in words(open_("features", photo=sha, show="filters"))
    assert "Where is the object?" in "".join(i.value for i in open_("features", photo=sha, show="depth").info)
    page = open_("features", photo=sha, show="depth", box="10,20,200,300")
    assert "At 50 % the layer does not tell them apart" in words(page)


def test_orders_wait_their_turn_and_can_be_withdrawn() -> None:
    import threading

    go, seen = threading.Event(), []

    def work(order: str) -> tuple[str, str]:
        go.wait(10)
        seen.append(order)
        return "result", order.upper()

    desk = ExplainDesk(work)
    first, second, third = (desk.ask(name) for name in ("a", "b", "c"))
    assert desk.ask("b") is second
    assert desk.before(third) in (2, 1)  # the first may not have begun yet
    desk.withdraw("b")  # one of two askers
    desk.withdraw("c")
    assert third.cancelled()
    go.set()
    assert (first.result(10), second.result(10)) == ("A", "B")
    assert desk.ask("a").result(0) == "A"
    assert seen == ["a", "b"]
    desk.close()
