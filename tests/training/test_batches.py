"""What the network is fed: masks that move with their photo, balance, weights, and the same batch every time."""

import cv2
import numpy as np
import pytest

from core.training.augment import plain_affine, random_affine, warp
from core.training.balance import balanced_order, class_weights
from core.training.batches import ExampleBatches, Extras, standardisation
from core.training.examples import Example
from core.training.sections import AugmentSection, ModelSection
from core.training.targets import mask_target

MODEL = ModelSection("toy", 1, "Toy", "classification", ("red", "blue", "green"), 32, "s", "l")
NONE = np.zeros((0, 4)), np.zeros(0, dtype=np.int64)


def _examples(folder, labels: list[int], also: bool = False) -> list[Example]:
    (folder / "images").mkdir()
    (folder / "masks").mkdir()
    rng = np.random.default_rng(0)
    found = []
    for i, label in enumerate(labels):
        path = folder / "images" / f"{i:06d}.png"
        cv2.imwrite(str(path), rng.integers(0, 255, (40, 40, 3)).astype(np.uint8))
        extra = {"also": np.array([float(i), 10.0 * i])} if also else {}
        found.append(Example(path, label, float("nan"), *NONE, **extra))
    return found


def test_mask_target_by_hand():
    mask = np.zeros((64, 64), np.uint8)
    mask[:32, :16] = 255  # in a 4 × 4 grid: column 0, rows 0 and 1
    share = mask_target(mask, plain_affine(64, 64, 32), (64, 64), 32, (4, 4))[..., 0]
    expected = np.zeros((4, 4))
    expected[:2, 0] = 0.5
    np.testing.assert_allclose(share, expected, atol=0.06)
    assert share.sum() == pytest.approx(1.0, abs=1e-5)


def test_no_object_gives_no_weight():
    assert mask_target(None, plain_affine(8, 8, 32), (8, 8), 32, (2, 2)).max() == 0
    assert mask_target(np.zeros((8, 8), np.uint8), plain_affine(8, 8, 32), (8, 8), 32, (2, 2)).max() == 0


@pytest.mark.parametrize("seed", range(6))
def test_a_mask_of_another_size_moves_as_its_photo(seed):
    photo = np.zeros((120, 120, 3), np.uint8)
    photo[40:70, 50:80] = 255
    small = cv2.resize(photo[..., 0], (60, 60), interpolation=cv2.INTER_AREA)
    affine = random_affine(120, 120, 64, AugmentSection(flip_vertical=True), np.random.default_rng(seed))
    moved = warp(photo, affine, 64)[..., 0].astype(float)
    wanted = cv2.resize(moved, (8, 8), interpolation=cv2.INTER_AREA)
    share = mask_target(small, affine, (120, 120), 64, (8, 8))[..., 0]
    np.testing.assert_allclose(share, wanted / wanted.sum(), atol=0.04)


def test_a_batch_is_the_same_whenever_it_is_made_and_another_in_the_next_epoch(tmp_path):
    batches = ExampleBatches(_examples(tmp_path, [0, 1] * 4), MODEL, batch_size=3, seed=5, augment=AugmentSection())
    first = batches.batch(1, epoch=2)
    batches.batch(0, epoch=0)
    again, later = batches.batch(1, epoch=2), batches.batch(1, epoch=3)
    np.testing.assert_array_equal(first[0], again[0])
    assert np.abs(first[0] - later[0]).max() > 0.1
    assert first[0].dtype == np.float32
    assert -1 <= first[0].min() < first[0].max() <= 1
    assert len(batches) == 3
    assert len(batches.batch(2)[0]) == 2


def test_what_is_also_learned_is_standardised_and_masks_come_along(tmp_path):
    examples = _examples(tmp_path, [0, 1, 2, 0], also=True)
    mask = np.zeros((40, 40), np.uint8)
    mask[:20] = 255
    cv2.imwrite(str(tmp_path / "masks" / "000001_object.png"), mask)
    batches = ExampleBatches(examples, MODEL, batch_size=4)
    batches.extras = Extras(*standardisation(examples), "object", (2, 2))
    targets = batches.batch(0)[1]
    np.testing.assert_allclose(targets["also"].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(targets["also"].std(axis=0), 1, atol=1e-6)
    np.testing.assert_allclose(targets["attention"][1, ..., 0], [[0.5, 0.5], [0, 0]], atol=0.03)
    assert targets["attention"][[0, 2, 3]].max() == 0
    np.testing.assert_array_equal(targets["answer"], [[0], [1], [2], [0]])


def test_class_weights_by_hand(tmp_path):
    examples = _examples(tmp_path, [0, 0, 0, 2])
    np.testing.assert_allclose(class_weights(examples), [4 / 6, 4 / 6, 4 / 6, 2])
    weighted = ExampleBatches(examples, MODEL, batch_size=4, weights=class_weights(examples)).batch(0)
    np.testing.assert_allclose(weighted[2], [4 / 6, 4 / 6, 4 / 6, 2])


def test_balanced_sampling_shows_each_class_equally_often(tmp_path):
    examples = _examples(tmp_path, [0] * 23 + [1] + [2] * 2)
    order = balanced_order(examples, np.random.default_rng(0))
    counts = np.bincount([examples[i].label for i in order])
    assert len(order) == 26
    assert sorted(counts) == [8, 9, 9]
    assert len({int(i) for i in order if examples[i].label == 0}) == counts[0]  # a common one at most once


def test_several_labels_become_zeros_and_ones(tmp_path):
    model = ModelSection("t", 1, "T", "classification", ("a", "b", "c"), 32, "s", "l", multi_label=True)
    example = _examples(tmp_path, [-1])[0]
    both = Example(example.path, -1, float("nan"), *NONE, labels=(0, 2))
    batch = ExampleBatches([both, example], model, batch_size=2).batch(0)
    np.testing.assert_array_equal(batch[1], [[1, 0, 1], [0, 0, 0]])
