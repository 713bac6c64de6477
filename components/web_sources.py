"""Reads the HTML, CSS and JavaScript of a component of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict


class WebSources(TypedDict):
    """What ``st.components.v2.component`` takes beside the name."""

    html: str
    css: str
    js: str


def read_web_sources(folder: Path, name: str, scripts: tuple[str, ...]) -> WebSources:
    """Read ``NAME.html`` and ``NAME.css`` and join scripts into one module.

    Streamlit runs a component's JavaScript as one inline module, from which nothing else can be imported;
    so a component that is split over several files is joined here. Only the last one may export.

    Args:
        folder: where the files are.
        name: stem of the HTML and CSS files.
        scripts: file names in the order in which they depend on each other.

    Returns:
        The three texts.
    """
    return {
        "html": (folder / f"{name}.html").read_text("utf-8"),
        "css": (folder / f"{name}.css").read_text("utf-8"),
        "js": "\n".join((folder / script).read_text("utf-8") for script in scripts),
    }
