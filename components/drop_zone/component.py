"""Python side of the drop zone. Bytes never pass through Streamlit: ``st.file_uploader`` would keep them in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import streamlit as st

from components.web_sources import read_web_sources

UploadState = Literal["preparing", "sending", "done", "stopped", "nothing", "empty", "failed"]

_mount = st.components.v2.component(
    "gridlens_drop_zone",
    **read_web_sources(Path(__file__).parent / "web", "drop_zone", ("collect.js", "upload.js", "drop_zone.js")),
)


@dataclass(frozen=True, slots=True)
class UploadFailure:
    """A file that never reached the API: its name as it was on the person's disk, and the reason."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class UploadChoice:
    """Where the latest upload of this browser stands.

    Attributes:
        batch: the batch that it fills; None until there is one.
        state: ``preparing`` and ``sending`` are going on, all others have ended.
        total_count: files to send.
        sent_count: files that the API has taken.
        refused_count: files that the API could not read; the batch keeps their names and reasons.
        failures: files that could not be sent, at most the first 200.
    """

    batch: str | None
    state: UploadState
    total_count: int
    sent_count: int
    refused_count: int = 0
    failures: tuple[UploadFailure, ...] = ()

    @property
    def is_going_on(self) -> bool:
        """Whether more photos are still to come."""
        return self.state in ("preparing", "sending")


def drop_zone(
    *,
    tag: str | None,
    key: str,
    large: bool = False,
    max_bytes: int = 200_000_000,
    api_root: str = "/api/v1",
) -> UploadChoice | None:
    """Take photos and folders of photos.

    Args:
        tag: given to every photo of the next upload.
        key: Streamlit key; the upload lives as long as the browser's page, across reruns.
        large: fill the empty page.
        max_bytes: larger files are named and not sent.
        api_root: where the API's version 1 is mounted.

    Returns:
        The latest upload; None before the first.
    """
    result = _mount(
        key=key,
        data={"key": key, "tag": tag, "large": large, "max_bytes": max_bytes, "api_root": api_root},
        on_upload_change=lambda: None,
    )
    return _read_upload(result.upload)


def _read_upload(value: Any) -> UploadChoice | None:
    """What comes from the browser is checked like any other input."""
    if not isinstance(value, Mapping) or value.get("state") not in get_args(UploadState):
        return None
    failures = value.get("failures")
    return UploadChoice(
        batch=str(value["batch"]) if value.get("batch") else None,
        state=value["state"],
        total_count=int(value.get("total", 0)),
        sent_count=int(value.get("sent", 0)),
        refused_count=int(value.get("refused", 0)),
        failures=tuple(
            UploadFailure(str(item.get("name", "")), str(item.get("reason", "")))
            for item in (failures if isinstance(failures, list) else [])
            if isinstance(item, Mapping)
        ),
    )
