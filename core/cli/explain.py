"""``gridlens explain`` and ``gridlens features``: where a model looked, and what it saw on the way."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

_MODEL = Annotated[str, typer.Argument(help="polecat, topcap-v1, a version hash …")]
_PHOTO = Annotated[Path, typer.Argument(metavar="PHOTO")]
_OUT = Annotated[Path, typer.Option(help="FILE.png or FILE.npy; FILE.json is written beside it.")]


def explain_command(
    model: _MODEL,
    photo: _PHOTO,
    out: _OUT,
    method: Annotated[
        str | None, typer.Option(help="cam, gradcam, layercam, occlusion …; default: the best measured.")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="Layer of the network, for methods at a layer.")] = None,
    target: Annotated[
        str | None, typer.Option(help="Label or number, - before it for the opposite; LABEL:x_min,y_min,x_max,y_max.")
    ] = None,
    mask: Annotated[Path | None, typer.Option(help="Picture of the object's mask: scores against it.")] = None,
) -> None:
    """Write where an answer comes from, as a picture or an array, with scores."""
    _quiet()
    from core.config import read_settings
    from core.explain.trust import judge
    from core.runtime.model_config import find_model
    from core.services.explain import check_ending, explain_photo, write_explanation
    from core.services.explain_report import VERDICT_WORDS

    check_ending(out)
    settings = read_settings()
    folder = find_model(settings.models_dir, model)
    result = explain_photo(
        folder, photo, method=method, layer=layer, target=target, mask_path=mask, max_pixels=settings.max_pixels
    )
    written = write_explanation(result, out)
    found = result.explanation
    if not result.recognised:
        print(f"gridlens: note: {photo}: {found.model} does not recognise what it sees", file=sys.stderr)
    if not found.has_evidence:
        print(f"gridlens: {photo}: no evidence: {found.reason}", file=sys.stderr)
        raise typer.Exit(1)
    print(f"{found.method} at {found.layer} for {found.target}: {', '.join(str(path) for path in written)}")
    for name, value in found.scores.items():
        print(f"  {name:20} {value:.3f}")
    trust = judge(found.scores, recognised=result.recognised)
    print(f"  {VERDICT_WORDS[trust.verdict]}")
    for check in trust.checks:
        print(f"    {'yes' if check.passed else 'no':3} {check.name}: {check.words}")


def features_command(
    model: _MODEL,
    photo: _PHOTO,
    layer: Annotated[str, typer.Option(help="Layer of the network.")],
    out: _OUT,
    order: Annotated[
        str | None, typer.Option(help="Of the picture: energy, name, or mask (response in the mask, its default).")
    ] = None,
    mask: Annotated[Path | None, typer.Option(help="Picture of the object's mask: responses in it.")] = None,
) -> None:
    """Write a layer's channels, as a grid of pictures or an array."""
    _quiet()
    from core.config import read_settings
    from core.errors import ConfigError
    from core.explain.features import ORDERS
    from core.runtime.model_config import find_model
    from core.services.explain import check_ending, photo_features, write_features

    check_ending(out)
    settings = read_settings()
    folder = find_model(settings.models_dir, model)
    by = next((known for known in ORDERS if known == (order or ("mask" if mask else "energy"))), None)
    if by is None or (by == "mask" and mask is None):
        raise ConfigError(f"--order: expected one of {', '.join(ORDERS)}, and --mask for mask, got {order!r}")
    maps, seen_hw = photo_features(folder, photo, layer, settings.max_pixels, mask)
    details = {"model": folder.config.name, "version": folder.version, "photo": photo.name}
    write_features(maps, out, by, details, seen_hw)
    height, width, channels = maps.maps_hwc.shape
    print(f"{maps.layer}: {channels} channels of {width} × {height} cells: {out}")


def choose_explanations_command(
    model: _MODEL,
    dataset: Annotated[Path, typer.Argument(metavar="DATASET.csv", help="Labelled photos with masks, to choose on.")],
    report: Annotated[
        Path | None, typer.Option(help="Other photos to report on; default: every second one of DATASET.csv.")
    ] = None,
    mask: Annotated[str, typer.Option(help="masks/NAME_MASK.png beside images/NAME.jpg.")] = "object",
    count: Annotated[int, typer.Option(min=1, help="Photos of each set at most.")] = 200,
    card: Annotated[bool, typer.Option(help="Write the table into the model's card.")] = True,
) -> None:
    """Measure methods and layers on photos with masks; the best one is the model's default from then on.

    It is chosen on some photos, and its figures are reported on others.
    """
    _quiet()
    from core.cli.progress import progress_bar
    from core.config import read_settings
    from core.explain.defaults import stored_choice
    from core.runtime.model_config import find_model
    from core.services.explain_choice import choose_explanation, store_choice, write_card_section

    folder = find_model(read_settings().models_dir, model)
    with progress_bar() as bar:
        task = bar.add_task("Measuring", total=None)
        choice = choose_explanation(
            folder,
            dataset,
            report,
            mask_name=mask,
            count=count,
            on_progress=lambda stage, done, total: bar.update(
                task, description=stage.capitalize(), completed=done, total=total
            ),
        )
    path = store_choice(folder, choice)
    values = stored_choice(folder)
    if card and values is not None:
        write_card_section(folder, values)
    reported = choice.reported_on
    print(f"{choice.method} at {choice.layer}, chosen on {choice.chosen_on.count} photos: {path}")
    print(
        f"  on {reported.count} others: energy {reported.table[0].energy:.3f}, "
        f"centre {reported.baselines['centre']['energy']:.3f}"
    )
    for row in choice.chosen_on.table[:12]:
        print(
            f"  {row.method:20} {row.layer:28} energy {row.energy:.3f}  pointing {row.pointing:.3f}  iou {row.iou:.3f}"
        )


def _quiet() -> None:
    """TensorFlow's greetings are for those who build it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
