"""The gap at every layer, and which one is looked into."""

from __future__ import annotations

import math
from typing import Any, cast

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_segments, addressed_select
from components.object_share import object_share
from components.wording import plain
from core.charts.gap_layers import LayerPoint, gap_figure
from core.compare.gap import LayerGap
from core.compare.set_distances import GapNumber
from core.services.gap import GapStudy
from core.services.gap_look import Distance, gap_verdict

_MEASURES = {"mmd": "Kernel MMD", "frechet": "Fréchet distance", "cka": "CKA of pairs"}
_MEANINGS = {
    "mmd": "0 for sets that the layer cannot tell apart, at most 2; Gaussian kernel, unbiased; layers can be compared.",
    "frechet": "0 for equal means and spreads; in squared units of the layer, so that layers differ in scale.",
    "cka": "1 where pairs are arranged alike, about 0 for strangers: higher is nearer here, and the band is chance.",
}


def layers(study: GapStudy) -> str:
    """Draw the figure; the layer that the address names, or the one that lies furthest beyond its floor."""
    has_pairs = any(layer.cka is not None for layer in study.layers)
    measure = addressed_segments(
        "Distance", ["mmd", "frechet", *(["cka"] if has_pairs else [])], name=keys.GAP_MEASURE, default=["mmd"],
        words=_MEASURES.__getitem__, show_title=False,
    )[0]  # fmt: skip
    if measure != "cka":
        st.markdown(plain(gap_verdict(study.layers, cast(Distance, measure))))
    names = [layer.name for layer in study.layers]
    named = read_address(keys.GAP_LAYER)
    furthest = _furthest(study)
    chosen = named if named in names else furthest
    figure = gap_figure(
        [_point(layer, measure) for layer in study.layers], measure=_MEASURES[measure], chosen=chosen,
        log=measure == "frechet", dark=st.context.theme.type == "dark",
    )  # fmt: skip
    event: Any = st.plotly_chart(
        figure, key=f"gap.layers.{study.name}.{measure}", on_select="rerun", selection_mode="points",
        config={"displaylogo": False},
    )  # fmt: skip
    st.caption(_MEANINGS[measure])
    picked = [str(point["x"]) for point in event.selection.points if point.get("x") in names]
    seen = st.session_state.get(keys.GAP_PICKED)
    st.session_state[keys.GAP_PICKED] = picked
    if picked and picked != seen and picked[0] != chosen:
        write_address(keys.GAP_LAYER, picked[0])
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = addressed_select("Look into layer", names, name=keys.GAP_LAYER, default=furthest, width=300) or chosen
        object_share(study.layer(chosen))
    return chosen


def _furthest(study: GapStudy) -> str:
    def beyond(layer: LayerGap) -> float:
        floor = layer.mmd.floor if math.isfinite(layer.mmd.floor) else 0.0
        return layer.mmd.value - floor if math.isfinite(layer.mmd.value) else -math.inf

    return max(study.layers, key=beyond).name


def _point(layer: LayerGap, measure: str) -> LayerPoint:
    number: GapNumber = getattr(layer, measure)
    return LayerPoint(layer.name, number.value, number.low, number.high, number.floor)
