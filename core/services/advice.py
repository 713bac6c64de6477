"""The advisor: which of the renderer's settings should change next, so that renders come nearer to field photos.

A round renders the same few scenes again and again, each time with one variable changed, and measures how much of the
gap to the field photos that closes. The changes that surely close some are then tried together, the best first, and
what closes most is the next settings. Another round goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.compare.closing import Closing, closings
from core.compare.set_distances import LEAST_PHOTOS
from core.config import Settings
from core.errors import ConfigError
from core.runtime.model_config import find_model
from core.services.advice_knobs import Trial, Value, knobs_of, trials_of
from core.services.advice_record import (
    Advice,
    AdviceOrder,
    AdviceRound,
    RankedTrial,
    advice_dir,
    read_advice,
    read_advice_order,
    read_round,
    round_document,
    round_file,
)
from core.services.advice_renders import checked_kind, render_sets
from core.services.errands import ORDER_FILE, RESULT_FILE, OnStep
from core.services.gap import kept_activations, open_layers
from core.services.photo_sets import PhotoSet, photo_set
from core.whole_files import write_whole

if TYPE_CHECKING:
    from core.explain.pooling import PooledLayers

LAYERS = 4  # from edges to things; each field photo and render goes through the network once for all of them
MOST_TOGETHER = 4
_FIRST_SEED = 5_000_000  # apart from the seeds that people render datasets with

Floats = NDArray[np.float64]


def claim_advice(settings: Settings, order: AdviceOrder) -> Path:
    """Check a question and make its folder; the same question with more rounds is the same folder.

    Raises:
        ConfigError: a number out of range, an unknown scene, knob or variable, or no field photos.
        NotFoundError: no such model or field photos.
        StoreError: the folder cannot be written.
    """
    for name, low, high in (("count", LEAST_PHOTOS, 500), ("size_px", 32, 1024), ("rounds", 1, 20)):
        if not low <= getattr(order, name) <= high:
            raise ConfigError(f"{name}: expected {low} to {high}, received {getattr(order, name)}")
    checked_kind(order.scene, order.variant, order.base)
    knobs_of(order.scene, order.variant, order.knobs)
    version = find_model(settings.models_dir, order.model).version
    photos = photo_set(settings, order.real).files
    asked = repr((version, photos, sorted(asdict(replace(order, rounds=1)).items(), key=str)))
    place = advice_dir(settings) / hashlib.sha256(asked.encode()).hexdigest()[:12]
    if not (place / ORDER_FILE).is_file() or read_advice_order(place).rounds < order.rounds:
        (place / RESULT_FILE).unlink(missing_ok=True)
        write_whole(place / ORDER_FILE, json.dumps(asdict(order), indent=1))
    return place


def advise(settings: Settings, order: AdviceOrder, on_step: OnStep | None = None) -> Advice:
    """Render, measure and rank, round by round; what was rendered or measured before is not done again.

    Raises:
        As ``claim_advice``; also RenderError where Mitsuba does not run, ConfigError where no field photo can be read.
    """
    place = claim_advice(settings, order)
    step = on_step or (lambda words, done, total: None)
    folder = find_model(settings.models_dir, order.model)
    desk: _Desk | None = None
    base: Mapping[str, Value] = dict(order.base)
    for number in range(1, order.rounds + 1):
        file = round_file(place, number)
        if not file.is_file():
            # Renders first: the network is loaded by the first round that has something to measure.
            sets, trials = _render_round(place, order, base, number, step)
            if desk is None:
                desk = _Desk(settings, order, folder.version, open_layers(folder, (), LAYERS), step)
            found = _measure_round(place, order, desk, (number, base), sets, trials)
            write_whole(file, json.dumps(round_document(found)))
        proposal = read_round(file).proposal
        if proposal == base:
            break  # nothing surely closes more; another round would ask the same
        base = proposal
    write_whole(place / RESULT_FILE, "{}")
    return read_advice(settings, place.name)


class _Desk:
    """What stays the same over all rounds: the network and the field photos."""

    def __init__(
        self, settings: Settings, order: AdviceOrder, version: str, pooled: PooledLayers, on_step: OnStep
    ) -> None:
        self._settings, self._version, self._pooled, self.step = settings, version, pooled, on_step
        self.field = self.means(photo_set(settings, order.real), "field")

    def means(self, photos: PhotoSet, words: str) -> dict[str, Floats]:
        _, found = kept_activations(self._settings, self._pooled, self._version, photos, words, self.step)
        return {name: values.astype(np.float64) for name, values in found.means.items()}


def _render_round(
    place: Path, order: AdviceOrder, base: Mapping[str, Value], number: int, on_step: OnStep
) -> tuple[dict[str, PhotoSet], dict[str, Trial]]:
    trials = {one.name: one for one in trials_of(knobs_of(order.scene, order.variant, order.knobs), base, number)}
    kinds = {"base": checked_kind(order.scene, order.variant, base)}
    kinds |= {
        name: checked_kind(order.scene, order.variant, {**base, one.variable: one.value})
        for name, one in trials.items()
    }
    words = f"round {number}: rendering"
    return render_sets(place / f"round-{number}", kinds, _seeds(order), order.size_px, on_step, words), trials


def _measure_round(
    place: Path,
    order: AdviceOrder,
    desk: _Desk,
    beginning: tuple[int, Mapping[str, Value]],
    sets: Mapping[str, PhotoSet],
    trials: Mapping[str, Trial],
) -> AdviceRound:
    number, base = beginning
    means = {name: desk.means(photos, f"round {number}") for name, photos in sets.items()}
    of_base = means.pop("base")
    gap, found = closings(desk.field, of_base, means, seed=order.seed)
    ranked = _ranked(
        RankedTrial((trials[name].knob,), {trials[name].variable: trials[name].value}, closing, sets[name].files[0])
        for name, closing in found.items()
    )
    wishes = _joined(ranked)
    kinds = {f"together-{len(one.knobs)}": checked_kind(order.scene, order.variant, {**base, **one.values})
             for one in wishes}  # fmt: skip
    words = f"round {number}: trying changes together"
    joint = render_sets(place / f"round-{number}", kinds, _seeds(order), order.size_px, desk.step, words)
    found = {}
    if joint:
        joint_means = {name: desk.means(photos, f"round {number}") for name, photos in joint.items()}
        found = closings(desk.field, of_base, joint_means, seed=order.seed)[1]
    together = _ranked(
        replace(one, closing=found[name], picture=joint[name].files[0]) for name, one in zip(kinds, wishes, strict=True)
    )
    best = _ranked(one for one in (*ranked[:1], *together) if one.closing.is_sure)
    proposal = {**base, **best[0].values} if best else dict(base)
    return AdviceRound(number, dict(base), gap, sets["base"].files[0], ranked, together, proposal)


def _joined(ranked: Sequence[RankedTrial]) -> tuple[RankedTrial, ...]:
    """The best sure change of each variable, put together one by one; what they close is not known yet."""
    best: dict[str, RankedTrial] = {}
    for one in ranked:
        (variable,) = one.values
        if one.closing.is_sure and len(best) < MOST_TOGETHER:
            best.setdefault(variable, one)
    ones = list(best.values())
    return tuple(
        RankedTrial(
            tuple(dict.fromkeys(knob for one in ones[:count] for knob in one.knobs)),
            {name: value for one in ones[:count] for name, value in one.values.items()},
            Closing(math.nan, math.nan, math.nan),
            ones[0].picture,
        )
        for count in range(2, len(ones) + 1)
    )


def _ranked(trials: Iterable[RankedTrial]) -> tuple[RankedTrial, ...]:
    """The one that closes most first; where there is no gap to close, all as they came."""

    def place(one: RankedTrial) -> float:
        return math.inf if math.isnan(one.closing.share) else -one.closing.share

    return tuple(sorted(trials, key=place))


def _seeds(order: AdviceOrder) -> range:
    first = _FIRST_SEED + order.seed * 10_000
    return range(first, first + order.count)
