"""The render desk: one process kept warm and alive, and the newest wish of everybody counts."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError

import numpy as np
import pytest

from core.errors import ConfigError, RenderError
from core.services.render_desk import COMMAND, RenderDesk
from core.services.render_process import Order

TOY = (sys.executable, "-m", "tests.services.toy_renderer")


def order(seed: int, **changes: float | str) -> Order:
    return Order("shackle", "NOTX_NOBG", seed, changes, 8, 1)


@pytest.fixture
def desk() -> Iterator[RenderDesk]:
    desk = RenderDesk(TOY, patience_s=20.0)
    yield desk
    desk.close()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_picture_comes_with_its_masks_and_truth(desk: RenderDesk) -> None:
    picture = desk.ask(order(77), "me").result(20)
    assert picture.order == order(77)
    assert picture.image_hwc.shape == (8, 8, 3)
    assert (picture.image_hwc == 77).all()
    assert picture.masks["object"].all()
    assert not picture.masks["joint"].any()
    assert picture.masks["joint"].dtype == np.bool_
    assert picture.truth["value"] == 0.4


def test_the_process_stays_and_what_was_drawn_is_not_drawn_again(desk: RenderDesk) -> None:
    first, second = (desk.ask(order(seed), "me").result(20) for seed in (1, 2))
    assert first.truth["variables"]["pid"] == second.truth["variables"]["pid"]
    assert desk.ask(order(1), "other").result(0) is first


def test_the_newest_wish_of_a_session_counts_and_others_keep_theirs(desk: RenderDesk) -> None:
    desk.ask(order(1), "me").result(20)
    running = desk.ask(order(2, delay_s=0.5), "me")
    time.sleep(0.2)
    waiting, other, newest = desk.ask(order(3), "me"), desk.ask(order(4), "other"), desk.ask(order(5), "me")
    assert (newest.result(20).image_hwc == 5).all()
    assert (other.result(20).image_hwc == 4).all()
    assert (running.result(0).image_hwc == 2).all()
    with pytest.raises(CancelledError):
        waiting.result(0)


@pytest.mark.parametrize(
    ("seed", "kind", "words"),
    [
        (667, ConfigError, "rust: expected 0 to 1, received 9"),
        (666, RenderError, "the render process ended with status 3; its log says why"),
        (669, RenderError, "the render process ended with status 4"),
    ],
)
def test_what_goes_wrong_is_said_and_the_next_picture_comes(
    desk: RenderDesk, seed: int, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        desk.ask(order(seed), "me").result(20)
    assert (desk.ask(order(9), "me").result(20).image_hwc == 9).all()


def test_a_process_that_died_while_idle_is_not_noticed(desk: RenderDesk) -> None:
    pid = desk.ask(order(1), "me").result(20).truth["variables"]["pid"]
    os.kill(pid, 9)
    time.sleep(0.1)
    assert desk.ask(order(2), "me").result(20).truth["variables"]["pid"] != pid


def test_a_picture_that_takes_too_long_is_given_up() -> None:
    desk = RenderDesk(TOY, patience_s=0.8)
    with pytest.raises(RenderError, match="expected a picture within 1 s, received none"):
        desk.ask(order(668), "me").result(20)
    desk.close()


def test_closing_ends_the_process(desk: RenderDesk) -> None:
    pid = desk.ask(order(1), "me").result(20).truth["variables"]["pid"]
    desk.close()
    assert not is_alive(pid)


@pytest.mark.slow
def test_the_real_process_draws_refuses_and_goes_on() -> None:
    desk = RenderDesk(COMMAND)
    pole = Order("pole", "scene", 3, {"label": "TREE"}, 48, 1)
    assert desk.ask(pole, "me").result(120).truth["label"] == "TREE"
    with pytest.raises(ConfigError, match="rust: expected 0 to 1, received 9"):
        desk.ask(Order("shackle", "WTX_WBG", 3, {"rust": 9.0}, 32, 1), "me").result(120)
    joint = desk.ask(Order("shackle", "WTX_WBG", 3, {"worn_fraction": 0.5}, 32, 1), "me").result(120)
    assert joint.truth["value"] == 0.5
    assert joint.masks["object"].any()
    desk.close()
