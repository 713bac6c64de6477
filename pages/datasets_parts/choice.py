"""Which version is shown, where it comes from, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.dataset_table import dataset_table
from components.local_time import local_time
from components.wording import count_text, plain
from core.datasets import DatasetVersion
from core.errors import NotFoundError
from core.services.context import Context
from core.services.datasets import dataset_versions, lineage

_OF_ONE_VERSION = (keys.DATASET_LABEL, keys.DATASET_OTHER)


def chosen_version(context: Context, versions: Sequence[DatasetVersion]) -> DatasetVersion:
    """The version of the address; the newest where it names none, or one that is not there, which is said."""
    named = read_address(keys.DATASET)
    if named is None:
        return versions[0]
    try:
        return dataset_versions(context.settings).version(named)
    except NotFoundError as error:
        st.warning(plain(str(error)), icon=":material/link_off:")
        return versions[0]


def overview(versions: Sequence[DatasetVersion], version: DatasetVersion) -> None:
    """Draw all versions, and of the chosen one what it is and its way."""
    picked = dataset_table(versions, version, key="datasets.table")
    if picked is not None:
        go_to(picked)
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(plain(version.name), anchor=False, width="content")
        st.caption(f"{version.hash} · {count_text(version.photo_count, 'photo')} · {plain(version.origin.done)} · "
                   f"{local_time(version.made_at)} · {plain(version.origin.made_by)}", width="content")  # fmt: skip
    _lineage(versions, version)


def go_to(version_hash: str) -> None:
    """Show another version; what was chosen within the old one is forgotten."""
    write_address(keys.DATASET, version_hash)
    for name in _OF_ONE_VERSION:
        write_address(name, None)


def _lineage(versions: Sequence[DatasetVersion], version: DatasetVersion) -> None:
    way = lineage(versions, version)
    steps = [("", one) for one in way.ancestors] + [("with photos of", one) for one in way.others]
    steps += [("became", one) for one in way.children]
    if not steps:
        return
    with st.expander(
        f"Lineage: {len(way.ancestors)} before, {len(way.children)} after", icon=":material/account_tree:"
    ):
        for role, one in steps:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                icon = ":material/arrow_forward:" if role == "became" else ":material/arrow_back:"
                st.button(
                    one.hash, key=f"datasets.to.{one.hash}", on_click=go_to, args=(one.hash,), type="tertiary",
                    icon=icon,
                )  # fmt: skip
                words = f"{role} {one.name}: {one.origin.done}" if role else one.origin.done
                st.caption(f"{plain(words)} · {count_text(one.photo_count, 'photo')}", width="content")
