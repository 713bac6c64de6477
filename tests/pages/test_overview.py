"""The Overview and Drift pages: numbers, their photos, filters in the address, and what they say of too little."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.config import REPOSITORY
from core.services.context import Context
from core.services.review import review_photo
from core.types import Prediction
from tests.pages.test_inspect import words
from tests.services.toys import class_finding, write_photo

Open = Callable[..., AppTest]


@pytest.fixture
def open_(context: Context) -> Open:
    """Open a page by its file, through the router, with parameters in the address."""

    def open_page(file: str, **address: str) -> AppTest:
        page = AppTest.from_file(str(REPOSITORY / "pages" / "router.py"), default_timeout=120).run()
        for name, value in address.items():
            page.query_params[name] = value
        return page.switch_page(file).run()

    return open_page


def with_time(path: Path, day: int) -> None:
    """Write the day of capture into a photo."""
    picture = Image.open(path)
    exif = picture.getexif()
    exif.get_ifd(0x8769)[0x9003] = f"2026:06:{day + 1:02} 10:00:00"
    picture.save(path, exif=exif)


def numbers(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


@pytest.mark.parametrize("file", ["overview.py", "drift.py"])
def test_an_empty_store_is_said_to_be_empty(open_: Open, file: str) -> None:
    page = open_(file)
    assert not page.exception, page.exception
    assert not page.error
    assert "counted here" in words(page) or "at least 6 days of 3 photos; there are 0 days" in words(page)


def test_numbers_lead_to_their_photos(open_: Open, context: Context, add_batch: Callable[..., tuple]) -> None:
    _, hashes = add_batch(["a.jpg", "b.jpg", "c.jpg"])
    review_photo(context, hashes[0], "accepted")
    page = open_("overview.py")
    assert not page.exception, page.exception
    shown = numbers(page)
    assert (shown["Photos"], shown["▲ Look now"], shown["To review"], shown["Agreement"]) == ("3", "3", "2", "100 %")
    page.button(key="overview.tile.waiting.photos").click().run()
    assert page.query_params["of"] == "waiting"
    assert "**To review** · 2" in words(page)
    page.button(key="overview.tile.waiting.photos").click().run()
    assert "of" not in page.query_params


def test_poles_verdicts_and_versions_lead_to_their_photos(
    open_: Open, context: Context, add_batch: Callable[..., tuple]
) -> None:
    _, hashes = add_batch(["a.jpg", "b.jpg", "c.jpg"])
    review_photo(context, hashes[0], "rejected")
    context.store.set_metadata(hashes[1], "pole", "P 12", "person:test")
    page = open_("overview.py")
    assert numbers(page)["Poles, about"] == "1"
    page.button(key="overview.tile.placed.photos").click().run()
    assert "**Photos of poles** · 1" in words(page)
    page.button(key="overview.tile.reviewed.photos").click().run()
    assert "**Photos that a person has judged** · 1" in words(page)
    page.selectbox(key="address.version").select("polecat v1").run()
    assert not page.exception, page.exception
    assert "**Answered by polecat v1** · 3" in words(page).replace("\\", "")
    assert page.query_params["version"] == "polecat v1"


def test_drift_is_told_with_its_photos_on_the_overview(open_: Open, context: Context, tmp_path: Path) -> None:
    for day in range(9):
        for k in range(4):
            path = write_photo(tmp_path / f"{day}_{k}.jpg", 10 * day + k)
            with_time(path, day)
            sha256 = context.store.add_photo(path, path.name).photo.sha256
            finding = class_finding("STEEL" if day == 8 else "TREE", 0.90 + 0.01 * ((k + day) % 4))
            context.store.save_prediction(Prediction(sha256, "polecat", "v1", {}, (finding,)))
    page = open_("overview.py")
    assert not page.exception, page.exception
    assert "2 alarms: what changed, and when" in [link.proto.label for link in page.get("page_link")]


def test_filters_are_kept_in_the_address(open_: Open, add_batch: Callable[..., tuple]) -> None:
    add_batch(["a.jpg", "b.jpg"])
    page = open_("overview.py", line="Line 12")
    assert numbers(page)["Photos"] == "2"
    page = open_("overview.py", **{"from": "2031-01-01", "to": "2030-01-01"})
    assert "expected an end on or after" in page.error[0].value.replace("\\", "")
    for odd in ("x", "nan", "2026-13-01"):
        page = open_("overview.py", **{"from": odd, "line": odd, "of": odd})
        assert not page.exception, page.exception
        assert numbers(page)["Photos"] == "2"


@pytest.fixture
def days(context: Context, tmp_path: Path) -> list[str]:
    """Nine days of four photos; on the last one, steel stands where trees were."""
    hashes = []
    for day in range(9):
        for k in range(4):
            path = write_photo(tmp_path / f"{day}_{k}.jpg", 10 * day + k)
            sha256 = context.store.add_photo(path, path.name).photo.sha256
            context.store.set_metadata(sha256, "flight", f"flight {day}", "person:test")
            finding = class_finding("STEEL" if day == 8 else "TREE", 0.90 + 0.01 * ((k + day) % 4))
            context.store.save_prediction(Prediction(sha256, "polecat", "v1", {}, (finding,)))
            hashes.append(sha256)
    return hashes


def test_alarms_lead_to_their_photos(open_: Open, days: list[str]) -> None:
    page = open_("drift.py", batches="flight", until="flight 6")
    assert not page.exception, page.exception
    assert not page.error, [error.value for error in page.error]
    assert "share of STEEL" in str(page.selectbox(key="address.measure").options)
    assert "Light and sharpness were not measured of 36" in words(page).replace("\u202f", "")
    page.selectbox(key="address.measure").select("flight 8|polecat: share of STEEL").run()
    assert "**Photos behind it: polecat: share of STEEL, flight 8** · 4" in words(page).replace("\\", "")
    charts = len(page.get("plotly_chart"))
    page.button(key="drift.measure").click().run()
    assert not page.exception, page.exception
    assert len(page.get("plotly_chart")) == charts + 5
    assert "were not measured" not in words(page)


def test_lens_and_sensor_are_looked_at_where_that_is_asked_for(open_: Open, days: list[str]) -> None:
    page = open_("drift.py", batches="flight", until="flight 6", marks="found")
    assert not page.exception, page.exception
    assert not page.error, [error.value for error in page.error]
    assert page.selectbox(key="address.marks").value == "found"


def test_drift_by_something_unknown_is_said(open_: Open, days: list[str]) -> None:
    page = open_("drift.py", batches="nonsense")
    assert not page.exception, page.exception
    assert "Too few batches by nonsense" in words(page)
