"""A gap that is being measured, failed or was stopped; the study where it is done."""

from __future__ import annotations

import streamlit as st

from components import cached
from components.bootstrap import errors_shown
from components.errand_progress import errand_progress
from components.wording import count_text, plain
from core.services.context import Context
from core.services.gap import GapStudy
from core.services.gap_runs import GapRun, begin_gap, gap_run, stop_gap

POLL_S = 1.0


def finished_study(context: Context, run: GapRun) -> GapStudy | None:
    """Draw how a gap stands; what it came to, once it is done."""
    if run.state.state == "running":
        st.fragment(_running, run_every=POLL_S)(context, run.name)
        return None
    if run.state.state != "done":
        if run.state.error:
            st.error(plain(run.state.error), icon=":material/error:")
        else:
            st.info("Stopped before its end; a set that was read to its end is kept.", icon=":material/stop:")
        if st.button("Measure it again", key="gap.again", icon=":material/replay:"):
            begin_gap(context.settings, run.order)
            st.rerun()
        return None
    study = cached.gap_study(context.settings, run.name)
    sides = (("render", study.synthetic), ("field photo", study.real))
    words = " against ".join(count_text(len(one.files), side) for side, one in sides)
    st.caption(f"{plain(study.model_name)} {plain(study.version)} · {plain(words)} · {study.name}")
    for note in study.notes:
        st.warning(plain(note[0].upper() + note[1:]), icon=":material/info:")
    failed = {**study.synthetic.failed, **study.real.failed}
    if failed:
        with st.expander(f"{count_text(len(failed), 'photo')} could not be read", icon=":material/error:"):
            for error in list(failed.values())[:50]:
                st.markdown(plain(error))
    return study


def _running(context: Context, name: str) -> None:
    with errors_shown():
        run = gap_run(context.settings, name)
        if run.state.state != "running":
            st.rerun()
        if errand_progress(run.state, key="gap.stop"):
            stop_gap(context.settings, name)
            st.rerun()
        st.caption("It goes on when this page is closed.")
