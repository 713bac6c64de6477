"""The explain desk with a real process, whose orders need no TensorFlow; and reports of known maps."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from core.errors import ConfigError, GridlensError, ModelError
from core.explain.result import Explanation
from core.explain.trust import judge
from core.runtime.model_config import find_models
from core.services.explain_desk import MOST_WAITING, ExplainDesk, ExplainProcess
from core.services.explain_orders import MapsOrder, PhotoFile
from core.services.explain_report import MapStyle, ReportMap, map_npy, map_picture, report_html, score_rows
from core.types import Photo
from tests.services.explain_toys import MASK_SCORES, SCORES
from tests.services.toys import SHIPPED_MODELS, write_photo


@dataclass(frozen=True)
class Echo:
    """Works in the process: says its words and who it is."""

    words: str

    def work(self) -> tuple[str, int]:
        if self.words == "refuse":
            raise ConfigError("layer 'x': expected another one")
        if self.words == "break":
            raise ZeroDivisionError
        if self.words == "die":
            os._exit(3)
        print("libraries print, too")
        return self.words, os.getpid()


@pytest.fixture(scope="module")
def process() -> Iterator[ExplainProcess]:
    process = ExplainProcess()
    yield process
    process.end()


def test_one_process_serves_and_says_what_went_wrong(process: ExplainProcess) -> None:
    desk = ExplainDesk(process)
    words, pid = desk.ask(Echo("a")).result(120)
    assert (words, pid != os.getpid()) == ("a", True)
    with pytest.raises(ConfigError, match="layer 'x': expected another one"):
        desk.ask(Echo("refuse")).result(120)
    with pytest.raises(ModelError, match="by a fault in Gridlens; see its log"):
        desk.ask(Echo("break")).result(120)
    assert desk.ask(Echo("b")).result(120)[1] == pid
    with pytest.raises(ModelError, match="the explain process ended"):
        desk.ask(Echo("die")).result(120)
    assert desk.ask(Echo("c")).result(120)[1] != pid
    desk.close()


def test_what_nobody_uses_is_given_back() -> None:
    ended = threading.Event()
    desk = ExplainDesk(lambda order: ("result", order), ended.set, idle_s=0.05)
    assert desk.ask("a").result(10) == "a"
    assert ended.wait(10)
    assert desk.ask("b").result(10) == "b"
    desk.close()


def test_a_queue_that_is_full_says_so() -> None:
    go = threading.Event()
    desk = ExplainDesk(lambda order: ("result", go.wait(20)))
    first = desk.ask("running")
    while desk.before(first):
        time.sleep(0.01)
    time.sleep(0.05)
    waiting = [desk.ask(k) for k in range(MOST_WAITING)]
    with pytest.raises(GridlensError, match="are waiting already; try again in a minute"):
        desk.ask("one more").result(0)
    go.set()
    assert all(future.result(20) for future in waiting)
    desk.close()


def test_four_people_at_once_wait_for_each_other_and_get_their_own_answers() -> None:
    at_work, most = 0, 0

    def work(order: str) -> tuple[str, str]:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        time.sleep(0.02)
        at_work -= 1
        return "result", order.upper()

    desk, found = ExplainDesk(work), {}

    def person(name: str) -> None:
        found[name] = [desk.ask(f"{name}{k}").result(20) for k in range(5)]

    people = [threading.Thread(target=person, args=(name,)) for name in "abcd"]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert found == {name: [f"{name.upper()}{k}" for k in range(5)] for name in "abcd"}
    assert most == 1  # one order at a time takes the memory of one
    desk.close()


def test_results_are_kept_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.services.explain_desk.KEPT_BYTES", 3_500_000)
    worked = []

    def work(order: int) -> tuple[str, bytes]:
        worked.append(order)
        return "result", bytes(1_000_000)

    desk = ExplainDesk(work)
    for k in range(5):
        desk.ask(k).result(10)
    desk.ask(4).result(10)
    desk.ask(0).result(10)  # the oldest were given back
    assert worked == [0, 1, 2, 3, 4, 0]
    desk.close()


@pytest.mark.slow
def test_memory_is_where_it_was_after_many_explanations(tmp_path: Path) -> None:
    """The first ones load TensorFlow and compile; from then on another photo or class keeps nothing."""
    folder = find_models(SHIPPED_MODELS)["polecat"]
    process = ExplainProcess()

    def explain(seed: int) -> None:
        photo = PhotoFile(write_photo(tmp_path / f"{seed}.jpg", seed), 50_000_000)
        for method, layers in (("layercam", ("block_6_expand_relu",)), ("saliency", ())):
            label = folder.config.labels[seed % 3]
            kind, found = process(MapsOrder(folder.path, photo, method, layers, label))
            assert kind == "result", found

    def memory_mb() -> float:
        kind, (_, pid) = process(Echo("how much"))
        assert kind == "result"
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    for seed in range(4):  # the allocator's pools fill in the first few
        explain(seed)
    before = memory_mb()
    for seed in range(4, 12):
        explain(seed)
    assert memory_mb() < before + 40
    (_, (_, pid)) = process(Echo("who"))
    process.end()
    assert not Path(f"/proc/{pid}").exists()


PHOTO = Photo("ab" * 32, "mast <7>.jpg", "image/jpeg", 10, 40, 20)


def explanation(reason: str | None = None) -> Explanation:
    map_hw = np.zeros((2, 4), np.float32)
    map_hw[0, 0] = 1.0 if reason is None else 0
    return Explanation("layercam", "conv1", "TREE", "polecat", "v1", map_hw, False, 2.0, 1.5, reason)


def test_a_report_needs_nothing_beside_it_and_trusts_no_names() -> None:
    image = np.full((20, 40, 3), 90, np.uint8)
    folder = find_models(SHIPPED_MODELS)["polecat"]
    scores = {**SCORES, **MASK_SCORES}
    maps = [
        ReportMap(explanation(), scores, judge(scores)),
        ReportMap(explanation("nothing at layer conv1 moves TREE"), {}, None),
    ]
    page = report_html(PHOTO, image, folder, maps, MapStyle(), "/explain?photo=x&y")
    assert page.count("data:image/jpeg;base64,") == 2
    assert 'src="http' not in page
    assert "mast &lt;7&gt;.jpg" in page
    assert "<7>" not in page
    assert "Can be trusted as far as it was measured" in page
    assert "No evidence: nothing at layer conv1 moves TREE." in page
    assert "<td>energy in mask</td><td>0.600</td><td>0.200</td><td>0.100</td><td>0.100</td>" in page
    assert folder.version in page
    assert "/explain?photo=x&amp;y" in page


def test_pictures_and_arrays_cover_the_photo() -> None:
    image = np.full((20, 40, 3), 90, np.uint8)
    picture = map_picture(image, explanation(), MapStyle(opacity=1.0))
    assert picture[0, 0].tolist() != [90, 90, 90]
    assert picture[19, 39].tolist() == [90, 90, 90]
    assert np.array_equal(map_picture(image, explanation("no reason"), MapStyle()), image)
    saved = np.lib.format.read_array(io.BytesIO(map_npy(image, explanation())))
    assert (saved.shape, saved.dtype, float(saved[0, 0])) == ((20, 40), np.float32, 1.0)
    assert score_rows({"energy": 0.5}) == [("energy in mask", 0.5, None, None, None)]
