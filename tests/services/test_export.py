"""Findings as JSON and CSV."""

import csv
import io
import json
from datetime import UTC, datetime

from core.services.export import CSV_COLUMNS, failed_document, findings_csv, findings_json, photo_document
from core.types import Photo
from tests.services.toys import box_finding, class_finding, worn_finding

PHOTO = Photo(
    "ab" * 32, "pole.jpg", "image/jpeg", 1, 6000, 4000, datetime(2024, 6, 1, 12, tzinfo=UTC), (61.5, 10.25), "DJI FC"
)


def test_document_has_the_documented_keys_and_leaves_out_what_does_not_apply() -> None:
    findings = (class_finding("TREE"), box_finding("whole top cap", 0.7), worn_finding(0.4))
    document = photo_document(PHOTO, findings, "dir/pole.jpg")
    assert list(document) == ["path", "sha256", "width_px", "height_px", "captured_at", "gps", "error", "findings"]
    assert (document["path"], document["gps"], document["error"]) == ("dir/pole.jpg", [61.5, 10.25], None)
    assert document["captured_at"] == "2024-06-01T12:00:00+00:00"
    of_class, of_box, of_value = document["findings"]
    assert list(of_class) == [
        "model", "version", "kind", "label", "confidence", "probabilities", "prediction_set", "recognised",
    ]  # fmt: skip
    assert list(of_box) == [
        "model", "version", "kind", "label", "confidence", "probabilities", "box_xyxy_px", "recognised",
    ]  # fmt: skip
    assert list(of_value) == ["model", "version", "kind", "label", "value", "interval", "recognised"]
    assert json.loads(findings_json([document]))[0] == document


def test_failed_document_has_the_same_keys() -> None:
    assert list(failed_document("a.jpg", "a.jpg: why")) == list(photo_document(PHOTO, ()))


def test_csv_has_a_line_a_finding_and_one_for_a_photo_without() -> None:
    documents = [
        photo_document(PHOTO, (class_finding("TREE"), box_finding("whole top cap", 0.7, (1, 2, 3, 4)))),
        photo_document(PHOTO, ()),
        failed_document("bad.jpg", "bad.jpg: empty"),
    ]
    rows = list(csv.DictReader(io.StringIO(findings_csv(documents))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["label"] for row in rows] == ["TREE", "whole top cap", "", ""]
    assert [rows[1][key] for key in ("x_min_px", "y_min_px", "x_max_px", "y_max_px")] == ["1", "2", "3", "4"]
    assert rows[3]["error"] == "bad.jpg: empty"


def test_names_that_begin_like_formulas_stay_text_in_a_spreadsheet() -> None:
    (row,) = csv.DictReader(io.StringIO(findings_csv([failed_document("=HYPERLINK(1).jpg", "@x")])))
    assert row["name"] == "'=HYPERLINK(1).jpg"
    assert row["error"] == "'@x"
