"""A gap from folders, datasets and batches: kept, shown as a document, and refused where it cannot be told."""

from __future__ import annotations

import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from core.cli.main import app
from core.compare.gap import LayerGap
from core.compare.set_distances import GapNumber
from core.config import Settings
from core.errors import ConfigError, NotFoundError
from core.services.context import Context
from core.services.gap import GapOrder, GapStudy, gap_document, measure_gap, read_gap
from core.services.gap_look import gap_verdict, map_at, shift_document, shifted_at
from core.services.gap_runs import gap_run, list_gaps
from core.services.photo_sets import mask_beside, photo_set
from tests.imaging.pictures import save, scene
from tests.services.toys import toy_settings

LAYERS = ("Conv1", "block_1_project")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return toy_settings(tmp_path / "home")


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    """Twelve scenes as they are, and the same ones darker and blurred."""
    for name in ("real", "synthetic"):
        (tmp_path / name).mkdir()
    for k in range(12):
        image = scene(64, 80, k)
        save(tmp_path / "real" / f"{k:02}.png", image)
        save(tmp_path / "synthetic" / f"{k:02}.png", (cv2.GaussianBlur(image, (0, 0), 3) * 0.5).astype(np.uint8))
    return tmp_path / "synthetic", tmp_path / "real"


def _order(sides: tuple[Path, Path], **changes: object) -> GapOrder:
    values = {"model": "polecat", "synthetic": str(sides[0]), "real": str(sides[1]), "layers": LAYERS}
    return GapOrder(**{**values, **changes})  # type: ignore[arg-type]


def test_a_gap_is_measured_once_and_shown_as_a_document(settings: Settings, sides: tuple[Path, Path]) -> None:
    steps: list[str] = []
    study = measure_gap(settings, _order(sides, are_pairs=True), lambda words, done, total: steps.append(words))
    assert list(dict.fromkeys(steps)) == ["reading synthetic photos", "reading real photos", "measuring distances"]
    document = gap_document(study)
    json.dumps(document, allow_nan=False)
    assert document["model"] == "polecat"
    assert document["synthetic"] == {"dir": str(sides[0]), "count": 12, "failed": []}
    assert [layer["name"] for layer in document["layers"]] == list(LAYERS)
    for layer in document["layers"]:
        for name in ("frechet", "mmd", "cka"):
            assert set(layer[name]) == {"value", "low", "high", "floor"}
        assert layer["mmd"]["low"] > layer["mmd"]["floor"]
        assert layer["object_share"] is None
    # Asked again, nothing is read again, and the answer is the same.
    steps.clear()
    again = measure_gap(settings, _order(sides, are_pairs=True), lambda words, done, total: steps.append(words))
    assert (steps, gap_document(again)) == ([], document)
    assert [(run.name, run.state.state) for run in list_gaps(settings)] == [(study.name, "done")]
    _look_into(study)


def _look_into(study: GapStudy) -> None:
    channels = shifted_at(study, "Conv1", count=3, photos=2)
    assert len(channels) == 3
    document = shift_document(study, channels)
    assert all(Path(path).is_file() for one in document for path in one["synthetic"] + one["real"])
    found = map_at(study, "Conv1")
    assert (len(found.first), len(found.second)) == (12, 12)
    with pytest.raises(NotFoundError, match="expected one of those measured, Conv1, block_1_project"):
        map_at(study, "Conv_1")


def test_identical_folders_lie_within_the_floor(settings: Settings, sides: tuple[Path, Path]) -> None:
    study = measure_gap(settings, _order((sides[1], sides[1])))
    for layer in study.layers:
        assert layer.frechet.value <= layer.frechet.floor
        assert layer.mmd.value <= layer.mmd.floor
        assert not layer.frechet.is_sure
        assert layer.cka is None


def test_bad_photos_are_named_and_few_ones_make_no_interval(settings: Settings, sides: tuple[Path, Path]) -> None:
    for path in list(sides[1].iterdir())[:6]:
        path.write_bytes(b"no photo")
    save(sides[1] / "grey.png", scene(300, 200, 1)[..., :1].repeat(3, axis=2))
    study = measure_gap(settings, _order(sides))
    assert (len(study.real.files), len(study.real.failed)) == (7, 6)
    assert study.notes == ("the real set has 7 photos: too few for an interval, which takes 10",)
    number = gap_document(study)["layers"][0]["mmd"]
    assert (number["low"], number["high"]) == (None, None)
    assert number["value"] is not None


def test_what_cannot_be_compared_is_refused_before_the_work(
    settings: Settings, sides: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    cases = [
        ({"real": str(tmp_path / "empty")}, ConfigError, "empty: expected photos, found none"),
        ({"real": str(tmp_path / "nowhere")}, NotFoundError, "expected a file or folder, found nothing"),
        ({"model": "nonsense"}, NotFoundError, "nonsense"),
        ({"synthetic": "dataset:nonsense"}, NotFoundError, "nonsense"),
        ({"synthetic": "batch:nonsense"}, NotFoundError, "nonsense"),
    ]
    for changes, kind, words in cases:
        with pytest.raises(kind, match=words):
            measure_gap(settings, _order(sides, **changes))
    (tmp_path / "strangers").mkdir()
    save(tmp_path / "strangers" / "other.png", scene(64, 80, 1))
    with pytest.raises(ConfigError, match="photos of one name"):
        measure_gap(settings, _order((sides[0], tmp_path / "strangers"), are_pairs=True))
    with pytest.raises(NotFoundError, match="expected one that was asked for"):
        gap_run(settings, "nothing")
    with pytest.raises(NotFoundError, match="measure it first"):
        read_gap(settings, "nothing")


def test_a_folder_of_renders_gives_its_photos_and_masks_and_a_dataset_its_rows(
    settings: Settings, tmp_path: Path
) -> None:
    for name in ("images", "masks"):
        (tmp_path / "set" / name).mkdir(parents=True)
    photo = save(tmp_path / "set" / "images" / "7.png", scene(64, 80, 1))
    mask = save(tmp_path / "set" / "masks" / "7_object.png", np.full((64, 80, 3), 255, np.uint8))
    (tmp_path / "set" / "dataset.csv").write_text("path,label\nimages/7.png,A\n")
    for reference in (tmp_path / "set", tmp_path / "set" / "dataset.csv"):
        found = photo_set(settings, str(reference))
        assert [file.resolve() for file in found.files] == [photo.resolve()]
        assert found.names == ("7",)
    assert mask_beside(photo) == mask
    assert mask_beside(mask) is None


def test_boxes_of_a_dataset_and_boxes_that_a_person_drew_say_where_the_object_is(
    settings: Settings, sides: tuple[Path, Path], context: Context, tmp_path: Path
) -> None:
    rows = [f"{sides[0]}/{k:02}.png,cap,10,10,40,40" for k in range(12)]
    csv = tmp_path / "renders.csv"
    csv.write_text("\n".join(["path,label,x_min,y_min,x_max,y_max", *rows, ""]))
    renders = photo_set(settings, str(csv))
    assert renders.object_place(renders.files[0]) == ((10, 10, 40, 40),)
    assert renders.some([3]).boxes == {renders.files[3]: ((10, 10, 40, 40),)}
    batch = context.store.create_batch("field", ("field",))
    for k, file in enumerate(sorted(sides[1].iterdir())):
        sha256 = context.store.add_photo(file, file.name, batch_id=batch).photo.sha256
        if k < 10:
            entry = [{"label": "cap", "box_xyxy_px": [10, 10, 40, 40]}]
            context.store.set_metadata(sha256, "topcap.boxes", entry, "person:local")
    field = photo_set(settings, f"batch:{batch}")
    assert len(field.boxes) == 10
    study = measure_gap(settings, _order((csv, Path(f"batch:{batch}"))))
    assert all(layer.object_share is not None for layer in study.layers)
    assert study.notes == (
        "where the object is is known in 12 of 12 synthetic photos and 10 of 12 real photos: its share of the shift is "
        "told from these alone",
    )
    # A mask beside one of them is another place: tight where boxes are loose, and said so.
    masked = tmp_path / "masked"
    for name in ("images", "masks"):
        (masked / name).mkdir(parents=True)
    for k in range(12):
        save(masked / "images" / f"{k}.png", scene(64, 80, k))
        save(masked / "masks" / f"{k}_object.png", np.full((64, 80, 3), 255, np.uint8))
    rough = measure_gap(settings, _order((masked, Path(f"batch:{batch}"))))
    assert rough.notes[-1].startswith("some objects are marked by masks and some by boxes")
    # Another box is another gap: what was read before is not taken for it.
    context.store.set_metadata(sha256, "topcap.boxes", entry, "person:local")
    assert measure_gap(settings, _order((csv, Path(f"batch:{batch}")))).name != study.name


def test_a_gap_is_summed_up_in_one_sentence() -> None:
    nan = math.nan

    def layer(name: str, low: float, floor: float) -> LayerGap:
        number = GapNumber(0.3, low, 0.4, floor)
        return LayerGap(name, 3, number, number, None, None)

    within, beyond, far = layer("first", 0.1, 0.2), layer("middle", 0.2, 0.1), layer("last", 0.25, 0.05)
    assert gap_verdict([within, beyond, far]) == (
        "2 of 3 layers lie surely beyond the floor, last the furthest: 0.3 (0.25 to 0.4) against 0.05."
    )
    assert gap_verdict([within, beyond], "frechet").startswith("1 of 2 layer lies surely beyond the floor, middle")
    assert gap_verdict([within]).startswith("No layer tells renders from field photos more surely")
    assert gap_verdict([layer("first", nan, 0.1), layer("last", 0.1, nan)]).startswith("Too few photos to say")


def test_the_command_prints_one_document_or_a_table(
    sides: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDLENS_HOME", str(tmp_path / "home"))
    words = ["gap", "polecat", "--synthetic", str(sides[0]), "--real", str(sides[1]), "--layer", "Conv1"]
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.output
    (layer,) = json.loads(result.stdout)["layers"]
    assert layer["name"] == "Conv1"
    (sides[0] / "broken.jpg").write_bytes(b"")
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1].startswith("Conv1")
    assert result.stdout.splitlines()[2].startswith("1 of 1 layer lies surely beyond the floor")
    assert "broken.jpg" in result.stderr


def test_the_table_has_a_column_for_pairs_and_one_for_the_object(
    sides: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDLENS_HOME", str(tmp_path / "home"))
    files = []
    for folder in sides:
        rows = [f"{folder}/{k:02}.png,cap,10,10,40,40" for k in range(12)]
        files.append(tmp_path / f"{folder.name}.csv")
        files[-1].write_text("\n".join(["path,label,x_min,y_min,x_max,y_max", *rows, ""]))
    words = ["gap", "polecat", "--synthetic", str(files[0]), "--real", str(files[1]), "--layer", "Conv1", "--pairs"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    head, row, *_ = result.stdout.splitlines()
    assert head.split("  ")[-1] == "of it the object"
    assert "CKA of pairs (95 %) chance" in head
    assert row.endswith("%")
