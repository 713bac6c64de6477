"""What the models say about one photo, one card a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components import session_keys as keys
from components.severity import SEVERITIES
from components.wording import next_best, plain, unbroken
from core.runtime.model_config import ModelFolder
from core.services.box_targets import box_text
from core.services.thresholds import Thresholds, shown_findings, threshold_of
from core.services.urgency import Urgency, urgency_of
from core.services.wording import finding_words, label_words, percent
from core.types import Finding

MOST_LINES = 6
EXPLAIN_PAGE = "explain.py"


def prediction_cards(
    findings: Sequence[Finding],
    folders: Mapping[str, ModelFolder],
    thresholds: Thresholds,
    *,
    sha256: str | None = None,
) -> None:
    """Draw one card for each model that looked at the photo.

    Args:
        findings: all findings of the photo, as stored.
        folders: installed models, for titles and coverage; a model that is gone is named as it is.
        thresholds: confidence from which a finding counts.
        sha256: of the photo; each finding then leads to the page that explains it.
    """
    shown = shown_findings(findings, thresholds)
    for model in dict.fromkeys(finding.model for finding in findings):
        folder = folders.get(model)
        own = [finding for finding in shown if finding.model == model]
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                st.markdown(f"**{plain(folder.config.title if folder else model)}**", width="content")
                if own:
                    _badge(max(urgency_of(finding) for finding in own))
            for finding in sorted(own, key=urgency_of, reverse=True)[:MOST_LINES]:
                _draw(finding, folder, thresholds)
                if sha256 is not None and folder is not None:
                    _why(sha256, finding)
            if len(own) > MOST_LINES:
                st.caption(f"and {len(own) - MOST_LINES} more, in the photo")
            below = sum(finding.model == model for finding in findings) - len(own)
            if not own:
                st.markdown("Nothing above the threshold")
            if below:
                st.caption(f"{below} less sure, not shown: move the thresholds to see them")


def _draw(finding: Finding, folder: ModelFolder | None, thresholds: Thresholds) -> None:
    if not finding.recognised:
        st.subheader("Not recognised", anchor=False)
        st.caption("The photo resembles nothing that this model has learned from, so it gives no answer.")
    elif finding.kind == "value":
        _draw_value(finding, folder)
    elif finding.kind == "box":
        icon = SEVERITIES[urgency_of(finding)].icon
        st.markdown(f"{plain(icon)} {_words(finding_words(finding))}")
        _draw_alternatives(finding)
    else:
        _draw_class(finding, folder, thresholds)


def _why(sha256: str, finding: Finding) -> None:
    """A link to what the finding comes from."""
    st.page_link(
        EXPLAIN_PAGE,
        label="Why?",
        icon=":material/visibility:",
        help="Where the model looked, and how far the picture of it can be trusted",
        query_params=why_address(sha256, finding),
    )


def why_address(sha256: str, finding: Finding) -> dict[str, str]:
    """What the Explain page is asked: the photo, the model, and the label or the box; the map is its default one."""
    address = {keys.PHOTO: sha256, keys.EXPLAIN_MODEL: finding.model}
    if finding.box_xyxy_px is not None:
        address[keys.EXPLAIN_TARGET] = box_text(finding.label, finding.box_xyxy_px)
    elif finding.kind == "class" and finding.recognised:
        address[keys.EXPLAIN_TARGET] = finding.label
    return address


def _draw_class(finding: Finding, folder: ModelFolder | None, thresholds: Thresholds) -> None:
    confidence = finding.confidence or 0.0
    st.subheader(_words(f"{label_words(finding.label)} {percent(confidence)}"), anchor=False)
    if confidence < threshold_of(finding, thresholds):
        st.caption(f"Under your threshold of {plain(percent(threshold_of(finding, thresholds)))}: do not rely on it")
    _draw_alternatives(finding)
    if finding.prediction_set:
        st.caption(f"could be: {{{plain(', '.join(finding.prediction_set))}}}{_coverage(folder)}")


def _draw_value(finding: Finding, folder: ModelFolder | None) -> None:
    st.subheader(_words(finding_words(finding)), anchor=False)
    if finding.interval is not None:
        coverage = folder.config.conformal.get("coverage") if folder else None
        often = f"in {percent(coverage)} of cases" if coverage else "most of the time"
        st.caption(_words(f"of the rod; the truth lies between the bracketed values {often}"))


def _draw_alternatives(finding: Finding) -> None:
    others = next_best(finding)
    if others:
        st.caption(f"next: {_words(others)}")


def _coverage(folder: ModelFolder | None) -> str:
    coverage = folder.config.conformal.get("coverage") if folder else None
    return f" at {plain(percent(coverage))}" if coverage else ""


def _words(text: str) -> str:
    return plain(unbroken(text))


def _badge(step: Urgency) -> None:
    severity = SEVERITIES[step]
    st.badge(f"{severity.icon} {severity.word}", color=severity.badge)
