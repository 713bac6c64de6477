"""Distances between sets: hand-computed answers, an oracle, and what chance makes of them."""

import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.compare.activations import (
    Activations,
    ObjectPlace,
    activations_bytes,
    activations_key,
    object_mask,
    parse_activations,
)
from core.compare.gap import (
    gap_notes,
    layer_gaps,
    map_sets,
    object_notes,
    object_share,
    paired_places,
    sample_files,
    shifted_channels,
)
from core.compare.set_distances import cka_gap, draw, frechet, frechet_draws, frechet_gap, mmd_gap
from core.errors import ConfigError
from core.metrics.distances import frechet_distance, kernel_bandwidth, kernel_mmd

Floats = NDArray[np.float64]


def _normal(count: int, channels: int, seed: int, mean: float = 0.0) -> Floats:
    return np.random.default_rng(seed).normal(mean, 1, (count, channels))


def _activations(means: Floats, inside: Floats | None = None, name: str = "photo") -> Activations:
    return Activations(
        tuple(Path(f"/{name}{k}.jpg") for k in range(len(means))),
        {"last": means.astype(np.float32)},
        {"last": (np.zeros_like(means) if inside is None else inside).astype(np.float32)},
        np.full(len(means), inside is not None),
        {},
    )


@pytest.mark.parametrize(("count", "channels"), [(40, 5), (12, 30), (30, 30)])
def test_the_frechet_distance_is_the_one_of_the_definition(count: int, channels: int) -> None:
    first, second = _normal(count, channels, 1), _normal(count + 5, channels, 2, mean=0.5) * 1.3
    assert frechet(first, second) == pytest.approx(frechet_distance(first, second), rel=1e-6)


def test_the_frechet_distance_of_two_gaussians_on_a_line() -> None:
    # Means 1 apart, deviations 1 and 3: 1² + (3 − 1)².
    first = np.array([[-1.0], [0.0], [1.0]])
    assert frechet(first, 3 * first + 1) == pytest.approx(5.0)


def test_mmd_is_the_one_of_the_definition() -> None:
    first, second = _normal(25, 4, 1), _normal(31, 4, 2, mean=1.0)
    assert mmd_gap(first, second, draw(25, 31)).value == pytest.approx(kernel_mmd(first, second), abs=1e-12)


def test_drawn_frechet_distances_are_those_of_the_drawn_photos() -> None:
    first, second = _normal(20, 4, 1), _normal(25, 4, 2, mean=0.5)
    draws = draw(20, 25, repeats=5)
    plain = [
        frechet_distance(first.repeat(a.astype(int), axis=0), second.repeat(b.astype(int), axis=0))
        for a, b in zip(draws.first, draws.second, strict=True)
    ]
    assert frechet_draws(first, second, draws) == pytest.approx(np.array(plain) - np.mean(plain), abs=1e-6)


@pytest.mark.parametrize("measure", [frechet_gap, mmd_gap])
def test_two_samples_of_one_kind_lie_within_the_floor_and_others_beyond(measure) -> None:
    same = measure(_normal(60, 8, 1), _normal(60, 8, 2), draw(60, 60))
    assert same.value <= same.floor
    assert not same.is_sure
    apart = measure(_normal(60, 8, 1, mean=1.0), _normal(60, 8, 2), draw(60, 60))
    assert apart.floor < apart.low < apart.value < apart.high
    assert apart.is_sure


@pytest.mark.parametrize("measure", [frechet_gap, mmd_gap])
def test_identical_sets_lie_within_the_floor(measure) -> None:
    photos = _normal(30, 6, 3)
    found = measure(photos, photos, draw(30, 30))
    assert found.value <= found.floor
    assert found.value == pytest.approx(0, abs=0.05)
    assert found.low <= found.value <= found.high


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    # For Gaussians whose means lie d apart, and a kernel of width s, the MMD is known:
    # 2 (s² / (s² + 2))^(D / 2) (1 − exp(−d² / (2 s² + 4))).
    hits = 0
    for seed in range(60):
        first, second = _normal(50, 3, 100 + seed, mean=0.7), _normal(50, 3, 900 + seed)
        squared = kernel_bandwidth(np.concatenate([first, second])) ** 2
        truth = 2 * (squared / (squared + 2)) ** 1.5 * (1 - math.exp(-3 * 0.7**2 / (2 * squared + 4)))
        found = mmd_gap(first, second, draw(50, 50, seed))
        hits += found.low <= truth <= found.high
    assert hits >= 51  # 57 expected


def test_fewer_than_ten_photos_have_no_interval_and_say_so() -> None:
    for measure in (frechet_gap, mmd_gap):
        found = measure(_normal(9, 3, 1), _normal(40, 3, 2), draw(9, 40))
        assert math.isfinite(found.value)
        assert math.isnan(found.low)
        assert math.isnan(found.high)
        assert math.isfinite(found.floor)
        assert not found.is_sure
    assert gap_notes(9, 40) == ("the synthetic set has 9 photos: too few for an interval, which takes 10",)
    assert "1 photo:" in gap_notes(40, 1)[0]
    assert "no floor" in gap_notes(40, 3)[1]
    assert gap_notes(10, 10) == ()


def test_one_photo_has_no_distance_and_three_no_floor() -> None:
    for measure in (frechet_gap, mmd_gap):
        assert math.isnan(measure(_normal(1, 3, 1), _normal(40, 3, 2), draw(1, 40)).value)
        few = measure(_normal(20, 3, 1), _normal(3, 3, 2), draw(20, 3))
        assert math.isfinite(few.value)
        assert math.isnan(few.floor)


def test_cka_knows_rotations_and_tells_strangers() -> None:
    photos = _normal(40, 6, 1)
    turned = photos @ np.linalg.qr(_normal(6, 6, 2))[0] * 3 + 5
    same = cka_gap(turned, photos, draw(40, 40))
    assert same.value == pytest.approx(1.0)
    assert same.low == pytest.approx(1.0)
    strangers = cka_gap(_normal(40, 6, 3), photos, draw(40, 40))
    assert abs(strangers.value) < 0.15
    assert strangers.low <= strangers.value <= strangers.high
    # More channels than photos: the biased estimate would say 0.9 of strangers.
    assert abs(cka_gap(_normal(30, 400, 4), _normal(30, 400, 5), draw(30, 30)).value) < 0.15


def test_cka_of_four_photos_by_hand() -> None:
    # K and L are the products of values, 0 on the diagonal: tr KL = −4, tr KK = 12, each row sums up to −1.
    first, second = np.array([[1.0], [-1], [1], [-1]]), np.array([[1.0], [1], [-1], [-1]])
    across, within = -4 + 16 / 6 - 4, 12 + 16 / 6 - 4
    assert cka_gap(first, second, draw(4, 4)).value == pytest.approx(across / within)


def test_layer_gaps_refuse_what_cannot_be_compared() -> None:
    full, empty = _activations(_normal(5, 3, 1)), _activations(np.empty((0, 3)))
    with pytest.raises(ConfigError, match="at least one photo in both sets, received 5 and 0"):
        layer_gaps(full, empty)
    with pytest.raises(ConfigError, match="as many photos in both sets, received 5 and 4"):
        layer_gaps(full, full.rows([0, 1, 2, 3]), are_pairs=True)
    other = Activations(full.files, {"first": full.means["last"]}, {"first": full.inside["last"]}, full.has_mask, {})
    with pytest.raises(ConfigError, match=r"same layers, received \['last'\] and \['first'\]"):
        layer_gaps(full, other)


def test_the_same_photos_give_the_same_numbers_again() -> None:
    one, other = _activations(_normal(20, 4, 1)), _activations(_normal(20, 4, 2, mean=0.3))
    assert layer_gaps(one, other, are_pairs=True) == layer_gaps(one, other, are_pairs=True)
    assert layer_gaps(one, other)[0].cka is None


def test_the_object_has_the_share_of_the_shift_that_it_brings() -> None:
    # Renders are 3 brighter in channel 0, of which the object brings 2; in channel 1 nothing differs.
    real = np.tile([5.0, 1.0], (12, 1))
    synthetic = real + np.array([3.0, 0.0])
    inside_real, inside_synthetic = np.tile([1.0, 1.0], (12, 1)), np.tile([3.0, 1.0], (12, 1))
    found = object_share(_activations(synthetic, inside_synthetic), _activations(real, inside_real), "last")
    assert found == pytest.approx(2 / 3)
    assert object_share(_activations(synthetic), _activations(real, inside_real), "last") is None


def test_the_share_is_told_from_the_photos_whose_object_is_known() -> None:
    # Beside the twelve photos of above, each set has one of which nobody knows where the object is.
    real, synthetic = np.tile([5.0, 1.0], (13, 1)), np.tile([8.0, 1.0], (13, 1))
    synthetic[12], real[12] = 400.0, -90.0
    inside_real, inside_synthetic = np.tile([1.0, 1.0], (13, 1)), np.tile([3.0, 1.0], (13, 1))
    known = np.arange(13) < 12
    one, other = (
        replace(_activations(means, inside), has_mask=known)
        for means, inside in ((synthetic, inside_synthetic), (real, inside_real))
    )
    assert object_share(one, other, "last") == pytest.approx(2 / 3)
    (note,) = object_notes(one, other)
    assert "12 of 13 synthetic photos and 12 of 13 real photos" in note
    whole = _activations(synthetic, inside_synthetic)
    assert object_notes(whole, whole) == object_notes(_activations(synthetic), other) == ()


def test_boxes_and_masks_say_where_the_object_is(tmp_path: Path) -> None:
    image = np.zeros((50, 100, 3), np.uint8)  # the original is four times as large
    boxes = ((40.0, 20.0, 80.0, 60.0), (-5.0, 190.0, 9.0, 500.0))
    mask = object_mask(boxes, image, (400, 200))
    assert mask is not None
    assert mask.shape == (50, 100)
    assert mask[5:15, 10:20].all()
    assert mask[47:, :3].all()  # what reaches over the border ends there
    assert mask.sum() == 100 + 3 * 3
    picture = tmp_path / "mask.png"
    cv2.imwrite(str(picture), np.eye(8, dtype=np.uint8))
    assert np.array_equal(object_mask(picture, image, (400, 200)), np.eye(8, dtype=bool))
    assert object_mask(None, image, (400, 200)) is object_mask(tmp_path / "gone.png", image, (400, 200)) is None


def test_the_most_shifted_channel_comes_first_with_its_photos() -> None:
    first, second = _normal(30, 5, 1), _normal(30, 5, 2)
    first[:, 3] += 4
    first[7, 3], second[11, 3] = 50.0, -50.0
    top = shifted_channels(first, second, count=2, photos=2)[0]
    assert (top.channel, top.first[0], top.second[0]) == (3, 7, 11)
    assert top.shift > 0
    assert shifted_channels(first, first) == ()
    mirrored = shifted_channels(second, first, count=1, photos=1)[0]
    assert (mirrored.channel, mirrored.first, mirrored.second) == (3, (11,), (7,))
    assert mirrored.shift == pytest.approx(-top.shift)


def test_the_map_keeps_what_differs_most() -> None:
    first, second = _normal(20, 6, 1) * 0.1, _normal(25, 6, 2) * 0.1
    first[:, 2] += 10
    found = map_sets(first, second)
    assert (found.first.shape, found.second.shape) == ((20, 2), (25, 2))
    assert min(abs(found.first[:, 0].mean() - found.second[:, 0].mean()), 10) == pytest.approx(10, abs=0.2)
    assert found.explained[0] > 0.95
    with pytest.raises(ConfigError, match="at least 3 photos and 2 channels, received 2 and 6"):
        map_sets(first[:1], second[:1])
    assert not map_sets(np.ones((4, 3)), np.ones((4, 3))).first.any()


def test_large_sets_are_sampled_and_small_ones_are_not() -> None:
    assert sample_files(3) == (0, 1, 2)
    found = sample_files(5000, most=100)
    assert len(set(found)) == 100
    assert list(found) == sorted(found)
    assert found == sample_files(5000, most=100)


def test_pairs_are_photos_of_one_name() -> None:
    assert paired_places(["b", "a", "c", "a"], ["a", "x", "b", "a"]) == ((0, 1), (2, 0))
    assert paired_places(["a"], ["b"]) == ((), ())


def test_activations_survive_a_file_and_are_named_by_what_they_are_of(tmp_path: Path) -> None:
    found = _activations(_normal(4, 3, 1), _normal(4, 3, 2))
    path = tmp_path / "set.npz"
    path.write_bytes(activations_bytes(found))
    again = parse_activations(path)
    assert again.files == found.files
    assert np.array_equal(again.means["last"], found.means["last"])
    assert np.array_equal(again.inside["last"], found.inside["last"])
    assert again.has_mask.all()

    def key_of(model: str = "v1", layer: str = "last", place: ObjectPlace = None) -> str:
        return activations_key(model, [layer], [path], lambda _: place)

    key = key_of()
    assert key == key_of()
    others = key_of("v2"), key_of(layer="first"), key_of(place=((0, 0, 5, 5),)), key_of(place=tmp_path / "mask.png")
    assert len({key, *others}) == 5
    path.write_bytes(b"other")
    assert key_of() != key
