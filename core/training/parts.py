"""From a config's dataset CSVs to the photos of each part, with everything checked first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.datasets import Dataset, Problem, problems_text, read_dataset
from core.datasets.beside import mask_file
from core.errors import ConfigError
from core.training.checks import Placed, Rules, empty_classes, placed_photos, row_problems, same_bytes, shared_photos
from core.training.config import TrainConfig
from core.training.examples import Example, examples_of
from core.training.splits import Parts, split_data, take_share


def read_parts(config: TrainConfig) -> Parts:
    """Read, check and divide the photos of a config.

    Raises:
        ConfigError: a dataset is not what is expected, two parts share a photo, or a part is empty; one
            message with file, row, expected and received, for up to 10 rows.
    """
    learn, test = read_photos(config)
    parts = split_data(config.data, learn, test, config.fit.seed)
    return Parts(take_share(parts.train, config.data.share, config.fit.seed), parts.validation, parts.test)


def read_photos(config: TrainConfig) -> tuple[list[Example], list[Example]]:
    """Photos of ``data.train`` and of ``data.test``, checked and not yet divided.

    Copies of one photo among those that are still to be divided become one group, so that no copy is
    measured on while another is learned from.

    Raises:
        ConfigError: see ``read_parts``.
    """
    model = config.model
    rules = Rules(model.family, model.classes, model.value_range, model.multi_label)
    paths = dict.fromkeys([*config.data.train, *config.data.test])
    datasets = {path: read_dataset(Path(path), model.family) for path in paths}
    problems = [p for path, dataset in datasets.items() for p in row_problems(dataset, Path(path), rules)]
    learned = [datasets[path] for path in config.data.train]
    problems += empty_classes(learned, ", ".join(config.data.train), rules)
    if not problems:
        problems = shared_photos(_settled(config, datasets))
    if problems:
        raise ConfigError(problems_text(problems))
    also = config.data.also_learn
    learn = [e for path in config.data.train for e in examples_of(datasets[path], Path(path), model, also)]
    test = [e for path in config.data.test for e in examples_of(datasets[path], Path(path), model, ())]
    _check_masks(config, learn)
    return _copies_grouped(learn), test


def _check_masks(config: TrainConfig, learn: list[Example]) -> None:
    """Refuse masks that are nowhere: the network would learn nothing from them, and nobody would notice.

    Raises:
        ConfigError: no photo has one.
    """
    kind = config.data.masks
    if kind and learn and not any(mask_file(e.path, kind).is_file() for e in learn):
        raise ConfigError(
            f"{config.path}: [data] masks: expected {mask_file(learn[0].path, kind)} or that of another photo, "
            "received none"
        )


def _settled(config: TrainConfig, datasets: dict[str, Dataset]) -> list[Placed]:
    """Every photo that is used and whose part is settled before dividing; see ``split_data``.

    What is still to be divided between train and validation counts as train beside a test list.
    """
    has_test_list = bool(config.data.test)
    placed = []
    for path in config.data.train:
        parts = placed_photos(datasets[path], path, "train" if has_test_list else "")
        placed += [p for p in parts if p.part and not (has_test_list and p.part == "test")]
    for path in config.data.test:
        placed += [p for p in placed_photos(datasets[path], path, "test") if p.part == "test"]
    return placed


def _copies_grouped(examples: list[Example]) -> list[Example]:
    """Give copies of a photo one group; where a copy has a group already, all take that.

    Raises:
        ConfigError: copies belong to different groups.
    """
    by_path: dict[Path, list[Example]] = {}
    for example in examples:
        by_path.setdefault(example.path.resolve(), []).append(example)
    copies = [[p] for p, same in by_path.items() if len(same) > 1] + list(same_bytes(sorted(by_path)))
    group_of: dict[Path, str] = {}
    for paths in copies:
        groups = sorted({e.group for path in paths for e in by_path[path]} - {""})
        if len(groups) > 1:
            found = Problem(str(paths[-1]), None, f"one group for copies of {paths[0]}", ", ".join(groups))
            raise ConfigError(str(found))
        group_of |= dict.fromkeys(paths, groups[0] if groups else f"copies of {paths[0]}")
    return [replace(e, group=group_of.get(e.path.resolve(), e.group)) for e in examples]
