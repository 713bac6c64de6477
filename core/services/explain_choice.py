"""Which method and layer explain a model best: chosen on some photos, reported on others, stored beside the version.

The best of thirty candidates looks better on the photos that it was chosen on than it is; so what a person is told
comes from photos that took no part in the choice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from core.runtime.model_config import ModelFolder
from core.services.explain_measuring import MaskedSet, Measured, all_candidates, masked_set, measure_candidates
from core.whole_files import write_whole

CARD_BEGIN, CARD_END = "<!-- explanations: begin -->", "<!-- explanations: end -->"
_CARD_ROWS = 8


@dataclass(frozen=True, slots=True)
class ExplanationChoice:
    """What measured best, and what it is worth.

    Attributes:
        model, version: of the model.
        method, layer: the winner on ``chosen_on``: highest mean of energy, pointing and overlap, among those whose
            energy beats the centre baseline's; among all where none does.
        beats_centre: whether its energy does so on ``reported_on``.
        mask: which masks were measured against.
        chosen_on: every candidate.
        reported_on: the winner alone, on photos that took no part in the choice.
        measured_at: UTC, ISO 8601.
    """

    model: str
    version: str
    method: str
    layer: str
    beats_centre: bool
    mask: str
    chosen_on: Measured
    reported_on: Measured
    measured_at: str


def choose_explanation(
    folder: ModelFolder,
    choose_csv: Path,
    report_csv: Path | None = None,
    *,
    mask_name: str = "object",
    count: int = 200,
    max_pixels: int = 300_000_000,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> ExplanationChoice:
    """Measure every candidate on labelled photos with masks, and the winner on others.

    Args:
        folder: the model version.
        choose_csv: to choose on; see ``core.services.explain_measuring.masked_set``.
        report_csv: to report on; by default every second photo of ``choose_csv``, which then chooses nothing.
        mask_name: ``object``, ``joint``, ``cap`` …
        count: photos of each set at most, the first ones; take held-out ones.
        max_pixels: larger photos are refused.
        on_progress: called with (``choosing`` or ``reporting``, done, count).

    Raises:
        ConfigError: a CSV does not fit the model, has too few photos with such a mask, or both name the same photo.
        PhotoError: a photo cannot be read.
    """
    from core.explain import subject_of

    chosen_set, reported_set = _two_sets(folder, choose_csv, report_csv, mask_name, count)
    subject = subject_of(folder)

    def told(stage: str) -> Callable[[int, int], None] | None:
        return None if on_progress is None else lambda done, total: on_progress(stage, done, total)

    chosen_on = measure_candidates(subject, chosen_set, all_candidates(subject), max_pixels, told("choosing"))
    winner = next((row for row in chosen_on.table if chosen_on.beats_centre(row)), chosen_on.table[0])
    layers = () if winner.layer == "photo" else (winner.layer,)
    reported_on = measure_candidates(subject, reported_set, [(winner.method, layers)], max_pixels, told("reporting"))
    return ExplanationChoice(
        model=folder.config.name,
        version=folder.version,
        method=winner.method,
        layer=winner.layer,
        beats_centre=reported_on.beats_centre(reported_on.table[0]),
        mask=mask_name,
        chosen_on=chosen_on,
        reported_on=reported_on,
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def store_choice(folder: ModelFolder, choice: ExplanationChoice) -> Path:
    """Write the choice beside the model; ``core.explain.defaults`` reads it back. Returns the file.

    Raises:
        StoreError: it cannot be written.
    """
    from core.explain.defaults import FILE_NAME

    path = folder.path / FILE_NAME
    write_whole(path, json.dumps(asdict(choice), indent=1).encode())
    return path


def write_card_section(folder: ModelFolder, values: Mapping[str, Any]) -> Path:
    """Put a stored choice into the model's card, in place of an earlier one; the rest of the card stays.

    Args:
        folder: the model version; cards take no part in its hash.
        values: as ``core.explain.defaults.stored_choice`` gives them.

    Raises:
        ConfigError: the model has no card.
        StoreError: it cannot be written.
    """
    path = folder.path / "card.md"
    if not path.is_file():
        raise ConfigError(f"{path}: expected the model's card, found none")
    text, section = path.read_text(), f"{CARD_BEGIN}\n{card_section(values)}\n{CARD_END}"
    if CARD_BEGIN in text and CARD_END in text:
        text = text.split(CARD_BEGIN)[0] + section + text.split(CARD_END, 1)[1]
    else:
        text = f"{text.rstrip()}\n\n{section}\n"
    write_whole(path, text.encode())
    return path


def card_section(values: Mapping[str, Any]) -> str:
    """A stored choice as Markdown: the winner's figures on photos of their own, then what it was chosen from."""
    reported, chosen = values["reported_on"], values["chosen_on"]
    verdict = "more" if values["beats_centre"] else "not more"
    lines = [
        "## Explanations",
        "",
        f"People see {values['method']} at `{values['layer']}` unless they choose otherwise: it had the highest scores "
        f"against the masks `{values['mask']}` of {chosen['count']} photos ({chosen['dataset']}). On "
        f"{reported['count']} other photos ({reported['dataset']}) {verdict} of its energy lies in the mask than of a "
        "blob in the photo's middle.",
        "",
        *_card_table(reported, len(reported["table"])),
        "",
        f"What it was chosen from, the best {min(_CARD_ROWS, len(chosen['table']))} of {len(chosen['table'])}:",
        "",
        *_card_table(chosen, _CARD_ROWS),
    ]
    return "\n".join(lines)


def choice_rows(measured: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A stored table as rows for a page or a card: candidates, then baselines."""
    named = [{"method": f"baseline: {name}", "layer": "", **scores} for name, scores in measured["baselines"].items()]
    return [*measured["table"], *named]


def _card_table(measured: Mapping[str, Any], count: int) -> list[str]:
    rows = choice_rows({**measured, "table": measured["table"][:count]})
    return [
        "| method | layer | energy in mask | points into it | best overlap |",
        "|---|---|---|---|---|",
        *[
            f"| {row['method']} | {row['layer']} | {row['energy']:.3f} | {row['pointing']:.3f} | {row['iou']:.3f} |"
            for row in rows
        ],
    ]


def _two_sets(
    folder: ModelFolder, choose_csv: Path, report_csv: Path | None, mask_name: str, count: int
) -> tuple[MaskedSet, MaskedSet]:
    every = masked_set(choose_csv, folder, mask_name)
    if report_csv is None:
        if len(every.rows) < 2:
            raise ConfigError(f"{choose_csv}: expected at least 2 photos with a mask {mask_name}, found 1")
        return replace(every, rows=every.rows[0::2][:count]), replace(every, rows=every.rows[1::2][:count])
    chosen = replace(every, rows=every.rows[:count])
    other = masked_set(report_csv, folder, mask_name)
    reported = replace(other, rows=other.rows[:count])
    common = chosen.files() & reported.files()
    if common:
        raise ConfigError(
            f"{report_csv}: expected photos that take no part in the choice, got {len(common)} of {choose_csv}, "
            f"such as {sorted(common)[0].name}"
        )
    return chosen, reported
