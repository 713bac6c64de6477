"""The Inspect page, entered as people enter it: through the router, with or without an address."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.config import REPOSITORY
from core.services.context import Context
from core.services.review import VERDICT_KEY
from tests.pages.conftest import OpenPage

AddBatch = Callable[..., tuple[str, list[str]]]


def words(page: AppTest) -> str:
    """All text of the page, Markdown and captions alike."""
    drawn = [*page.title, *page.header, *page.subheader, *page.markdown, *page.caption, *page.error, *page.warning]
    return "\n".join(element.value for element in drawn).replace("\u00a0", " ").replace("\\", "")


def test_an_empty_store_offers_the_samples(
    open_page: OpenPage, add_batch: AddBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    assert not page.exception
    assert "Inspect overhead-line photos" in words(page)
    samples = next(button for button in page.button if "sample photos" in button.label)
    monkeypatch.setattr("pages.inspect_parts.intake.add_samples", lambda _: add_batch(["sample.jpg"])[0])
    samples.click().run()
    assert not page.exception
    assert "1 photo" in words(page)
    assert "Wood pole (TREE) 90 %" in words(page)


def test_results_are_there_after_a_restart_without_any_address(open_page: OpenPage, add_batch: AddBatch) -> None:
    batch_id, hashes = add_batch(["mast 7.jpg"])
    page = open_page()
    assert not page.exception
    assert page.query_params["batch"] == batch_id
    assert page.query_params["photo"] == hashes[0]
    assert "mast 7.jpg" in words(page)
    assert "could be: {TREE} at 90 %" in words(page)
    assert "Top cap missing, 80 % sure" in words(page)
    assert "needs a look now" in words(page)


def test_every_photo_has_an_address_of_its_own(open_page: OpenPage, add_batch: AddBatch) -> None:
    _, first = add_batch(["first.jpg"])
    add_batch(["second.jpg", "third.jpg"])
    page = open_page(photo=first[0])
    assert "first.jpg" in words(page)
    assert "second.jpg" not in words(page)  # names of other photos are in the gallery's cards only


def test_an_unknown_photo_or_batch_is_said_so_and_the_rest_still_works(
    open_page: OpenPage, add_batch: AddBatch
) -> None:
    add_batch(["mast.jpg"])
    page = open_page(photo="f" * 64, batch="nowhere")
    assert not page.exception
    assert f"photo {'f' * 64}: not in the store" in page.error[0].value.replace("\\", "")
    assert "batch nowhere: not in the store" in page.warning[0].value.replace("\\", "")
    assert "1 photo" in words(page)


def test_a_threshold_filters_the_findings_and_stays_in_the_address(open_page: OpenPage, add_batch: AddBatch) -> None:
    add_batch(["mast.jpg"])
    page = open_page()
    slider = page.slider(key="topcap.whole_missing_top_cap")
    assert slider.value == 50
    slider.set_value(85).run()
    assert "Top cap missing" not in words(page)
    assert "2 less sure, not shown" in words(page)
    again = open_page(**{"topcap.whole_missing_top_cap": "85"})
    assert "Top cap missing" not in words(again)


def test_a_photo_that_resembles_nothing_gets_no_answer(
    open_page: OpenPage, add_batch: AddBatch, toys: tuple[Context, object]
) -> None:
    polecat = toys[1].models["polecat"]  # type: ignore[attr-defined]
    polecat.findings = (type(polecat.findings[0])("polecat", "v1", "class", "TREE", 0.9, recognised=False),)
    add_batch(["sea.jpg"])
    page = open_page()
    assert "Not recognised" in words(page)
    assert "TREE" not in words(page).replace("Wood pole (TREE)", "")  # the sliders name the class


def test_wear_is_shown_with_its_interval(open_page: OpenPage, add_batch: AddBatch) -> None:
    add_batch(["close.jpg"], tag="shackle close-up")
    assert "Worn 42 % (32–52 %)" in words(open_page())


def test_names_are_shown_as_text_and_never_as_markup(
    open_page: OpenPage, add_batch: AddBatch, context: Context
) -> None:
    batch_id, _ = add_batch(["<b>**bold**<b> [a](javascript:alert(1)) 🚁.jpg"])
    context.store.fail_file(batch_id, "<img src=x>.png", "<img src=x>.png: expected a photo, received text")
    page = open_page()
    raw = "\n".join(element.value for element in [*page.markdown, *page.caption])
    assert "\\*\\*bold\\*\\*" in raw
    assert "\\<img src\\=x\\>" in raw or "\\<img src=x\\>" in raw
    assert "<img" not in raw.replace("\\<img", "")
    assert not any(element.allow_html for element in page.markdown)


def test_accepting_is_logged_and_leads_to_the_next_photo(
    open_page: OpenPage, add_batch: AddBatch, context: Context
) -> None:
    _, hashes = add_batch(["one.jpg", "two.jpg"])
    page = open_page()
    opened = page.query_params["photo"]
    page.button(key="inspect.review.accept").click().run()
    assert context.store.metadata(opened)[VERDICT_KEY] == "accepted"
    assert context.store.photo_row(opened).reviewed
    assert page.query_params["photo"] == next(h for h in hashes if h != opened)


def test_filters_come_from_the_address(open_page: OpenPage, add_batch: AddBatch, context: Context) -> None:
    _, hashes = add_batch(["one.jpg", "two.jpg"])
    context.store.set_reviewed(hashes[0], True, "person:test")
    page = open_page(review="done", finding="TREE")
    assert page.query_params["photo"] == hashes[0]
    assert any(popover.proto.popover.label == "Filter (2)" for popover in page.get("popover"))


def test_a_photo_without_a_model_for_its_tag_says_so(open_page: OpenPage, add_batch: AddBatch) -> None:
    add_batch(["own.jpg"], tag="my own")
    assert "No model looks at photos with these tags" in words(open_page())


def test_work_going_on_shows_progress_and_can_be_stopped(
    open_page: OpenPage, add_batch: AddBatch, context: Context
) -> None:
    batch_id, _ = add_batch(["one.jpg", "two.jpg"], inspect=False)
    page = open_page()
    assert not page.exception
    assert "0 of 2" in page.get("progress")[0].proto.text
    page.button(key="inspect.progress.stop").click().run()
    assert context.store.progress(batch_id).cancelled == 2
    assert not page.get("progress")
    page.button(key="inspect.progress.go_on").click().run()
    assert context.store.progress(batch_id).queued == 2


def test_a_photo_whose_inspection_failed_says_why(open_page: OpenPage, add_batch: AddBatch, context: Context) -> None:
    batch_id, hashes = add_batch(["torn.jpg"], inspect=False)
    row = context.store.rows(batch_id)[0]
    context.store.fail_row(row.id, "torn.jpg: the file ends too early; copy it again from the camera")
    page = open_page(photo=hashes[0])
    assert "the file ends too early" in page.error[0].value.replace("\\", "")


def test_the_gallery_turns_to_the_page_of_the_open_photo(
    open_page: OpenPage, add_batch: AddBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.inspect_parts.results.PER_PAGE", 2)
    _, hashes = add_batch([f"{number}.jpg" for number in range(5)])
    page = open_page(order="name", photo=hashes[4])
    assert page.session_state["inspect.page"] == 3
    assert page.session_state["inspect.gallery"].neighbours(hashes[4]) == (hashes[3], None)


@pytest.mark.slow
def test_the_dashboard_never_imports_tensorflow() -> None:
    code = (
        "import sys, app\n"
        "from streamlit.testing.v1 import AppTest\n"
        "page = AppTest.from_file('pages/router.py', default_timeout=30).run()\n"
        "assert not page.exception, page.exception\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'TensorFlow was imported'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
