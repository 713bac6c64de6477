"""``gridlens thresholds``: from which confidence findings count, and who chose that."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import ConfigError

if TYPE_CHECKING:
    from core.config import Settings


def thresholds_command(
    model: Annotated[str | None, typer.Argument(help="A model's name; without it all are listed.")] = None,
    values: Annotated[
        list[str] | None, typer.Argument(metavar="[LABEL=VALUE]…", help="0 to 1, or 'shipped' to go back.")
    ] = None,
    answers: Annotated[str | None, typer.Option("--from", help="Choose by saved answers of this name …")] = None,
    overlap: Annotated[float, typer.Option(help="… at this IoU …")] = 0.5,
    recall: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="… with this recall …")] = None,
    missed_cost: Annotated[float | None, typer.Option(min=0.0, help="… or cheapest at this a missed fault …")] = None,
    visit_cost: Annotated[float, typer.Option(min=0.0, help="… and this a needless visit; else by best F1.")] = 1.0,
    person: Annotated[str, typer.Option(help="Who chooses.")] = "local",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List thresholds, or take some into use for a model's installed version."""
    from core.config import read_settings
    from core.services.context import open_context
    from core.services.threshold_choosing import thresholds_document, use_thresholds

    context = open_context(read_settings())
    if model is not None and (values or answers):
        wanted: dict[str, float | None] = {}
        rule = "set by hand"
        if answers is not None:
            chosen, rule = _chosen(context.settings, model, answers, overlap, recall, missed_cost, visit_cost)
            wanted.update(chosen)
        wanted.update(dict(_pair(text) for text in values or ()))
        use = use_thresholds(context, model, wanted, rule=rule, person=person)
        print(
            f"gridlens: {use.changed} changed for {model} {use.version}; {use.photos_judged} photos judged again, "
            f"{use.photos_moved} of another urgency",
            file=sys.stderr,
        )
    elif values or answers:
        raise ConfigError("model: expected a name before the thresholds, received none")
    rows = [row for row in thresholds_document(context) if model in (None, row["model"])]
    if as_json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in rows:
        whose = f"{row['chosen_by']} on {row['chosen_at'][:10]}: {row['rule']}" if row["chosen_by"] else "as shipped"
        print(f"{row['model']}-v{row['number']}  {row['label']}: {row['threshold']:.4f}  ({whose})")


def _pair(text: str) -> tuple[str, float | None]:
    label, equals, value = text.rpartition("=")
    if not equals or not label:
        raise ConfigError(f"threshold: expected LABEL=VALUE, received {text!r}")
    if value == "shipped":
        return label, None
    try:
        return label, float(value)
    except ValueError:
        raise ConfigError(f"threshold of {label}: expected a number or 'shipped', received {value!r}") from None


def _chosen(
    settings: Settings,
    model: str,
    name: str,
    overlap: float,
    recall: float | None,
    missed_cost: float | None,
    visit_cost: float,
) -> tuple[dict[str, float], str]:
    """A threshold for every label that has one, and the rule in words."""
    from core.metrics.threshold_choice import Costs
    from core.services.measured import choose, measure
    from core.services.saved_answers import find_answers

    saved = find_answers(settings, name)
    if saved.model != model:
        raise ConfigError(f"answers {name}: expected those of {model}, received those of {saved.model or 'another'}")
    costs = None if missed_cost is None else Costs(missed_cost, visit_cost)
    choices, notes = choose(measure(saved), overlap, each=True, recall=recall, costs=costs)
    for note in notes:
        print(f"gridlens: note: {note}", file=sys.stderr)
    if not choices:
        raise ConfigError(f"answers {name}: expected a label to choose a threshold for, got none")
    rule = next(iter(choices.values())).rule
    return {label: choice.point.threshold for label, choice in choices.items()}, f"{rule} on {name}"
