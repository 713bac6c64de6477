"""The Training page on run folders that training's own writer made."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import REPOSITORY
from core.services import training_line
from core.services.context import Context
from core.services.training_runs import list_runs, read_run
from tests.pages.test_inspect import words
from tests.services.test_training_results import RESULT
from tests.services.training_toys import CONFIG, epoch, write_dataset, write_run

OpenTraining = Callable[..., AppTest]


@pytest.fixture
def open_training(context: Context, monkeypatch: pytest.MonkeyPatch) -> OpenTraining:
    """Open the page with parameters in the address; nothing is started in earnest."""
    monkeypatch.setattr(training_line, "wake_line", lambda _: None)
    monkeypatch.setattr("pages.training_parts.overview.wake_line", lambda _: None)

    def open_(**address: str) -> AppTest:
        page = AppTest.from_file(str(REPOSITORY / "pages" / "training.py"), default_timeout=60)
        for name, value in address.items():
            page.query_params[name] = value
        return page.run()

    return open_


def table(page: AppTest):
    return next(frame.value for frame in page.dataframe if "Status" in frame.value.columns)


def figure_traces(page: AppTest, at: int = 0) -> str:
    return str(page.get("plotly_chart")[at].proto.spec)


def test_an_empty_page_starts_the_sample_training(open_training: OpenTraining, context: Context) -> None:
    page = open_training()
    assert not page.exception
    page.button(key="training.sample").click().run()
    assert not page.exception, page.exception
    (run,) = list_runs(context.settings.runs_dir)
    assert (run.name.rpartition("-")[0], run.status) == ("sample-poles-v1", "waiting")
    assert page.query_params["runs"] == run.name
    assert "1 run waits in line" in words(page)
    page.button(key="training.run.stop").click().run()
    assert read_run(context.settings.runs_dir, run.name).status == "stopped"


def test_the_table_shows_how_far_each_run_is(open_training: OpenTraining, context: Context) -> None:
    write_run(context.settings.runs_dir, "a-v1-1")
    write_run(context.settings.runs_dir, "b-v1-2", status="failed", error="<b>d.csv</b> row 3: expected a label")
    page = open_training(runs="b-v1-2")
    assert not page.exception
    rows = table(page).set_index("Run")
    assert rows.loc["a-v1-1", ["Status", "Epochs", "An epoch", "Best"]].tolist() == [
        "✓ done",
        "3 of 4",
        "2.0 s",
        "0.6 at epoch 2",
    ]
    assert rows.loc["b-v1-2", "Status"] == "✕ failed"
    assert "\\<b\\>d\\.csv" in page.error[0].value
    assert page.button(key="training.run.resume")


def test_curves_are_drawn_as_the_address_says(open_training: OpenTraining, context: Context) -> None:
    for name in ("a-v1-1", "b-v1-2", "c-v1-3"):
        write_run(context.settings.runs_dir, name, epochs=[epoch(1, accuracy=0.5), epoch(2, accuracy=0.7)])
    page = open_training(runs="a-v1-1,c-v1-3,gone", scale="log", smooth="0.6")
    assert not page.exception
    spec = figure_traces(page)
    assert "a-v1-1" in spec
    assert "c-v1-3" in spec
    assert "b-v1-2" not in spec
    assert '"type":"log"' in spec.replace(" ", "")
    assert page.slider(key="address.smooth").value == 0.6
    page.slider(key="address.smooth").set_value(0.0).run()
    assert "smooth" not in page.query_params
    page.selectbox(key="address.measure").select("accuracy").run()
    assert page.query_params["measure"] == "accuracy"
    assert "Accuracy" in figure_traces(page)


@pytest.mark.parametrize("smooth", ["x", "nan", "-3", "99"])
def test_an_odd_address_is_borne(open_training: OpenTraining, context: Context, smooth: str) -> None:
    write_run(context.settings.runs_dir)
    page = open_training(smooth=smooth, scale="cubic", curves="none", measure="beauty", show="all", run="gone")
    assert not page.exception
    assert page.get("plotly_chart")


def test_settings_that_differ_are_listed_and_no_others(open_training: OpenTraining, context: Context) -> None:
    for name, epochs in (("a", 2), ("b", 9)):
        config = CONFIG.format(name="toy", data="d.csv", epochs=epochs, rate=0.1)
        write_run(context.settings.runs_dir, name, config=config)
    page = open_training(runs="a,b")
    differing = next(frame.value for frame in page.dataframe if "Setting" in frame.value.columns)
    assert differing.to_dict("records") == [{"Setting": "fit.epochs", "a": "2", "b": "9"}]


def test_a_finished_run_shows_its_result_log_and_settings(open_training: OpenTraining, context: Context) -> None:
    folder = write_run(context.settings.runs_dir, result=RESULT, config="# mine\n")
    (folder / "train.log").write_text("epoch 1 of 4  loss 1\n")
    page = open_training()
    assert not page.exception
    measures = next(frame.value for frame in page.dataframe if "Measure" in frame.value.columns)
    assert measures.to_dict("records")[0] == {"Measure": "Accuracy", "Train": "0.9", "Test": "0.5"}
    assert "best epoch 2 of 3" in words(page)
    assert "True" in figure_traces(page, 1)
    assert "epoch 1 of 4" in open_training(show="log").code[0].value
    assert "# mine" in open_training(show="settings").code[0].value


def test_a_search_and_folds_are_shown(open_training: OpenTraining, context: Context) -> None:
    folds = [{"fold": k, "measures": {"mae": 0.1 * k}, "counts": {}, "best_epoch": 1} for k in (1, 2)]
    write_run(
        context.settings.runs_dir,
        "folded",
        result={"measures": {"test": {"mae": 0.15}}, "deviation": {"mae": 0.07}, "folds": folds},
    )
    page = open_training(runs="folded")
    assert not page.exception
    shown = next(frame.value for frame in page.dataframe if "Fold" in frame.value.columns)
    assert shown["Mean absolute error"].tolist() == ["0.1", "0.2", "0.15 ± 0.07"]
    folder = write_run(context.settings.runs_dir, "searched", status="stopped")
    (folder / "trials.jsonl").write_text(
        '{"trial": 1, "score": 0.3, "settings": {"fit.dropout": 0.1}}\n'
        '{"trial": 2, "score": 0.2, "settings": {"fit.dropout": 0.4}}\n'
    )
    page = open_training(runs="searched")
    assert not page.exception
    trials = next(frame.value for frame in page.dataframe if "Trial" in frame.value.columns)
    assert trials["Trial"].tolist() == ["2", "1"]
    assert "fit.dropout" in figure_traces(page, 1)


def test_deleting_asks_first_and_then_forgets_the_run(open_training: OpenTraining, context: Context) -> None:
    write_run(context.settings.runs_dir, "a")
    write_run(context.settings.runs_dir, "b")
    page = open_training(runs="a")
    assert "This cannot be undone" in words(page)
    page.button(key="training.run.delete").click().run()
    assert not page.exception
    assert [run.name for run in list_runs(context.settings.runs_dir)] == ["b"]
    assert table(page)["Run"].tolist() == ["b"]


def test_the_form_makes_a_config_and_starts_it(open_training: OpenTraining, context: Context, tmp_path: Path) -> None:
    data = write_dataset(tmp_path / "data")
    page = open_training(new="yes", way="form")
    page.selectbox(key="training.new.dataset").select("another CSV …").run()
    page.text_input(key="training.new.csv").input(str(data)).run()
    assert not page.exception
    assert "20 photos for classification" in words(page)
    page.selectbox(key="training.form.classification.model.backbone").select("csrn").run()
    page.number_input(key="training.form.classification.fit.epochs").set_value(7).run()
    page.button(key="training.new.start").click().run()
    assert not page.exception, page.exception
    assert not page.error, page.error
    (run,) = list_runs(context.settings.runs_dir)
    text = (run.folder / "config.toml").read_text()
    assert 'backbone = "csrn"' in text
    assert 'learn = "scratch"' in text
    assert "epochs = 7" in text
    assert (context.settings.home / "configs" / "my-toy.toml").read_text() == text
    assert page.query_params["runs"] == run.name


def test_what_is_wrong_with_the_data_is_said_and_nothing_starts(
    open_training: OpenTraining, context: Context, tmp_path: Path
) -> None:
    data = write_dataset(tmp_path / "data")
    (data.parent / "4.jpg").unlink()
    page = open_training(new="yes", way="form")
    page.selectbox(key="training.new.dataset").select("another CSV …").run()
    page.text_input(key="training.new.csv").input(str(data)).run()
    page.button(key="training.new.start").click().run()
    assert "row 6: expected a photo at" in page.error[0].value.replace("\\", "")
    assert list_runs(context.settings.runs_dir) == []


def test_a_regression_asks_for_its_loss(open_training: OpenTraining, context: Context, tmp_path: Path) -> None:
    photos = write_dataset(tmp_path / "data", 60).parent
    wear = photos / "wear.csv"
    wear.write_text("path,value\n" + "".join(f"{i}.jpg,{i / 100}\n" for i in range(60)))
    page = open_training(new="yes", way="form")
    page.selectbox(key="training.new.dataset").select("another CSV …").run()
    page.text_input(key="training.new.csv").input(str(wear)).run()
    page.selectbox(key="training.form.regression.fit.loss").select("margin_mae").run()
    page.number_input(key="training.form.regression.fit.margin").set_value(0.2).run()
    page.button(key="training.new.start").click().run()
    assert not page.exception
    assert not page.error, page.error
    (run,) = list_runs(context.settings.runs_dir)
    assert 'loss = "margin_mae"\nmargin = 0.2' in (run.folder / "config.toml").read_text()


def test_every_known_config_can_be_looked_at(open_training: OpenTraining, context: Context) -> None:
    page = open_training(new="yes")
    choice = page.selectbox(key="training.new.config")
    assert "sample-poles.toml" in choice.options
    choice.select("sample-poles.toml").run()
    assert 'name = "sample-poles"' in page.code[0].value
    page.button(key="training.new.start").click().run()
    assert [run.status for run in list_runs(context.settings.runs_dir)] == ["waiting"]
