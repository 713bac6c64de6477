"""Model versions in use, and how good versions were when they were measured."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_select
from components.photo_strip import photo_strip
from core.services.context import Context
from core.services.overview import Overview, photos_among
from pages.overview_parts.quality import quality


def models(context: Context, found: Overview) -> None:
    """Draw both."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Model versions in use**")
        rows = [
            {
                "Model": folder.config.title if (folder := context.registry.folders.get(use.model)) else use.model,
                "Version": _version(context, use.model, use.version),
                "Photos": use.photos,
                "First": use.first_at.strftime("%-d %b %Y"),
                "Last": use.last_at.strftime("%-d %b %Y"),
            }
            for use in found.models
        ]
        if rows:
            st.dataframe(rows, hide_index=True, key="overview.models")
            _photos(context, found)
        else:
            st.caption("No model has answered yet.")
    with right:
        st.markdown("**Model quality over versions**")
        quality(context)


def _photos(context: Context, found: Overview) -> None:
    versions = {f"{use.model} {use.version}": use for use in found.models}
    chosen = addressed_select("Photos of", list(versions), name=keys.OVERVIEW_VERSION, placeholder="choose a version")
    if chosen is not None:
        shas = context.store.photos_answered_by(versions[chosen].model, versions[chosen].version)
        photo_strip(photos_among(found, shas), f"Answered by {chosen}", key="overview.version")


def _version(context: Context, model: str, version: str) -> str:
    folder = context.registry.folders.get(model)
    return f"v{folder.config.number} · {version}" if folder and folder.version == version else version
