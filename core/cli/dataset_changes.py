"""``gridlens dataset add|remove|relabel|merge|sample|split``: each gives a new version with its parent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.dataset_words import AsJson, By, Reference, level_of, print_saved
from core.errors import ConfigError

if TYPE_CHECKING:
    from core.datasets.operations import Operation

Labels = Annotated[list[str] | None, typer.Option("--label", help="Of this class; may be repeated.")]
Paths = Annotated[list[str] | None, typer.Option("--path", help="Of this photo or pattern; may be repeated.")]
Splits = Annotated[list[str] | None, typer.Option("--split", help="Of this split; may be repeated.")]
Groups = Annotated[list[str] | None, typer.Option("--group", help="Of this group; may be repeated.")]
Seed = Annotated[int, typer.Option(help="Another one gives other photos.")]
Grouped = Annotated[bool, typer.Option("--groups/--no-groups", help="Keep the photos of a group together.")]


def add_command(
    version: Reference,
    other: Annotated[str, typer.Argument(help="Version or CSV whose photos are added.")],
    on_conflict: Annotated[
        str, typer.Option(help="Where both know a photo and disagree: refuse, replace, or keep both.")
    ] = "refuse",
    by: By = "local",
    as_json: AsJson = False,
) -> None:
    """Add the photos of another version or CSV."""
    from core.config import read_settings
    from core.services.datasets import add_dataset

    print_saved(add_dataset(read_settings(), version, other, on_conflict, by), as_json)  # type: ignore[arg-type]


def remove_command(
    version: Reference,
    labels: Labels = None,
    paths: Paths = None,
    splits: Splits = None,
    groups: Groups = None,
    by: By = "local",
    as_json: AsJson = False,
) -> None:
    """Take photos out that meet all conditions, with all that is said of them."""
    from core.datasets.operations import Remove

    _change(version, Remove(*_conditions(labels, paths, splits, groups)), by, as_json)


def relabel_command(
    version: Reference,
    new: Annotated[str, typer.Argument(help="New label; for a regression dataset the new value.")],
    labels: Labels = None,
    paths: Paths = None,
    splits: Splits = None,
    groups: Groups = None,
    by: By = "local",
    as_json: AsJson = False,
) -> None:
    """Give rows that meet all conditions another label or value."""
    from core.config import read_settings
    from core.datasets.operations import Relabel
    from core.services.datasets import dataset_versions

    selected = _conditions(labels, paths, splits, groups)
    is_valued = dataset_versions(read_settings()).version(version).task == "regression"
    change = Relabel("", _number(new), *selected) if is_valued else Relabel(new, None, *selected)
    _change(version, change, by, as_json)


def merge_command(
    version: Reference,
    mapping: Annotated[
        list[str] | None, typer.Argument(metavar="OLD=NEW…", help="STEEL=METAL; OLD= drops a class.")
    ] = None,
    level: Annotated[str | None, typer.Option(help="Cut path labels: leaf, or the number of folders to keep.")] = None,
    by: By = "local",
    as_json: AsJson = False,
) -> None:
    """Map classes to others, or to nothing."""
    from core.config import read_settings
    from core.datasets.folders import level_mapping
    from core.datasets.operations import Merge
    from core.services.datasets import dataset_versions

    pairs = [pair.partition("=") for pair in mapping or ()]
    if any(not old or not sign for old, sign, _ in pairs) or bool(pairs) == (level is not None):
        raise ConfigError(f"merge: expected OLD=NEW pairs or --level, received {' '.join(mapping or ()) or 'neither'}")
    merged = {old: new for old, _, new in pairs}
    if level is not None:
        merged = level_mapping(dataset_versions(read_settings()).read(version).labels, level_of(level))
    _change(version, Merge(merged), by, as_json)


def sample_command(
    version: Reference,
    share: Annotated[float | None, typer.Option(help="Share of every class, 0 to 1.")] = None,
    count: Annotated[int | None, typer.Option(help="Photos of every class.")] = None,
    seed: Seed = 1,
    grouped: Grouped = True,
    by: By = "local",
    as_json: AsJson = False,
) -> None:
    """Keep a part of the photos, with every class in it."""
    from core.datasets.dealing import Sample

    _change(version, Sample(share, count, seed, grouped), by, as_json)


def split_command(
    version: Reference,
    shares: Annotated[str, typer.Option(help="Per cent of train/validation/test.")] = "60/20/20",
    seed: Seed = 1,
    grouped: Grouped = True,
    stratified: Annotated[
        bool, typer.Option("--strata/--no-strata", help="Every split has its share of classes.")
    ] = True,
    keep: Annotated[bool, typer.Option("--keep", help="Photos that have a split keep it.")] = False,
    by: By = "local",
    as_json: AsJson = False,
) -> None:
    """Write every photo's split: stratified, and photos of one group never on two sides."""
    from core.datasets.dealing import Split

    parts = [_number(part) / 100 for part in shares.split("/")]
    if len(parts) != 3:
        raise ConfigError(f"--shares: expected three numbers like 60/20/20, received {shares!r}")
    _change(version, Split((parts[0], parts[1], parts[2]), seed, stratified, grouped, keep), by, as_json)


def _change(version: str, operation: Operation, by: str, as_json: bool) -> None:
    from core.config import read_settings
    from core.services.datasets import change_dataset

    print_saved(change_dataset(read_settings(), version, operation, by), as_json)


def _conditions(*chosen: list[str] | None) -> list[tuple[str, ...]]:
    """What a selection of rows is made of: labels, paths, splits and groups, each empty where none was named."""
    return [tuple(words or ()) for words in chosen]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ConfigError(f"expected a number, received {text!r}") from error
