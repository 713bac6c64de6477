"""Python side of the photo viewer: core types in, a person's choice out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import quote

import streamlit as st

from components.severity import severity_data
from components.web_sources import read_web_sources
from components.wording import unbroken
from core.services.urgency import urgency_of
from core.services.wording import finding_words
from core.types import BoxXyxyPx, Finding, Photo

STANDARD_SIDE_PX = 2048
Action = Literal["previous", "next", "accept", "reject"]
Tool = Literal["look", "draw"]

_SCRIPTS = ("geometry", "heat", "pictures", "drawing", "gestures", "paint", "controls", "viewer")
_mount = st.components.v2.component(
    "gridlens_photo_viewer",
    **read_web_sources(Path(__file__).parent / "web", "viewer", tuple(f"{name}.js" for name in _SCRIPTS)),
)


@dataclass(frozen=True, slots=True)
class HeatChoice:
    """The heat map that the viewer offers.

    Attributes:
        model: the model whose map it is.
        label: the class (or quantity) that it explains.
        title: what people read above the scale.
        diverging: True for maps of a value, whose two directions both matter.
        shown: whether it is on when the photo is opened for the first time; afterwards the person decides.
        has_better: whether a method measured better than the map that came with the prediction; while the map is on,
            that method's replaces it as soon as it is there.
    """

    model: str
    label: str
    title: str
    diverging: bool = False
    shown: bool = False
    has_better: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What part of a photo is seen: its point at the stage's centre in fractions of the photo, and zoom (1 = fits)."""

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class ViewerChoice:
    """What a person did.

    Attributes:
        action: asked for in this run; None in all others.
        sha256: the photo that it was meant for.
        view: the part last seen; None unless ``report_view``.
        drawn: with the tool ``draw``, a new box in pixels of the upright original.
        removed: with the tool ``draw``, the finding whose box is to go.
    """

    action: Action | None = None
    sha256: str | None = None
    view: View | None = None
    drawn: BoxXyxyPx | None = None
    removed: Finding | None = None


def photo_viewer(
    photo: Photo,
    findings: Sequence[Finding],
    *,
    heat: HeatChoice | None,
    show_boxes: bool = True,
    key: str,
    has_previous: bool = False,
    has_next: bool = False,
    can_review: bool = False,
    view: View | None = None,
    report_view: bool = False,
    tool: Tool = "look",
    api_root: str = "/api/v1",
) -> ViewerChoice:
    """Show a photo with its findings.

    Args:
        photo: what to show; pixels come from the API's routes, never through Streamlit.
        findings: those that count; boxes are drawn, all others are read to screen readers.
        heat: the map that key h shows; None hides the button.
        show_boxes: whether boxes are on at first.
        key: Streamlit key; zoom and toggles live as long as it stays.
        has_previous, has_next: whether arrows lead anywhere.
        can_review: whether keys a and r emit accept and reject.
        view: a part to go to, whenever it changes; for linked pairs and addresses.
        report_view: send the part seen back (each change reruns the page).
        tool: what dragging does: ``look`` moves the photo, ``draw`` draws a box; then boxes can be taken away, too.
        api_root: where the API's version 1 is mounted.

    Returns:
        The choice made in this run.
    """
    boxes, notes = _split(findings)
    boxed = [finding for finding, _ in boxes]
    result = _mount(
        key=key,
        data={
            "photo": _photo_data(photo, api_root),
            "boxes": [drawing for _, drawing in boxes],
            "notes": notes,
            "heat": _heat_data(photo, heat, api_root),
            "show_boxes": show_boxes,
            "has_previous": has_previous,
            "has_next": has_next,
            "can_review": can_review,
            "view": asdict(view) if view else None,
            "report_view": report_view,
            "tool": tool,
        },
        on_action_change=lambda: None,
        on_view_change=lambda: None,
        on_drawn_change=lambda: None,
        on_removed_change=lambda: None,
    )
    return _read_choice(result.action, result.view, result.drawn, result.removed, boxed)


def _read_choice(
    action: Any, view: Any, drawn: Any = None, removed: Any = None, boxed: Sequence[Finding] = ()
) -> ViewerChoice:
    """What comes from the browser is checked like any other input.

    Args:
        action, view, drawn, removed: from the browser; None where nothing came.
        boxed: the findings whose boxes it shows, in the order of their ids.
    """
    seen = None
    if isinstance(view, Mapping) and all(isinstance(view.get(k), int | float) for k in ("x", "y", "zoom")):
        seen = View(float(view["x"]), float(view["y"]), float(view["zoom"]))
    if isinstance(action, Mapping) and action.get("action") in get_args(Action):
        return ViewerChoice(action["action"], str(action.get("sha256", "")), seen)
    box = drawn.get("box_xyxy_px") if isinstance(drawn, Mapping) else None
    if isinstance(box, Sequence) and len(box) == 4 and all(isinstance(side, int | float) for side in box):
        x_min, y_min, x_max, y_max = map(float, box)
        return ViewerChoice(None, str(drawn.get("sha256", "")), seen, drawn=(x_min, y_min, x_max, y_max))
    number = removed.get("id") if isinstance(removed, Mapping) else None
    if isinstance(number, int) and 0 <= number < len(boxed):
        return ViewerChoice(None, str(removed.get("sha256", "")), seen, removed=boxed[number])
    return ViewerChoice(view=seen)


def _split(findings: Sequence[Finding]) -> tuple[list[tuple[Finding, dict[str, Any]]], list[str]]:
    """Boxes and the rest, the most urgent first: where there is little room, those get their labels."""
    boxes: list[tuple[Finding, dict[str, Any]]] = []
    notes: list[str] = []
    for finding in sorted(findings, key=urgency_of, reverse=True):
        if finding.box_xyxy_px is None:
            notes.append(finding_words(finding))
            continue
        drawing = {
            "id": len(boxes),
            "box_xyxy_px": list(finding.box_xyxy_px),
            "text": unbroken(finding_words(finding)),
            "severity": severity_data(urgency_of(finding)),
        }
        boxes.append((finding, drawing))
    return boxes, notes


def _photo_data(photo: Photo, api_root: str) -> dict[str, Any]:
    address = f"{api_root}/photos/{photo.sha256}"
    return {
        "sha256": photo.sha256,
        "name": photo.name,
        "width_px": photo.width_px,
        "height_px": photo.height_px,
        "standard_side_px": STANDARD_SIDE_PX,
        "urls": {name: f"{address}/{name}" for name in ("thumbnail", "standard", "tiles")},
    }


def _heat_data(photo: Photo, heat: HeatChoice | None, api_root: str) -> dict[str, Any] | None:
    if heat is None:
        return None
    root, model, label = f"{api_root}/photos/{photo.sha256}", quote(heat.model), quote(heat.label)
    return {
        "url": f"{root}/heat/{model}?label={label}",
        "better_url": f"{root}/explain/{model}?target={label}&scores=false" if heat.has_better else None,
        "title": heat.title,
        "diverging": heat.diverging,
        "shown": heat.shown,
        "low_word": "less",
        "high_word": "more",
    }
