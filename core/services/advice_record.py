"""What the advisor was asked and what it found, as files: one folder a question, one file a round."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.compare.closing import Closing
from core.compare.set_distances import LEAST_PHOTOS
from core.config import Settings
from core.errors import ConfigError, NotFoundError
from core.services.advice_knobs import Value
from core.services.errands import ORDER_FILE
from core.services.photo_sets import photo_set


@dataclass(frozen=True, slots=True)
class AdviceOrder:
    """What the advisor is asked.

    Attributes:
        model: in whose eyes renders should come nearer.
        real: field photos; see ``core.services.photo_sets.photo_set``.
        scene, variant: what is rendered; see ``core.render.scenes.SCENES``.
        base: variables settled from the start.
        knobs: what may be turned; none for all. See ``core.services.advice_knobs``.
        count: scenes a set, at least 10.
        size_px: long side of the renders.
        rounds: how many.
        seed: of the scenes and of what chance draws.
    """

    model: str
    real: str
    scene: str
    variant: str
    base: Mapping[str, Value] = field(default_factory=dict)
    knobs: tuple[str, ...] = ()
    count: int = 24
    size_px: int = 224
    rounds: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class RankedTrial:
    """One change, or several together, and how much of the gap it closes.

    Attributes:
        knobs: which things were turned, the one that closes most first.
        values: variable → value.
        closing: how much of the round's gap.
        picture: one of its renders.
    """

    knobs: tuple[str, ...]
    values: Mapping[str, Value]
    closing: Closing
    picture: Path


@dataclass(frozen=True, slots=True)
class AdviceRound:
    """What a round came to.

    Attributes:
        number: from 1.
        base: settled before it.
        gap: of the base: squared kernel MMD, summed over the layers.
        picture: one of the base's renders.
        trials: single changes, the one that closes most first.
        together: changes that were tried together.
        proposal: settings to go on with; as ``base`` where nothing surely closes anything.
    """

    number: int
    base: Mapping[str, Value]
    gap: float
    picture: Path
    trials: tuple[RankedTrial, ...]
    together: tuple[RankedTrial, ...]
    proposal: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Advice:
    """All rounds so far; ``notes`` say what keeps them from being sure."""

    name: str
    order: AdviceOrder
    rounds: tuple[AdviceRound, ...]
    notes: tuple[str, ...]


def advice_dir(settings: Settings) -> Path:
    """Folder with one folder a question."""
    return settings.home / "gap" / "advice"


def read_advice(settings: Settings, name: str) -> Advice:
    """All rounds of a question that are finished.

    Raises:
        NotFoundError: nothing was asked under that name.
    """
    place = advice_dir(settings) / Path(name).name
    order = read_advice_order(place)
    rounds: list[AdviceRound] = []
    while (file := round_file(place, len(rounds) + 1)).is_file() and len(rounds) < order.rounds:
        rounds.append(read_round(file))
    return Advice(place.name, order, tuple(rounds), _notes(settings, order))


def _notes(settings: Settings, order: AdviceOrder) -> tuple[str, ...]:
    try:
        count = len(photo_set(settings, order.real).files)
    except (ConfigError, NotFoundError) as error:  # what was found before stays readable
        return (f"the field photos have gone since: {error}",)
    if count < LEAST_PHOTOS:
        return (f"{count} field photos are too few for intervals, which take {LEAST_PHOTOS}: nothing here is sure",)
    return ()


def read_advice_order(place: Path) -> AdviceOrder:
    """The question of a folder.

    Raises:
        NotFoundError: there is none.
    """
    try:
        values = json.loads((place / ORDER_FILE).read_text())
    except FileNotFoundError as error:
        raise NotFoundError(f"advice {place.name!r}: expected one that was asked for, found none; ask again") from error
    return AdviceOrder(**{**values, "knobs": tuple(values["knobs"])})


def advice_document(advice: Advice) -> dict[str, Any]:
    """JSON-ready: the question and all rounds."""
    return {
        "name": advice.name,
        "order": asdict(advice.order),
        "rounds": [round_document(one) for one in advice.rounds],
        "proposal": dict(advice.rounds[-1].proposal) if advice.rounds else dict(advice.order.base),
        "notes": list(advice.notes),
    }


def round_file(place: Path, number: int) -> Path:
    """Where a round's answer is kept."""
    return place / f"round-{number}.json"


def round_document(found: AdviceRound) -> dict[str, Any]:
    """JSON-ready; what cannot be told is null."""

    def shown(one: RankedTrial) -> dict[str, Any]:
        closing = {key: value if math.isfinite(value) else None for key, value in asdict(one.closing).items()}
        return {"knobs": list(one.knobs), "values": dict(one.values), **closing, "sure": one.closing.is_sure,
                "picture": str(one.picture)}  # fmt: skip

    return {
        "number": found.number, "base": dict(found.base), "gap": found.gap, "picture": str(found.picture),
        "trials": [shown(one) for one in found.trials], "together": [shown(one) for one in found.together],
        "proposal": dict(found.proposal),
    }  # fmt: skip


def read_round(file: Path) -> AdviceRound:
    """A round from its file."""
    stored = json.loads(file.read_text())

    def trial(one: Mapping[str, Any]) -> RankedTrial:
        share, low, high = (math.nan if one[key] is None else one[key] for key in ("share", "low", "high"))
        return RankedTrial(tuple(one["knobs"]), one["values"], Closing(share, low, high), Path(one["picture"]))

    return AdviceRound(
        stored["number"], stored["base"], stored["gap"], Path(stored["picture"]),
        tuple(map(trial, stored["trials"])), tuple(map(trial, stored["together"])), stored["proposal"],
    )  # fmt: skip
