"""Photos on disk to maps on disk: with a tiny model that is exported as the shipped ones are, and one shipped model."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from core.cli.main import app
from core.config import read_settings
from core.errors import ArrayShapeError, ConfigError, ModelError, PhotoError
from core.runtime.model_config import find_models, load_model_folder
from core.services.better_map import has_better_map
from core.services.explain import explain_photo, photo_features, scaled_target, write_explanation, write_features
from core.services.explain_choice import (
    CARD_BEGIN,
    choice_rows,
    choose_explanation,
    store_choice,
    write_card_section,
)
from tests.services.toys import write_photo

POLECAT = find_models(read_settings().models_dir)["polecat"]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return write_photo(tmp_path / "photo.jpg", 3, 300, 200)


def test_importing_the_service_loads_no_tensorflow():
    code = "import sys, core.services.explain, core.services.explain_choice; print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_better_map_is_a_measured_one_of_whole_photos(tmp_path):
    assert has_better_map(POLECAT)
    assert not has_better_map(find_models(read_settings().models_dir)["topcap"])  # its map shows all boxes
    unmeasured = tmp_path / "polecat"
    shutil.copytree(POLECAT.path, unmeasured)
    (unmeasured / "explanations.json").unlink()
    assert not has_better_map(load_model_folder(unmeasured))


@pytest.mark.slow
def test_a_shipped_model_explains_a_photo_as_picture_and_as_numbers(photo, tmp_path):
    mask = np.zeros((200, 300), np.uint8)
    mask[50:150, 100:200] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    result = explain_photo(
        POLECAT, photo, method="layercam", layer="block_13_expand_relu", target="TREE", mask_path=tmp_path / "mask.png"
    )
    files = write_explanation(result, tmp_path / "out.npy")
    saved = np.load(tmp_path / "out.npy")
    assert (saved.dtype, saved.shape) == (np.float32, (200, 300))
    assert 0 <= saved.min() < saved.max() <= 1
    document = json.loads((tmp_path / "out.json").read_text())
    assert (document["model"], document["version"]) == ("polecat", POLECAT.version)
    assert (document["method"], document["layer"], document["target"]) == ("layercam", "block_13_expand_relu", "TREE")
    assert {"energy", "energy_centre", "deletion", "insertion"} <= set(document["scores"])
    assert all(0 <= score <= 1 for score in document["scores"].values())
    assert [check["name"] for check in document["trust"]["checks"] if check["name"] != "photo"] == ["object", "answer"]
    assert [path.name for path in files] == ["out.npy", "out.json"]
    write_explanation(result, tmp_path / "out.png")
    assert cv2.imread(str(tmp_path / "out.png")).shape == (200, 300, 3)
    cv2.imwrite(str(tmp_path / "mask.png"), mask[:100])
    with pytest.raises(ArrayShapeError, match=r"1.500 wide for 1 high, got 300 × 100 px"):
        _ = explain_photo(POLECAT, photo, method="cam", mask_path=tmp_path / "mask.png").explanation.scores

    maps, nothing = photo_features(POLECAT, photo, "Conv1")
    assert nothing is None
    write_features(maps, tmp_path / "maps.npy")
    assert np.load(tmp_path / "maps.npy").shape == (
        POLECAT.config.input.height_px // 2,
        POLECAT.config.input.width_px // 2,
        32,
    )
    write_features(maps, tmp_path / "maps.png")
    assert cv2.imread(str(tmp_path / "maps.png")).any()
    energies = [row["energy"] for row in json.loads((tmp_path / "maps.json").read_text())["channels"]]
    assert energies == sorted(energies, reverse=True)
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    maps, seen = photo_features(POLECAT, photo, "Conv1", mask_path=tmp_path / "mask.png")
    write_features(maps, tmp_path / "maps.png", "mask", mask_hw=seen)
    responses = [row["response"] for row in json.loads((tmp_path / "maps.json").read_text())["channels"]]
    assert responses == sorted(responses, reverse=True)
    assert -1 <= responses[-1] < responses[0] <= 1


@pytest.mark.slow
def test_the_closed_form_is_the_map_that_comes_with_the_prediction(photo):
    from core.explain import explain
    from core.imaging import decode_upright
    from core.runtime.registry import load_model

    image_hwc = decode_upright(photo, "photo.jpg")
    heat = load_model(POLECAT).predict("", image_hwc, (300, 200)).heat_maps[0]
    found = explain(POLECAT, image_hwc, "cam", target=heat.label, signed=True)
    np.testing.assert_allclose(found.map_hw * found.peak, heat.map_hw, atol=0.1)  # logits, the engines' parity


@pytest.mark.slow
def test_what_measured_best_is_the_default_for_that_version_alone(tmp_path):
    import shutil

    from core.explain.defaults import default_choice, stored_choice
    from core.explain.subject import Subject
    from core.runtime.model_config import load_model_folder

    shutil.copytree(POLECAT.path, tmp_path / "polecat-v1", ignore=shutil.ignore_patterns("explanations.json"))
    folder = load_model_folder(tmp_path / "polecat-v1")
    subject = Subject(None, "answer", "classification", folder.config.labels, "polecat", folder.version, folder, abs)
    assert default_choice(subject) == ("cam", None)
    rows = ["path,label"]
    (tmp_path / "data/masks").mkdir(parents=True)
    for k in range(4):
        write_photo(tmp_path / f"data/images/{k}.jpg", k, 64, 64)
        mask = np.zeros((64, 64), np.uint8)
        mask[:32, :32] = 255
        cv2.imwrite(str(tmp_path / f"data/masks/{k}_object.png"), mask)
        rows.append(f"images/{k}.jpg,STEEL")
    (tmp_path / "data/dataset.csv").write_text("\n".join(rows))
    choice = choose_explanation(folder, tmp_path / "data/dataset.csv")
    chosen, reported = choice.chosen_on, choice.reported_on
    assert (chosen.count, reported.count) == (2, 2)  # every second one takes no part in the choice
    merits = [row.energy + row.pointing + row.iou for row in chosen.table]
    assert merits == sorted(merits, reverse=True)
    assert chosen.baselines["area"]["energy"] == pytest.approx(0.25)
    winner = next((row for row in chosen.table if chosen.beats_centre(row)), chosen.table[0])
    assert (choice.method, choice.layer) == (winner.method, winner.layer)
    assert [(row.method, row.layer) for row in reported.table] == [(winner.method, winner.layer)]
    assert choice.beats_centre == (reported.table[0].energy > reported.baselines["centre"]["energy"])
    store_choice(folder, choice)
    assert load_model_folder(folder.path).version == folder.version
    assert default_choice(subject) == (choice.method, choice.layer)
    values = stored_choice(folder)
    assert len(choice_rows(values["chosen_on"])) == len(chosen.table) + 3
    before = (folder.path / "card.md").read_text().split(CARD_BEGIN)[0]
    write_card_section(folder, values)
    write_card_section(folder, values)  # in place of the first
    card = (folder.path / "card.md").read_text()
    assert card.startswith(before.rstrip())
    assert card.count("## Explanations") == 1
    assert f"| {winner.method} | {winner.layer} | {reported.table[0].energy:.3f} |" in card
    assert load_model_folder(folder.path).version == folder.version
    path = folder.path / "explanations.json"
    path.write_text(path.read_text().replace(folder.version, "0" * 12))
    assert default_choice(subject) == ("cam", None)
    path.write_text("{}")
    with pytest.raises(ModelError, match=r"explanations.json: expected version, method and layer"):
        default_choice(subject)
    with pytest.raises(ConfigError, match=r"NAME_joint.png, found none"):
        choose_explanation(folder, tmp_path / "data/dataset.csv", mask_name="joint")
    with pytest.raises(ConfigError, match=r"take no part in the choice, got 4 of .*such as 0.jpg"):
        choose_explanation(folder, tmp_path / "data/dataset.csv", tmp_path / "data/dataset.csv")


def test_boxes_of_a_target_follow_the_photo_s_scale():
    assert scaled_target("whole top cap:10,20,30,41", 0.5) == "whole top cap:5.0,10.0,15.0,20.5"
    assert scaled_target("-TREE", 0.5) == "-TREE"
    assert scaled_target(None, 0.5) is None
    assert scaled_target("cap:1,x", 2) == "cap:1,x"


def test_wrong_use_is_told_before_anything_is_computed(tmp_path, photo):
    runner = CliRunner()
    wrong = tmp_path / "no.jpg"
    with pytest.raises(ConfigError, match=r"no\.jpg: expected a photo, found none"):
        explain_photo(POLECAT, wrong)
    wrong.write_text("no photo")
    with pytest.raises(PhotoError, match=r"no\.jpg"):
        explain_photo(POLECAT, wrong)
    done = runner.invoke(app, ["explain", "polecat", str(photo), "--out", str(tmp_path / "map.gif")])
    assert isinstance(done.exception, ConfigError)
    assert "expected a file ending in .png or .npy, got '.gif'" in str(done.exception)
    assert runner.invoke(app, ["explain", "polecat", str(photo)]).exit_code == 2
    done = runner.invoke(
        app,
        ["features", "polecat", str(photo), "--layer", "Conv1", "--order", "mask", "--out", str(tmp_path / "a.png")],
    )
    assert isinstance(done.exception, ConfigError)
    assert "expected one of energy, mask, name, and --mask for mask, got 'mask'" in str(done.exception)
