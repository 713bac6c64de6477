"""Configs: written from a form, checked with file and row before anything starts, and compared."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.services.training_choices import BACKBONES, dataset_choices, weight_choices
from core.services.training_configs import (
    SAMPLE_CONFIG,
    check_config,
    dataset_facts,
    differing_settings,
    known_configs,
    toml_text,
    write_config,
)
from core.services.training_runs import list_runs
from tests.services.toys import toy_settings, write_photo
from tests.services.training_toys import CONFIG, write_dataset, write_run
from tests.services.training_toys import write_config as write_toy

SECTIONS = {
    "model": {"name": "poles-night", "number": 1, "title": "Poles", "family": "classification",
              "labels": ["red", "blue"], "input_px": 32, "pretrained": "", "summary": "s", "limits": "l",
              "reject_label": None},
    "data": {"train": ["toy.csv"]},
    "search": {"trials": 3, "fit.learning_rate": [1e-4, 1e-2, "log"]},
}  # fmt: skip

SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), SCALARS | st.lists(SCALARS)))
def test_what_is_written_as_toml_reads_back_the_same(values):
    assert tomllib.loads(toml_text({"section": values})).get("section", {}) == values


def test_a_form_becomes_a_checked_file_and_never_replaces_another(tmp_path: Path) -> None:
    settings = toy_settings(tmp_path)
    first = write_config(settings, SECTIONS)
    assert first == tmp_path / "configs" / "poles-night.toml"
    assert tomllib.loads(first.read_text())["search"]["fit.learning_rate"] == [1e-4, 1e-2, "log"]
    assert write_config(settings, SECTIONS) == first
    other = {**SECTIONS, "fit": {"epochs": 7}}
    assert write_config(settings, other).name == "poles-night-2.toml"
    assert {first, tmp_path / "configs" / "poles-night-2.toml"} <= set(known_configs(settings))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": {**SECTIONS["model"], "name": "../x"}}, r"name: expected a letter.*got '../x'"),
        ({"fit": {"epochs": 0}}, r"\[fit\] epochs: expected at least 1, got 0"),
        ({"fit": {"optimizer": "lion"}}, r"\[fit\] optimizer: expected one of .*got 'lion'"),
    ],
)
def test_wrong_answers_leave_no_file(tmp_path: Path, changes, words) -> None:
    with pytest.raises(ConfigError, match=words):
        write_config(toy_settings(tmp_path), {**SECTIONS, **changes})
    assert list((tmp_path / "configs").glob("*")) == []


def test_data_is_checked_before_anything_starts(tmp_path: Path) -> None:
    data = write_dataset(tmp_path)
    config = write_toy(tmp_path / "toy.toml", data)
    assert check_config(config).model.name == "toy"
    data.write_text(data.read_text().replace("3.jpg,blue", "3.jpg,green").replace("5.jpg", "gone.jpg"))
    with pytest.raises(ConfigError) as caught:
        check_config(config)
    assert f"{data} row 5: expected a label among red, blue, received 'green'" in str(caught.value)
    assert f"row 7: expected a photo at {tmp_path / 'gone.jpg'}, received 'nothing of that name'" in str(caught.value)


def test_values_outside_the_range_are_named(tmp_path: Path) -> None:
    data = tmp_path / "wear.csv"
    write_photo(tmp_path / "a.jpg")
    data.write_text("path,value\na.jpg,1.7\n")
    config = tmp_path / "wear.toml"
    text = CONFIG.format(name="wear", data=data.as_posix(), epochs=1, rate=0.1)
    text = text.replace('"classification"', '"regression"').replace(
        '["red", "blue"]', '["wear"]\nvalue_range = [0, 0.95]'
    )
    config.write_text(text)
    with pytest.raises(ConfigError, match=r"wear.csv row 2: expected a value from 0 to 0.95, received '?1.7"):
        check_config(config)


def test_the_sample_config_and_its_data_are_in_order() -> None:
    assert check_config(SAMPLE_CONFIG).data.train == ("sample_data/poles.csv",)


def test_a_dataset_tells_what_the_form_needs(tmp_path: Path) -> None:
    facts = dataset_facts(write_dataset(tmp_path, 5))
    assert (facts.task, facts.labels, facts.photo_count) == ("classification", ("blue", "red"), 5)
    assert facts.counts == {"photos": {"red": 3, "blue": 2}}
    values = tmp_path / "values.csv"
    values.write_text("path,value,split\na.jpg,0.123,train\nb.jpg,0.9,test\n")
    found = dataset_facts(values)
    assert (found.value_range, found.counts) == ((0.12, 0.9), {"train": {"values": 1}, "test": {"values": 1}})


def test_only_settings_that_differ_are_compared_and_defaults_count_as_written(tmp_path: Path) -> None:
    texts = [CONFIG.format(name="toy", data="d.csv", epochs=e, rate=0.001) for e in (2, 5)]
    write_run(tmp_path, "a", config=texts[0])
    write_run(tmp_path, "b", config=texts[1] + "dropout = 0.2\n")  # the default
    runs = sorted(list_runs(tmp_path), key=lambda run: run.name)
    assert differing_settings(runs) == {"fit.epochs": ["2", "5"]}
    write_run(tmp_path, "c")
    with_none = sorted(list_runs(tmp_path), key=lambda run: run.name)
    assert differing_settings(with_none)["fit.epochs"] == ["2", "5", "–"]


def test_the_forms_backbones_are_those_that_networks_can_build() -> None:
    from core.networks.backbones import BACKBONE_NAMES

    assert set(BACKBONES) == set(BACKBONE_NAMES)


def test_choices_at_hand(tmp_path: Path, context) -> None:
    assert "Sample: poles" in {choice.words for choice in dataset_choices(toy_settings(tmp_path))}
    assert list(weight_choices(context.registry.folders, "csrn")) == [""]
    assert "imagenet" in weight_choices(context.registry.folders, "vgg16")
