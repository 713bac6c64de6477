"""Which scene is in the lab: kind, variant, seed."""

from __future__ import annotations

import secrets

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_segments, addressed_select
from components.wording import plain
from core.render.scenes import SCENES, USUAL_VARIANTS
from core.services.render_controls import VARIANT_WORDS, control_names

SCENE_WORDS = {"shackle": "Shackle joint", "pole": "Pole"}
FIRST_SEED, SEEDS = 9, 1_000_000


def head() -> tuple[str, str, int]:
    """Draw title and choices.

    Returns:
        Scene, variant and seed, all from the address.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header("Render lab", anchor=False, width="content")
        (scene,) = addressed_segments(
            "Scene",
            list(SCENES),
            name=keys.LAB_SCENE,
            default=("shackle",),
            words=SCENE_WORDS.__getitem__,
            show_title=False,
        )
        variant = addressed_select(
            "Variant",
            SCENES[scene],
            name=keys.LAB_VARIANT,
            default=USUAL_VARIANTS[scene],
            show_title=False,
            width=210,
        )
        assert variant is not None  # it has a default
        seed = _seed()
        if st.button("Random", icon=":material/casino:", help="Another seed of this variant"):
            clear_changes()
            write_address(keys.LAB_SEED, str(secrets.randbelow(SEEDS)))
            st.rerun()
    st.caption(f"**{plain(variant)}** {plain(VARIANT_WORDS[variant])}")
    return scene, variant, seed


def clear_changes() -> None:
    """Take every changed variable out of the address, those of other scenes too."""
    for name in control_names():
        if read_address(name) is not None:
            write_address(name, None)


def _seed() -> int:
    named = read_address(keys.LAB_SEED) or ""
    seed = int(named) if named.isdigit() and int(named) < SEEDS else FIRST_SEED
    key = f"address.{keys.LAB_SEED}"
    st.session_state[key] = seed
    st.number_input(
        "Seed", 0, SEEDS - 1, key=key, on_change=_write_seed, label_visibility="collapsed", width=160, help="Seed"
    )
    return seed


def _write_seed() -> None:
    seed = st.session_state[f"address.{keys.LAB_SEED}"]
    write_address(keys.LAB_SEED, None if seed == FIRST_SEED else str(seed))
