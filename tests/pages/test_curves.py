"""The Curves page: sliders, rules, counts with their photos, trust, breakdown, and thresholds taken into use."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import REPOSITORY
from core.services import saved_answers
from core.services.context import Context
from core.services.evaluation_runs import evaluation_run
from core.services.saved_answers import answers_dir
from tests.pages.test_inspect import words
from tests.services.answer_toys import write_toy_answers

OpenCurves = Callable[..., AppTest]


@pytest.fixture
def open_curves(context: Context, monkeypatch: pytest.MonkeyPatch) -> OpenCurves:
    """Open the page with parameters in the address; only one's own answers are there."""
    monkeypatch.setattr(saved_answers, "SAMPLE_ANSWERS", context.settings.home / "none")

    def open_(**address: str) -> AppTest:
        page = AppTest.from_file(str(REPOSITORY / "pages" / "router.py"), default_timeout=120).run()
        for name, value in address.items():
            page.query_params[name] = value
        return page.switch_page("curves.py").run()

    return open_


def outcome_words(page: AppTest) -> list[str]:
    return list(page.segmented_control(key="address.outcome").options)


def label_row(page: AppTest, label: str) -> dict[str, object]:
    frame = next(frame.value for frame in page.dataframe if "Average precision" in frame.value.columns)
    return frame.set_index("Label").loc[label].to_dict()


def test_without_answers_the_page_says_what_brings_them(open_curves: OpenCurves) -> None:
    page = open_curves()
    assert not page.exception
    assert "gridlens evaluate" in words(page)
    page.segmented_control(key="curves.way").set_value("bring").run()
    assert "COCO results with COCO instances" in words(page)


def test_a_model_is_measured_in_the_background_and_its_answers_open(
    open_curves: OpenCurves, context: Context, tmp_path: Path
) -> None:
    joint = REPOSITORY / "sample_data" / "shackles" / "joint_001.jpg"
    (tmp_path / "joints.csv").write_text(f"path,value\n{joint},0.42\n")
    page = open_curves()
    page.selectbox(key="curves.evaluate.dataset").select("another CSV …")
    page.selectbox(key="curves.evaluate.model").select("topcap")
    page.text_input(key="curves.evaluate.path").set_value(str(tmp_path / "joints.csv"))
    page.button[0].click().run()
    assert "row 1: expected columns path,label, received 'path,value'" in page.error[0].value.replace("\\", "")
    page.selectbox(key="curves.evaluate.model").select("shackle")
    page.text_input(key="curves.evaluate.name").set_value("joints")
    page.button[0].click().run()
    assert not page.exception, page.exception
    end_s = time.monotonic() + 120
    while evaluation_run(context.settings, "joints").state.state == "running":
        assert time.monotonic() < end_s
        time.sleep(0.2)
    page.run()
    assert not page.exception, page.exception
    assert "joints · 1 photo" in str(page.multiselect[0].options)
    assert "Error that is small enough" in str([slider.label for slider in page.slider])


def test_photos_in_the_store_open_on_the_inspect_page(open_curves: OpenCurves, context: Context) -> None:
    saved = write_toy_answers(answers_dir(context.settings) / "boxes")
    path = saved.photos_dir / "2.jpg"
    sha256 = context.store.add_photo(path, path.name).photo.sha256
    photos = (saved.folder / "photos.csv").read_text()
    (saved.folder / "photos.csv").write_text(photos.replace("2.jpg,,", f"2.jpg,{sha256},"))
    page = open_curves()
    assert not page.exception, page.exception
    (link,) = [link.proto for link in page.get("page_link")]
    assert link.label == "Inspect"
    assert "Cap 80 % · 2.jpg" in words(page).replace("\\", "")
    assert sha256 in link.query_string


def test_sliders_move_every_count_and_stay_in_the_address(open_curves: OpenCurves, context: Context) -> None:
    write_toy_answers(answers_dir(context.settings) / "boxes")
    page = open_curves()
    assert not page.exception, page.exception
    assert outcome_words(page) == ["1 found rightly", "1 needless", "2 missed"]
    assert "250 needless visits, 500 faults missed, cost 10" in words(page)
    page.slider(key="address.p").set_value(0.3).run()
    assert page.query_params["p"] == "0.3"
    assert outcome_words(page) == ["2 found rightly", "1 needless", "1 missed"]
    page.slider(key="address.overlap").set_value(0.95).run()
    assert outcome_words(page) == ["1 found rightly", "2 needless", "2 missed"]  # 20 of 22 px is 0.91
    again = open_curves(**{name: page.query_params[name] for name in ("p", "overlap")})
    assert outcome_words(again) == outcome_words(page)
    assert label_row(again, "Gap")["Missed"] == 2


def test_rules_set_the_sliders_exactly(open_curves: OpenCurves, context: Context) -> None:
    write_toy_answers(answers_dir(context.settings) / "boxes")
    page = open_curves(per="each", recall="50")
    page.button(key="curves.rules.recall").click().run()
    assert not page.exception, page.exception
    assert (page.query_params["p.cap"], page.query_params["p.gap"]) == ("0.9", "0.4")
    assert label_row(page, "Gap")["Recall"].startswith("0.500")
    page = open_curves(missed="0", visit="5")
    page.button(key="curves.rules.cheapest").click().run()
    assert float(page.query_params["p"]) > 0.9  # nothing is missed for free: never to answer is cheapest
    assert outcome_words(page)[0] == "0 found rightly"


def test_thresholds_are_taken_into_use_with_who_and_how(open_curves: OpenCurves, context: Context) -> None:
    write_toy_answers(answers_dir(context.settings) / "classes", "class", model="polecat", version="v1")
    page = open_curves(per="each", recall="100")
    page.button(key="curves.rules.recall").click().run()
    page.text_input(key="curves.use.person").input("ann")
    next(button for button in page.button if button.label == "Use these").click().run()
    assert not page.exception, page.exception
    held = {(c.label, c.threshold, c.writer, c.rule) for c in context.store.chosen_thresholds()}
    assert ("STEEL", 0.4, "person:ann", "recall at least 1 on classes") in held
    assert context.thresholds["polecat"]["STEEL"] == 0.4
    assert "1 choice" in words(page) or "2 choices" in words(page) or page.expander


def test_several_sets_lie_over_each_other(open_curves: OpenCurves, context: Context) -> None:
    write_toy_answers(answers_dir(context.settings) / "a")
    write_toy_answers(answers_dir(context.settings) / "b")
    write_toy_answers(answers_dir(context.settings) / "v", "value")
    page = open_curves(answers="a,b,v")
    assert not page.exception, page.exception
    assert "Answers of another kind" in words(page)
    spec = str(page.get("plotly_chart")[0].proto.spec)
    assert '"a"' in spec
    assert '"b"' in spec
    for lines in ("overlaps", "spread", "labels"):
        other = open_curves(answers="a,b", lines=lines)
        assert not other.exception, (lines, other.exception)
    assert "IoU 0.50" in str(open_curves(answers="a", lines="overlaps").get("plotly_chart")[0].proto.spec)


@pytest.mark.parametrize("kind", ["class", "box", "value"])
@pytest.mark.parametrize("view", ["curves", "trust", "breakdown"])
def test_every_view_of_every_kind_is_drawn(open_curves: OpenCurves, context: Context, kind: str, view: str) -> None:
    write_toy_answers(answers_dir(context.settings) / "toy", kind)  # type: ignore[arg-type]
    page = open_curves(look=view)
    assert not page.exception, page.exception
    assert not page.error, [error.value for error in page.error]
    assert page.get("plotly_chart")


def test_a_slice_leads_to_its_photos(open_curves: OpenCurves, context: Context) -> None:
    write_toy_answers(answers_dir(context.settings) / "toy")
    page = open_curves(look="breakdown", metric="recall", by="line")
    page.selectbox(key="address.slice").select("line: L2").run()
    assert not page.exception, page.exception
    assert "2 photos, those that pull the metric down first" in words(page)
    assert "0 of 1 · 3" in words(page)


@pytest.mark.parametrize("odd", ["x", "nan", "-3", "99"])
def test_an_odd_address_is_borne(open_curves: OpenCurves, context: Context, odd: str) -> None:
    write_toy_answers(answers_dir(context.settings) / "boxes")
    page = open_curves(p=odd, overlap=odd, answers=odd, look=odd, per=odd, recall=odd, of=odd, lines=odd, outcome=odd)
    assert not page.exception, page.exception
    assert page.get("plotly_chart")


def test_damaged_answers_are_named(open_curves: OpenCurves, context: Context) -> None:
    saved = write_toy_answers(answers_dir(context.settings) / "boxes")
    (saved.folder / "answers.csv").write_text("path,label,score,x_min,y_min,x_max,y_max\n1.jpg,cap,nan,0,0,1,1\n")
    page = open_curves()
    assert not page.exception
    assert "row 2: expected a finite number as score" in page.error[0].value.replace("\\", "")
