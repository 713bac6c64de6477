"""``gridlens advise``: which of the renderer's settings should change next."""

from __future__ import annotations

import json
import math
import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import ConfigError

if TYPE_CHECKING:
    from core.services.advice_record import Advice, RankedTrial


def advise_command(
    model: Annotated[str, typer.Argument(help="In whose eyes renders should come nearer: shackle, polecat-v1 …")],
    real: Annotated[str, typer.Option(metavar="DIR|CSV", help="Field photos: a folder, dataset CSV or dataset:NAME.")],
    scene: Annotated[str, typer.Option(help="shackle or pole.")],
    variant: Annotated[str, typer.Option(help="Of the scene. Default: the usual one.")] = "",
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="VARIABLE=VALUE", help="Settled from the start.")
    ] = None,
    knob: Annotated[list[str] | None, typer.Option(help="focus, sharpness, noise, jpeg, light … Default: all.")] = None,
    count: Annotated[int, typer.Option(help="Scenes a set, 10 or more.")] = 24,
    size: Annotated[int, typer.Option(help="Long side of the renders in pixels.")] = 224,
    rounds: Annotated[int, typer.Option(help="How often to go on from the proposal.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Of the scenes.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Render small sets with one variable changed each, and rank how much of the gap to field photos each closes."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from core.cli.progress import progress_bar
    from core.config import read_settings
    from core.render.scenes import USUAL_VARIANTS
    from core.services.advice import advise
    from core.services.advice_record import AdviceOrder, advice_document
    from core.services.photo_sets import lasting_reference

    order = AdviceOrder(
        model, lasting_reference(real), scene, variant or USUAL_VARIANTS.get(scene, ""), _settled(set_ or []),
        tuple(knob or ()), count, size, rounds, seed,
    )  # fmt: skip
    with progress_bar() as bar:
        task = bar.add_task("Getting ready", total=None)
        advice = advise(
            read_settings(),
            order,
            lambda words, done, total: bar.update(task, description=words.capitalize(), completed=done, total=total),
        )
    if as_json:
        print(json.dumps(advice_document(advice), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        _print_rounds(advice)
    for note in advice.notes:
        print(f"gridlens: note: {note}", file=sys.stderr)


def _settled(texts: list[str]) -> dict[str, float | str]:
    settled: dict[str, float | str] = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark or not name or not value:
            raise ConfigError(f"--set {text}: expected VARIABLE=VALUE, such as defocus_px=1.5")
        try:
            settled[name] = float(value)
        except ValueError:
            settled[name] = value
    return settled


def _print_rounds(advice: Advice) -> None:
    for found in advice.rounds:
        print(f"round {found.number}: the gap is {found.gap:.4g}")
        for one in (*found.together, *found.trials):
            print(f"  {_words(one)}")
        print(f"  next: {', '.join(f'{name}={value}' for name, value in found.proposal.items()) or 'as it is'}")


def _words(one: RankedTrial) -> str:
    values = " ".join(f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
                      for name, value in one.values.items())  # fmt: skip
    closing = one.closing
    ends = "no interval" if math.isnan(closing.low) else f"{closing.low:.0%} to {closing.high:.0%}"
    sure = "" if closing.is_sure else "  (not sure)"
    return f"closes {closing.share:5.0%} ({ends})  {values}{sure}"
