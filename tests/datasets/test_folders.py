"""Classes from folders, frames from videos."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.datasets import Origin, VersionFolder
from core.datasets.folders import FolderRules, FolderScan, Level, level_mapping, scan_folders
from core.datasets.frames import FrameRules
from core.errors import ConfigError
from tests.imaging.pictures import save, scene
from tests.imaging.videos import stamp_mp4, write_video

MOMENT = datetime(2026, 6, 12, 9, 4, tzinfo=UTC)
SCENES = [scene(48, 64, seed) for seed in range(4)]


@pytest.fixture
def car(tmp_path: Path) -> Path:
    """A hierarchy with one photo, two videos and what does not belong."""
    root = tmp_path / "car"
    # Two seconds each of scenes 0, 1 and 0 again, at 10 frames a second.
    frames = [SCENES[0]] * 20 + [SCENES[1]] * 20 + [SCENES[0]] * 20
    write_video(root / "body" / "engine" / "handbrake" / "drive 1.mp4", frames)
    stamp_mp4(root / "body" / "engine" / "handbrake" / "drive 1.mp4", MOMENT)
    write_video(root / "body" / "engine" / "wheel" / "spin.avi", [SCENES[2]] * 10 + [SCENES[3]] * 10)
    (root / "body" / "door").mkdir(parents=True)
    save(root / "body" / "door" / "a.jpg", SCENES[2])
    (root / "body" / "door" / ".hidden.jpg").write_bytes(b"x")
    (root / "body" / "door" / "notes.txt").write_text("x")
    return root


def scan(root: Path, level: Level = "full", **rules: float) -> FolderScan:
    return scan_folders(root, FolderRules(root.parent / "frames", level, FrameRules(**rules)))  # type: ignore[arg-type]


def test_folder_names_are_labels_at_the_chosen_level(car: Path) -> None:
    assert scan(car).dataset.labels == ("body/door", "body/engine/handbrake", "body/engine/wheel")
    assert scan(car, "leaf").dataset.labels == ("door", "handbrake", "wheel")
    assert scan(car, 1).dataset.labels == ("body",)
    assert scan(car, 2).dataset.labels == ("body/door", "body/engine")
    with pytest.raises(ConfigError, match="level: expected leaf, full or a number of folders from 1, received 0"):
        scan(car, 0)


def test_videos_give_frames_that_differ_named_by_video_and_time(car: Path) -> None:
    found = scan(car, per_second=2)
    frames = [row for row in found.dataset.rows if row.label.endswith("handbrake")]
    assert [Path(row.path).name for row in frames] == ["drive_1_00000.000s.jpg", "drive_1_00002.000s.jpg"]
    assert {row.group for row in frames} == {"body/engine/handbrake/drive 1.mp4"}
    assert [row.captured_at for row in frames] == [MOMENT, MOMENT + timedelta(seconds=2)]
    assert all(Path(row.path).is_file() for row in found.dataset.rows)
    assert (found.videos, found.dropped) == (2, 10 + 2)
    (door,) = [row for row in found.dataset.rows if row.label == "body/door"]
    assert (door.group, door.captured_at) == ("", None)


def test_the_threshold_and_the_rate_can_be_set(car: Path) -> None:
    def count(**rules: float) -> int:
        return sum(row.label.endswith("handbrake") for row in scan(car, **rules).dataset.rows)

    assert count(per_second=2, least_distance=0) == 12
    assert count(per_second=1, least_distance=0) == 6
    assert count(per_second=2, least_distance=64) == 1
    with pytest.raises(ConfigError, match="least distance: expected 0 to 64 bits, received 65"):
        count(least_distance=65)


def test_scanning_again_gives_the_same_version_and_writes_nothing_anew(car: Path, tmp_path: Path) -> None:
    versions = VersionFolder(tmp_path / "datasets")
    first = versions.save(scan(car).dataset, Origin("car", "read")).version
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "frames").rglob("*.jpg")}
    assert versions.save(scan(car).dataset, Origin("car", "read")).version == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "frames").rglob("*.jpg")} == before


def test_files_that_cannot_be_read_are_named_and_the_others_are_kept(car: Path) -> None:
    (car / "body" / "door" / "b.jpg").write_text("no photo")
    (car / "body" / "door" / "c.mp4").write_bytes(b"no video")
    save(car / "loose.png", SCENES[0])
    copied = (car / "body" / "engine" / "wheel" / "spin.avi").read_bytes()
    (car / "body" / "door" / "spin.avi").write_bytes(copied)
    found = scan(car)
    said = "\n".join(map(str, found.problems)).replace(str(car), "car")
    assert "car/body/door/b.jpg: expected a photo or video, received an unreadable file (b.jpg: expected a JPEG" in said
    assert "car/body/door/c.mp4: expected a photo or video, received an unreadable file" in said
    assert "car/loose.png: expected a folder that names the class, received a file outside of any" in said
    assert "a video of body/engine/wheel alone, received the same video as of body/door" in said
    assert len(scan(car).dataset.by_photo) == len(found.dataset.rows)


def test_split_folders_are_splits_and_not_classes(tmp_path: Path) -> None:
    for split, label in (("train", "TREE"), ("val", "TREE"), ("test", "STEEL")):
        (tmp_path / "d" / split / label).mkdir(parents=True)
        save(tmp_path / "d" / split / label / "a.jpg", SCENES[0])
    rows = scan(tmp_path / "d").dataset.rows
    assert {(row.split, row.label) for row in rows} == {("train", "TREE"), ("validation", "TREE"), ("test", "STEEL")}


def test_progress_names_files_and_frames(car: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    scan_folders(car, FolderRules(car.parent / "frames"), lambda *step: seen.append(step))
    assert (0, 3, "a.jpg") in seen
    assert any(words == "drive 1.mp4, frame 3/6" for _, _, words in seen)
    assert seen[-1][:2] == (3, 3)


def test_nothing_to_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected folders of photos or videos, received none"):
        scan(tmp_path)
    with pytest.raises(ConfigError, match="expected a folder, received nothing of that name"):
        scan(tmp_path / "none")


def test_a_hierarchy_can_be_cut_at_another_level_later() -> None:
    labels = ("body/engine/handbrake", "body/door", "wheel")
    assert level_mapping(labels, 1) == {"body/engine/handbrake": "body", "body/door": "body"}
    assert level_mapping(labels, "leaf") == {"body/engine/handbrake": "handbrake", "body/door": "door"}
