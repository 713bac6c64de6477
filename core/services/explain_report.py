"""Maps as files: a picture, an array, and a report of one page that needs nothing beside it."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import cv2

from core.explain.trust import Trust
from core.runtime.model_config import ModelFolder
from core.services.explain import npy_bytes, png_bytes
from core.types import Photo, UInt8Image

if TYPE_CHECKING:
    from core.explain.picture import Colours
    from core.explain.result import Explanation

VERDICT_WORDS = {
    "trust": "Can be trusted as far as it was measured",
    "care": "Read it with care",
    "doubt": "Do not trust it",
}
_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#17212b}
h1{font-size:1.4rem;margin:0 0 .3rem}h2{font-size:1.05rem;margin:1rem 0 .3rem}
.maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:1rem}
figure{margin:0;break-inside:avoid}img{width:100%;border-radius:.4rem}
table{border-collapse:collapse;width:100%;font-size:.85rem;margin:.4rem 0}td,th{border:1px solid #ced5dc;padding:.15rem
.4rem;text-align:right}td:first-child,th:first-child{text-align:left}p{margin:.3rem 0}small{color:#4a5661}
"""


@dataclass(frozen=True, slots=True, eq=False)
class ReportMap:
    """One method of the report: its ``explanation``, ``scores`` (may be empty) and ``trust`` (None where none)."""

    explanation: Explanation
    scores: Mapping[str, float]
    trust: Trust | None


@dataclass(frozen=True, slots=True)
class MapStyle:
    """How maps are laid over photos: opacity and threshold 0 to 1, and a scale of ``core.explain.picture``."""

    opacity: float = 0.6
    threshold: float = 0.0
    colours: Colours = "inferno"


def map_picture(image_hwc: UInt8Image, found: Explanation, style: MapStyle) -> UInt8Image:
    """The map over the photo, uint8 (H, W, 3), as the page shows it; without evidence the photo alone."""
    from core.explain.picture import overlay

    if not found.has_evidence:
        return image_hwc
    return overlay(
        image_hwc,
        found.map_hw,
        signed=found.signed,
        opacity=style.opacity,
        threshold=style.threshold,
        colours=style.colours,
    )


def map_png(image_hwc: UInt8Image, found: Explanation, style: MapStyle) -> bytes:
    """``map_picture`` as a PNG file."""
    return png_bytes(map_picture(image_hwc, found, style))


def map_npy(image_hwc: UInt8Image, found: Explanation) -> bytes:
    """The map at the photo's standard size as a ``.npy`` file: float32 (H, W), 0 to 1 or, signed, −1 to 1."""
    from core.explain.scores import resized

    return npy_bytes(resized(found.map_hw, image_hwc.shape[:2]))


def report_html(
    photo: Photo, image_hwc: UInt8Image, folder: ModelFolder, maps: Sequence[ReportMap], style: MapStyle, address: str
) -> str:
    """One page with the maps, their scores beside the baselines, and what they were made with.

    Args:
        photo, image_hwc: the photo, and its pixels at any size.
        folder: the model version.
        maps: at least one.
        style: of the pictures.
        address: brings the same view back.
    """
    config = folder.config
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    parts = [_map_part(image_hwc, one, style) for one in maps]
    size = f"{photo.width_px} × {photo.height_px} px"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{_safe(photo.name)}</title>'
        f"<style>{_STYLE}</style>"
        f"<h1>Where {_safe(config.title)} looked in {_safe(photo.name)}</h1>"
        f"<p>Explained: {_safe(maps[0].explanation.target)} (answer {maps[0].explanation.answer:.3f})</p>"
        f'<div class="maps">{"".join(parts)}</div>'
        f"<p><small>Model {_safe(config.name)}-v{config.number}, version {folder.version}. Photo {size}, SHA-256 "
        f"{photo.sha256}. Made {made} with Gridlens. View: {_safe(address)}</small></p></html>"
    )


def _map_part(image_hwc: UInt8Image, one: ReportMap, style: MapStyle) -> str:
    from core.explain.methods import find_method

    found, method = one.explanation, find_method(one.explanation.method)
    picture = cv2.cvtColor(map_picture(image_hwc, found, style), cv2.COLOR_RGB2BGR)
    data = base64.b64encode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()).decode()
    words = [f"<p>No evidence: {_safe(found.reason)}.</p>"] if found.reason else []
    if one.trust is not None:
        words.append(f"<p><b>{VERDICT_WORDS[one.trust.verdict]}.</b></p>")
        words += [f"<p>{'✓' if check.passed else '✗'} {_safe(check.words)}</p>" for check in one.trust.checks]
    return (
        f"<figure><h2>{_safe(method.title)} at {_safe(found.layer)}</h2>"
        f'<img alt="" src="data:image/jpeg;base64,{data}">'
        f"{''.join(words)}{_score_table(one.scores)}<small>{_safe(method.source)}</small></figure>"
    )


def _score_table(scores: Mapping[str, float]) -> str:
    rows = [
        "<tr><td>{}</td>{}</tr>".format(
            _safe(name), "".join(f"<td>{'' if value is None else f'{value:.3f}'}</td>" for value in values)
        )
        for name, *values in score_rows(scores)
    ]
    if not rows:
        return ""
    return (
        f"<table><tr><th>score</th><th>map</th><th>centre</th><th>area</th><th>random</th></tr>{''.join(rows)}</table>"
    )


SCORE_WORDS = {
    "energy": "energy in mask",
    "pointing": "points into it",
    "iou": "best overlap",
    "insertion": "insertion ↑",
    "deletion": "deletion ↓",
    "average_drop": "average drop ↓",
    "average_increase": "average increase ↑",
}


def score_rows(scores: Mapping[str, float]) -> list[tuple[str, float | None, float | None, float | None, float | None]]:
    """Scores in words: (score, of the map, of the centre, of the area, of random maps); None where not measured."""
    return [
        (
            words,
            scores[name],
            scores.get(f"{name}_centre"),
            scores.get(f"{name}_area"),
            scores.get(f"{name}_random"),
        )
        for name, words in SCORE_WORDS.items()
        if name in scores
    ]


def _safe(text: object) -> str:
    return html.escape(str(text))
