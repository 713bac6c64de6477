"""Tables and figures come from the CSVs, stand between their markers, and leave all other text alone."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from core.errors import ConfigError
from experiments.__main__ import DOCUMENT
from experiments.markdown import as_matrix, as_table, fixed, provenance
from experiments.report import write_report
from experiments.runner import csv_path
from experiments.studies import STUDIES, architectures, balance, data_amount, render_variables, variants
from experiments.svg import Axis, Interval, Line, interval_chart, line_chart

ORIGIN = "abc,1,c0ffee,2 x Xeon,0.5,cpu,2026-11-20T12:00:00+00:00"
ORIGIN_NAMES = "config_hash,seed,commit,machine,hours,sizes,finished_at"


def _write(folder: Path, study: str, table: str, header: str, *lines: str) -> None:
    folder.mkdir(exist_ok=True)
    rows = [f"{header},{ORIGIN_NAMES}", *(f"{line},{ORIGIN}" for line in lines)]
    csv_path(study, table, folder).write_text("\n".join(rows) + "\n")


def _document(folder: Path, *names: str) -> Path:
    path = folder / "experiments.md"
    markers = "\n".join(f"Before {n}.\n<!-- {n}: begin -->\nold\n<!-- {n}: end -->\nReading of {n}." for n in names)
    path.write_text(f"# Title\n{markers}\n")
    return path


def test_architectures_from_csv(tmp_path):
    results = tmp_path / "experiments"
    header = (
        "run,backbone,learn,parameters,litert_mb,litert_ms,train_mae,validation_mae,test_mae,epochs,best_epoch,"
        "hours_to_best,fit_hours,note"
    )
    _write(
        results,
        "architectures",
        "results",
        header,
        "a,vgg16,whole,14700000,29.4,20.04,0.2,0.21,0.22,10,9,0.25,0.5,",
        "b,mobilenet_v2,whole,2259265,4.51,0.9,0.05,0.06,0.0712,10,4,0.1,0.5,",
        "c,efficientnetv2_b0,whole,5900000,11.9,2.1,,,,,,,,no weights to be had here",
    )
    _write(
        results,
        "architectures",
        "epochs",
        "run,backbone,learn,epoch,loss,val_loss,elapsed_s",
        "b,mobilenet_v2,whole,1,0.3,0.25,30",
        "b,mobilenet_v2,whole,2,0.1,0.06,60",
    )
    document = _document(tmp_path, "architectures")
    written = write_report([architectures.STUDY], document, results)
    text = document.read_text()
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert [line.split(" | ")[0] for line in lines[1:]] == ["| mobilenet_v2", "| vgg16", "| efficientnetv2_b0"]
    assert "| 0.0712 | 0.0085 | 4 of 10 | 6.0 | 30.0 | 2.3 M | 4.5 | 0.9 |" in lines[1]
    assert "| 0.2247 |" in lines[2]
    assert "no weights to be had here" in lines[3]
    assert text.startswith("# Title\nBefore architectures.\n")
    assert text.endswith("Reading of architectures.\n")
    assert "old" not in text
    assert "](experiments/architectures_by_epoch.svg)" in text
    assert written[1:] == [results / "architectures_by_epoch.svg", results / "architectures_by_minute.svg"]
    assert "mobilenet_v2 whole" in written[1].read_text()
    write_report([architectures.STUDY], document, results)
    assert document.read_text() == text


def test_variant_matrix_has_trainings_down_and_tests_across(tmp_path):
    results = tmp_path / "experiments"
    names = variants.VARIANTS
    lines = [
        f"r,{a},0.0,{b},{0.1 * i + 0.01 * j:.3f},3,2,0.1" for i, a in enumerate(names, 1) for j, b in enumerate(names)
    ]
    lines += [f"m,{names[3]},0.2,{b},0.050,3,2,0.1" for b in names]
    header = "run,train_variant,margin,test_variant,mae,epochs,best_epoch,hours_to_best"
    _write(results, "variants", "results", header, *lines)
    document = _document(tmp_path, "variants")
    write_report([variants.STUDY], document, results)
    rows = [line for line in document.read_text().splitlines() if line.startswith("| ")]
    assert rows[0] == "| trained on ↓, tested on → | NOTX_NOBG | NOTX_WBG | WTX_WBG | WBG_WTX_WGM |"
    assert rows[1] == "| NOTX_NOBG | 0.100 | 0.110 | 0.120 | 0.130 |"
    assert rows[4] == "| WBG_WTX_WGM | 0.400 | 0.410 | 0.420 | 0.430 |"
    assert rows[5] == "| WBG_WTX_WGM, margin 0.2 | **0.050** | **0.050** | **0.050** | **0.050** |"


def test_data_amounts_are_averaged_over_seeds(tmp_path):
    results = tmp_path / "experiments"
    header = "run,task,share,photos,measure,value,repeat,epochs"
    _write(
        results,
        "data_amount",
        "results",
        header,
        "p,poles,1.0,1500,accuracy,0.8,1,",
        "w1,wear,0.05,85,MAE,0.2,1,50",
        "w2,wear,0.05,85,MAE,0.3,2,50",
        "w3,wear,1.0,1700,MAE,0.1,1,10",
    )
    document = _document(tmp_path, "data_amount")
    written = write_report([data_amount.STUDY], document, results)
    rows = [line for line in document.read_text().splitlines() if line.startswith("| ")]
    assert rows[1] == "| wear | MAE | 5 % | 85 | 50 | 0.2500 | 0.200 to 0.300 | 2 |"
    assert rows[2] == "| wear | MAE | 100 % | 1700 | 10 | 0.1000 | – | 1 |"
    assert rows[3] == "| poles | accuracy | 100 % | 1500 | – | 0.800 | – | 1 |"
    assert [p.name for p in written[1:]] == ["data_amount_wear.svg", "data_amount_poles.svg"]


def test_render_variables_with_intervals(tmp_path):
    results = tmp_path / "experiments"
    header = "run,left_out,photos_of,photos,accuracy,low,high,difference,difference_low,difference_high"
    _write(
        results,
        "render_variables",
        "results",
        header,
        "n,nothing,field,26,0.7,0.55,0.85,0.0,0.0,0.0",
        "b,background,field,26,0.6,0.45,0.75,-0.1,-0.2,0.01",
    )
    document = _document(tmp_path, "render_variables")
    write_report([render_variables.STUDY], document, results)
    text = document.read_text()
    assert "| left out | accuracy on 26 field photos | change (90 % interval) |" in text
    assert "| nothing | 0.70 (0.55 to 0.85) | – |" in text
    assert "| background | 0.60 (0.45 to 0.75) | -0.10 (-0.20 to 0.01) |" in text


def test_balance_is_averaged_over_repeats(tmp_path):
    results = tmp_path / "experiments"
    header = (
        "run,mix,remedy,multiple,repeat,photos,macro_f1,field_mix_accuracy,recall_TREE,recall_STEEL,recall_CONCRETE"
    )
    lines = [f"b,96 % TREE,none,0,{k},600,{f},0.9,1.0,0.25,{f}" for k, f in ((1, 0.5), (2, 0.7))]
    _write(results, "balance", "results", header, *lines)
    document = _document(tmp_path, "balance")
    write_report([balance.STUDY], document, results)
    expected = "| without | 96 % TREE | none | 0.600 (0.50 to 0.70) | 1.000 | 0.250 | 0.600 | 0.900 | – | – |"
    assert expected in document.read_text()


def test_a_study_that_was_not_run_says_so_and_a_missing_marker_is_named(tmp_path):
    document = _document(tmp_path, "variants")
    write_report([variants.STUDY], document, tmp_path / "none")
    assert "Not run yet: `python -m experiments run variants`." in document.read_text()
    with pytest.raises(ConfigError, match=r"experiments\.md: expected the markers <!-- balance: begin -->"):
        write_report([balance.STUDY], document, tmp_path / "none")


def test_the_page_has_a_place_for_every_study():
    text = DOCUMENT.read_text()
    assert all(f"<!-- {s.name}: begin -->" in text and f"<!-- {s.name}: end -->" in text for s in STUDIES)


def test_tables_and_numbers():
    assert as_table({"a": "A", "b": "B"}, [{"a": "1"}]) == "| A | B |\n|---|---|\n| 1 | – |"
    assert as_matrix("x", ["p"], ["q", "r"], {("q", "p"): "2"}, best="high").splitlines()[2:] == [
        "| q | **2** |",
        "| r | – |",
    ]
    assert (fixed("0.12345", 3), fixed("", 3), fixed("nan", 3)) == ("0.123", "–", "–")
    row = {"run": "a", "config_hash": "h", "hours": "0.5", "machine": "m", "commit": "c", "sizes": "cpu"}
    # two rows of one run are one run's hours
    assert provenance([row, row, {**row, "run": "b"}]).startswith("2 runs, 1.00 hours in all; m; commit c")


def _circles(svg: str) -> list[tuple[float, float]]:
    root = ET.fromstring(svg)
    return [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in root.iter("{http://www.w3.org/2000/svg}circle")]


def test_line_chart_puts_decades_at_equal_steps_and_more_above_less():
    line = Line("a < b", [(1, 0.01), (10, 0.1), (100, 1.0), (1000, float("nan")), (5, 0.0)], marked=True)
    places = _circles(line_chart("T & T", Axis("x", True), Axis("y", True), [line]))
    assert len(places) == 3  # NaN, and 0 on a log axis, cannot be shown
    (x0, y0), (x1, y1), (x2, y2) = places
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)
    assert y0 - y1 == pytest.approx(y1 - y2, abs=0.2)
    assert y2 < y1 < y0
    assert line_chart("empty", Axis("x"), Axis("y"), [Line("a", [])]) == ""


def test_interval_chart_places_values_in_proportion():
    svg = interval_chart("T", "x", [Interval("a", 0.0, -1.0, 1.0), Interval("b", 0.5, 0.0, 1.0)], reference=0.0)
    (a, _), (b, _) = _circles(svg)
    root = ET.fromstring(svg)
    lines = [ln for ln in root.iter("{http://www.w3.org/2000/svg}line") if ln.get("stroke-width") == "2"]
    low, high = float(lines[0].get("x1", 0)), float(lines[0].get("x2", 0))
    assert a == pytest.approx((low + high) / 2, abs=0.2)
    assert b == pytest.approx(low + 0.75 * (high - low), abs=0.2)
