"""What a finished run measured, as tables and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components.wording import count_text, duration_text
from core.charts.confusion import confusion_figure
from core.charts.trials import Trial, trials_figure
from core.charts.value_scatter import value_figure
from core.services.training_results import RunResult

_NAMES = {
    "mae": "Mean absolute error",
    "rmse": "Root mean square error",
    "accuracy": "Accuracy",
    "macro_f1": "Macro F1",
    "ece": "Expected calibration error",
    "coverage": "Coverage",
    "map_50": "mAP at IoU 0.5",
    "count": "Photos",
    "refused_without_object": "Refused, rightly",
    "refused_with_object": "Refused, wrongly",
}


def result_tables(result: RunResult, *, dark: bool) -> None:
    """Draw measures by part and by label, folds, and the figure of the test photos."""
    _facts(result)
    tables, figures = st.columns(2, gap="medium")
    with tables:
        if result.folds:
            _folds(result.folds, result.spread)
        else:
            _measures(result)
    with figures:
        _figures(result, dark=dark)


def _measures(result: RunResult) -> None:
    names = list(dict.fromkeys(name for values in result.measures.values() for name in values))
    rows = []
    for name in names:
        by_part = {part.capitalize(): _number(values.get(name)) for part, values in result.measures.items()}
        rows.append({"Measure": measure_words(name), **by_part})
    if rows:
        st.dataframe(rows, hide_index=True, key="training.measures")
    rows = []
    for label, values in result.per_label.items():
        rows.append({"Label, test photos": label, **{measure_words(k): _number(v) for k, v in values.items()}})
    if rows:
        st.dataframe(rows, hide_index=True, key="training.labels")


def _facts(result: RunResult) -> None:
    words = [f"{count_text(count, f'{part} photo')}" for part, count in result.counts.items()]
    best, epochs = result.facts.get("best_epoch"), result.facts.get("epochs")
    if best is not None and epochs is not None:
        words.append(f"best epoch {best:.0f} of {epochs:.0f}")
    if "hours" in result.facts:
        words.append(f"{duration_text(result.facts['hours'] * 3600)} of fitting")
    if "hours_to_best" in result.facts:
        words.append(f"{duration_text(result.facts['hours_to_best'] * 3600)} to the best epoch")
    if "parameters" in result.facts:
        words.append(f"{result.facts['parameters'] / 1e6:.1f} million weights")
    if words:
        st.caption(" · ".join(words))


def _folds(folds: Sequence[Mapping[str, float]], spread: Mapping[str, tuple[float, float]]) -> None:
    st.markdown("**Folds**")
    rows = [
        {"Fold": str(number), **{measure_words(name): _number(value) for name, value in fold.items()}}
        for number, fold in enumerate(folds, start=1)
    ]
    rows.append(
        {measure_words(name): "" for fold in folds for name in fold}
        | {"Fold": "mean ± sd"}
        | {measure_words(name): f"{mean:.4g} ± {sd:.2g}" for name, (mean, sd) in spread.items()}
    )
    st.dataframe(rows, hide_index=True, key="training.folds")


def _figures(result: RunResult, *, dark: bool) -> None:
    if result.pairs:
        st.markdown("**Test photos, predicted against true**")
        pairs = result.pairs
        figure = value_figure(pairs.true, pairs.predicted, half_width=pairs.half_width, dark=dark)
        st.plotly_chart(figure, key="training.pairs", config={"displaylogo": False})
    if result.confusion:
        st.markdown("**Test photos, which class was taken for which**")
        figure = confusion_figure(result.confusion.labels, result.confusion.counts, dark=dark)
        st.plotly_chart(figure, key="training.confusion", config={"displaylogo": False})


def trial_tables(trials: Sequence[Trial], measure: str, *, dark: bool) -> None:
    """Draw the trials of a search, best first, and the score against each parameter.

    Args:
        trials: in any order; those that failed come last, with their reason.
        measure: what the score is; lower is better.
        dark: whether the page behind is dark.
    """
    words = measure_words(measure)
    if any(trial.score is not None for trial in trials):
        figure = trials_figure(trials, measure=words, dark=dark)
        st.plotly_chart(figure, key="training.trials", config={"displaylogo": False})
    has_failed = any(trial.error for trial in trials)
    rows = [
        {"Trial": str(trial.number), words: _number(trial.score)}
        | {name: _setting(value) for name, value in trial.parameters.items()}
        | ({"Failed": trial.error} if has_failed else {})
        for trial in sorted(trials, key=lambda trial: (trial.score is None, trial.score or 0.0))
    ]
    st.dataframe(rows, hide_index=True, key="training.trial_table")


def measure_words(name: str) -> str:
    """A measure's key as people read it: ``macro_f1`` → ``Macro F1``, ``1 − macro_f1`` → ``1 − Macro F1``."""
    if name.startswith("1 − "):  # what a search makes small where higher is better
        return f"1 − {measure_words(name.removeprefix('1 − '))}"
    return _NAMES.get(name, name.replace("_", " ").capitalize())


def _setting(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _number(value: float | None) -> str:
    """Four digits; text throughout, so that a column of a table is one kind."""
    if value is None:
        return ""
    return f"{value:.0f}" if float(value).is_integer() and abs(value) >= 2 else f"{value:.4g}"
