"""Every wrong config gives one sentence with file, section, key, expected and received."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.training.config import read_train_config

GOOD = """
[model]
name = "toy"
number = 1
title = "Toy"
family = "regression"
labels = ["size"]
input_px = 32
value_range = [0, 1]
summary = "s"
limits = "l"
[data]
train = ["a.csv"]
[fit]
seed = 3
"""


def _read(tmp_path: Path, text: str):
    path = tmp_path / "c.toml"
    path.write_text(text)
    return read_train_config(path)


def test_a_good_config_is_read_with_numbers_as_its_keys_want_them(tmp_path):
    config = _read(tmp_path, GOOD)
    assert config.model.value_range == (0.0, 1.0)
    assert config.fit.seed == 3
    assert config.data.splits == (0.6, 0.2, 0.2)
    assert config.search.trials == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("seed = 3", "sed = 3"), r"c.toml: \[fit\] unknown key 'sed'; expected some of epochs"),
        (("seed = 3", 'seed = "x"'), r"c.toml: \[fit\] seed: expected a whole number, got 'x'"),
        (("seed = 3", "seed = true"), r"\[fit\] seed: expected a whole number, got True"),
        (("seed = 3", "dropout = nan"), r"\[fit\] dropout: expected a number, got nan"),
        (("seed = 3", 'loss = "mea"'), r"\[fit\] loss: expected one of '', 'mae', .*got 'mea'"),
        (("seed = 3", "margin = 0.2"), r'\[fit\] margin: expected loss = "margin_mae" with it'),
        (("seed = 3", "average = 1.0"), r"\[fit\] average: expected 0 to under 1, got 1.0"),
        (("seed = 3", 'learn = "frozen"\n[augment]\nflip = 1'), r"\[augment\] flip: expected true or false, got 1"),
        (('["a.csv"]', "[]"), r"\[data\] train: expected at least one CSV, got none"),
        (('["a.csv"]', '["a.csv"]\nsplits = [0.5, 0.2]'), r"splits: expected a list of 3 numbers, got \[0.5, 0.2\]"),
        (('["a.csv"]', '["a.csv"]\nsplits = [0.5, 0.2, 0.2]'), r"splits: expected three shares over 0 that sum to 1"),
        (('["a.csv"]', '["a.csv"]\nmasks = "object"'), r'masks: expected \[model\] head = "attended"'),
        (('["a.csv"]', '["a.csv"]\nbalance = "sampling"'), r'balance: expected "none" for regression'),
        (("number = 1", "number = 1\nheadd = 2"), r"\[model\] unknown key 'headd'"),
        (("number = 1", ""), r"\[model\] .*missing.*'number'"),
        (("[fit]", "[fits]"), r"unknown section \[fits\]; expected model, data, fit, augment, search"),
        (("seed = 3", "[search]\ntrials = 2"), r"\[search\] expected both trials and a setting"),
        (("seed = 3", '[search]\ntrials = 2\n"fit.sed" = [1, 2]'), r"\[search\] unknown key 'fit.sed'"),
        (
            ('["a.csv"]', '["a.csv"]\nfolds = 3\n[search]\ntrials = 2\n"fit.seed" = [1, 2]'),
            r"expected \[data\] folds = 0",
        ),
        (("seed = 3", '[search]\ntrials = 2\n"fit.seed" = 3'), r"fit.seed: expected \[low, high\]"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, change, message):
    assert change[0] in GOOD
    with pytest.raises(ConfigError, match=message):
        _read(tmp_path, GOOD.replace(*change))


def test_reading_configs_needs_no_keras():
    rooms = "core.training.config, core.training.checks, core.training.run_folder"
    code = f"import sys, {rooms}; print('keras' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
