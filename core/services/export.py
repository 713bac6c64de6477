"""Findings as documents: the JSON of ``gridlens inspect --json`` and the API, and CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from core.types import Finding, Photo

CSV_COLUMNS = (
    "name", "sha256", "captured_at", "latitude_deg", "longitude_deg", "model", "version", "kind", "label", "confidence",
    "prediction_set", "x_min_px", "y_min_px", "x_max_px", "y_max_px", "value", "interval_low", "interval_high",
    "recognised", "error",
)  # fmt: skip

Document = dict[str, Any]


def photo_document(photo: Photo, findings: Iterable[Finding], path: str | None = None) -> Document:
    """A photo and its findings as JSON-ready values, as DESIGN section 9 names them.

    Args:
        photo: the photo.
        findings: what to list; filter them beforehand.
        path: as the person gave it; the photo's name if None.
    """
    return {
        "path": path if path is not None else photo.name,
        "sha256": photo.sha256,
        "width_px": photo.width_px,
        "height_px": photo.height_px,
        "captured_at": photo.captured_at.isoformat() if photo.captured_at else None,
        "gps": list(photo.gps) if photo.gps else None,
        "error": None,
        "findings": [finding_document(finding) for finding in findings],
    }


def failed_document(path: str, error: str) -> Document:
    """A file that could not be inspected, in the same shape."""
    return {
        "path": path, "sha256": None, "width_px": None, "height_px": None, "captured_at": None, "gps": None,
        "error": error, "findings": [],
    }  # fmt: skip


def finding_document(finding: Finding) -> Document:
    """A finding as JSON-ready values; keys that do not apply are left out."""
    document: Document = {
        "model": finding.model,
        "version": finding.version,
        "kind": finding.kind,
        "label": finding.label,
    }
    if finding.confidence is not None:
        document["confidence"] = finding.confidence
        document["probabilities"] = dict(finding.probabilities)
    if finding.prediction_set:
        document["prediction_set"] = list(finding.prediction_set)
    if finding.box_xyxy_px is not None:
        document["box_xyxy_px"] = list(finding.box_xyxy_px)
    if finding.value is not None:
        document["value"] = finding.value
    if finding.interval is not None:
        document["interval"] = list(finding.interval)
    document["recognised"] = finding.recognised
    return document


def findings_json(documents: Sequence[Document]) -> str:
    """One JSON document, indented, without NaN."""
    return json.dumps(documents, indent=1, ensure_ascii=False, allow_nan=False)


def findings_csv(documents: Sequence[Document]) -> str:
    """One line a finding; a photo without findings, or that failed, has one line too."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, CSV_COLUMNS, extrasaction="ignore", restval="")
    writer.writeheader()
    for document in documents:
        writer.writerows(_csv_rows(document))
    return out.getvalue()


def _csv_rows(document: Document) -> list[Document]:
    latitude_deg, longitude_deg = document["gps"] or (None, None)
    photo = {
        "name": _inert(document["path"]),
        "sha256": document["sha256"],
        "captured_at": document["captured_at"],
        "latitude_deg": latitude_deg,
        "longitude_deg": longitude_deg,
        "error": _inert(document["error"] or ""),
    }
    return [{**photo, **_csv_finding(finding)} for finding in document["findings"]] or [photo]


def _csv_finding(finding: Document) -> Document:
    row = {**finding, "prediction_set": " ".join(finding.get("prediction_set", ()))}
    sides = zip(("x_min_px", "y_min_px", "x_max_px", "y_max_px"), finding.get("box_xyxy_px", ()), strict=False)
    ends = zip(("interval_low", "interval_high"), finding.get("interval", ()), strict=False)
    return {**row, **dict(sides), **dict(ends)}


def _inert(text: str) -> str:
    """A file name that begins like a formula must stay text in a spreadsheet (CWE-1236)."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
