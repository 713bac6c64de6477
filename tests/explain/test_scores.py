"""Scores of maps that can be worked out by hand, and of networks whose reasons are known."""

import numpy as np
import pytest

from core.errors import ArrayShapeError, ConfigError
from core.explain import explain, subject_of
from core.explain.agreement import agreement, rank_correlation
from core.explain.faithfulness import measure_faithfulness
from core.explain.features import (
    FeatureMaps,
    channel_health,
    feature_maps,
    filter_images,
    kernel_weights,
    object_share,
)
from core.explain.picture import channel_grid, overlay
from core.explain.sanity import randomisation_test, weights_kept
from core.explain.scores import best_iou, centre_map, report_on_mask, score_on_mask
from core.explain.scoring import check_mask
from core.explain.view import view_photo

import keras  # isort: skip — core.networks first: see core/networks/load_order.py
from keras import layers

from tests.explain import toys

MASK = np.zeros((4, 4), bool)
MASK[:2, :2] = True


def test_energy_pointing_and_overlap_by_hand():
    map_hw = np.zeros((4, 4), np.float32)
    map_hw[0, 0], map_hw[0, 1], map_hw[3, 3] = 0.5, 0.25, 0.25
    scores = score_on_mask(map_hw, MASK)
    assert scores.energy == pytest.approx(0.75)
    assert scores.pointing == 1
    # Over 0.5: one of four. Over 0.25: two of four, and one outside: 2/5. Over 0: the whole photo: 4/16.
    assert scores.iou == pytest.approx(2 / 5)
    assert scores.threshold == pytest.approx(0.5)
    signed = score_on_mask(-map_hw, MASK)
    assert (signed.energy, signed.pointing) == (scores.energy, 1)


def test_a_perfect_and_an_empty_map():
    perfect = score_on_mask(MASK.astype(np.float32), MASK)
    assert (perfect.energy, perfect.pointing, perfect.iou) == (1, 1, 1)
    nothing = score_on_mask(np.zeros((4, 4), np.float32), MASK)
    assert (nothing.energy, nothing.pointing, nothing.iou) == (0, 0, 0)


def test_the_best_overlap_is_no_worse_than_every_threshold():
    rng = np.random.default_rng(0)
    for _ in range(20):
        relevance, mask = rng.integers(0, 6, (9, 7)).astype(float), rng.random((9, 7)) < 0.3
        relevance[0, 0] = 6
        wanted = max(((relevance >= t) & mask).sum() / ((relevance >= t) | mask).sum() for t in np.unique(relevance))
        assert best_iou(relevance, mask)[0] == pytest.approx(wanted)


def test_baselines_know_the_middle_and_the_area_and_nothing_else():
    middle, corner = np.zeros((40, 40), bool), np.zeros((40, 40), bool)
    middle[15:25, 15:25] = True
    corner[:10, :10] = True
    flat = np.ones((40, 40), np.float32)
    in_middle, in_corner = report_on_mask(flat, middle), report_on_mask(flat, corner)
    assert in_middle.scores.energy == pytest.approx(100 / 1600)
    for report in (in_middle, in_corner):
        assert report.baselines["area"].energy == report.baselines["area"].pointing == pytest.approx(100 / 1600)
        assert report.baselines["random"].energy == pytest.approx(100 / 1600, abs=0.02)
    assert in_middle.baselines["centre"].energy > 0.2 > 0.02 > in_corner.baselines["centre"].energy
    assert (in_middle.baselines["centre"].pointing, in_corner.baselines["centre"].pointing) == (1, 0)
    assert set(in_middle.as_mapping()) >= {"energy", "energy_centre", "iou_random", "pointing_area", "iou_threshold"}
    assert centre_map((5, 9)).argmax() == 2 * 9 + 4


def test_masks_that_do_not_fit_are_refused():
    flat = np.ones((4, 4), np.float32)
    with pytest.raises(ArrayShapeError, match=r"expected the map's shape \(4, 4\), got \(4, 5\)"):
        score_on_mask(flat, np.ones((4, 5), bool))
    with pytest.raises(ArrayShapeError, match="at least one pixel"):
        score_on_mask(flat, np.zeros((4, 4), bool))
    with pytest.raises(ArrayShapeError, match="expected bool, got float32"):
        score_on_mask(flat, flat)
    check_mask(np.ones((33, 49), bool), 1.5)
    with pytest.raises(ArrayShapeError, match=r"1.500 wide for 1 high, got 40 × 40 px"):
        check_mask(np.ones((40, 40), bool), 1.5)


def corner_network():
    """Its answer is the mean of the upper left quarter of the photo."""
    weights = np.zeros((16, 16, 3), np.float32)
    weights[:8, :8] = 1 / (64 * 3)
    network = keras.Sequential([keras.Input((16, 16, 3)), layers.Flatten(), layers.Dense(1, use_bias=False)])
    network.layers[-1].set_weights([weights.reshape(-1, 1)])
    return network


def test_deletion_and_insertion_of_the_right_and_the_wrong_map():
    subject, photo = subject_of(corner_network()), np.zeros((16, 16, 3), np.float32)
    photo[:8, :8] = 1
    view = view_photo(subject, photo, None)
    right = np.zeros((16, 16), np.float32)
    right[:8, :8] = 1
    good = measure_faithfulness(subject, view.x_nhwc, view.target, right, steps=8)
    bad = measure_faithfulness(subject, view.x_nhwc, view.target, 1 - right, steps=8)
    # The first quarter holds everything: 1, 1/2, 0, 0 … at eighths; the trapezium over them is 1/8.
    assert good.deletion == pytest.approx(1 / 8)
    assert bad.deletion == pytest.approx(1 - 1 / 8)
    assert good.insertion > 0.85 > bad.insertion
    assert (good.average_drop, bad.average_drop) == (pytest.approx(0), pytest.approx(1))
    assert good.average_increase == 0


def test_scores_are_measured_at_the_first_look_with_and_without_a_mask():
    photo = np.ones((16, 16, 3), np.float32)
    mask = np.zeros((32, 32), bool)
    mask[:16, :16] = True
    found = explain(corner_network(), photo, "integrated_gradients", mask_hw=mask)
    assert found.scores["energy"] > 0.95 > found.scores["energy_area"]
    assert found.scores is found.scores
    assert set(explain(corner_network(), photo, "saliency").scores) == {
        "deletion", "insertion", "average_drop", "average_increase", "deletion_centre", "insertion_centre"
    }  # fmt: skip
    with pytest.raises(ArrayShapeError, match="proportions"):
        _ = explain(corner_network(), photo, "saliency", mask_hw=mask[:8]).scores


def test_rank_correlation_against_scipy():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(0)
    a = rng.integers(0, 9, (6, 5)).astype(np.float32)
    b = a + rng.integers(0, 9, (6, 5)).astype(np.float32)
    assert rank_correlation(a, b) == pytest.approx(spearmanr(a.ravel(), b.ravel()).statistic)
    assert rank_correlation(a, np.ones_like(a)) == 0
    found = agreement({"a": a, "again": a * 2, "opposite": -a})
    assert found.correlation[0, 1] == pytest.approx(1)
    assert found.correlation[0, 2] == pytest.approx(-1)
    assert (found.overlap[0, 1], found.overlap[1, 2]) == (1, 0)


def test_a_network_that_forgets_changes_its_map_and_gets_its_weights_back():
    network = toys.small_cnn()
    before = network.get_weights()
    steps = randomisation_test(network, toys.noise_photo(), "gradcam", "conv1", 1, stages=3)
    assert [step.layer for step in steps] == ["head", "conv2", "conv1"]
    assert all(abs(step.correlation) < 0.999 for step in steps[1:])
    for mine, kept in zip(network.get_weights(), before, strict=True):
        np.testing.assert_array_equal(mine, kept)


def test_weights_are_put_back_after_a_failure():
    network = toys.small_cnn()
    before = network.get_weights()

    def fail():
        with weights_kept(network):
            network.set_weights([array * 0 for array in before])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    for mine, kept in zip(network.get_weights(), before, strict=True):
        np.testing.assert_array_equal(mine, kept)


def test_channels_are_sorted_by_energy_and_by_the_mask():
    maps = np.zeros((4, 4, 3), np.float32)
    maps[..., 0], maps[:2, :2, 1], maps[3, 3, 2] = 0.5, 0.7, 3
    found = FeatureMaps("look", maps)
    np.testing.assert_allclose(found.energy(), [0.25, 0.49 / 4, 9 / 16])
    assert found.sorted_channels("energy").tolist() == [2, 0, 1]
    np.testing.assert_allclose(found.mask_response(MASK), [0, 1, -1], atol=1e-6)
    assert found.sorted_channels("mask", MASK).tolist() == [1, 0, 2]
    assert found.sorted_channels("name").tolist() == [0, 1, 2]
    with pytest.raises(ConfigError, match="a mask for mask"):
        found.sorted_channels("mask")
    assert object_share(FeatureMaps("look", maps[..., 1:2]), MASK) == pytest.approx(1)


def test_dead_and_saturated_channels_are_counted_over_photos():
    photo = keras.Input((8, 8, 3))
    x = layers.Conv2D(3, 1, name="conv", activation=lambda t: keras.ops.clip(t, 0, 1))(photo)
    network = keras.Model(photo, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))
    kernel, bias = np.zeros((1, 1, 3, 3), np.float32), np.array([0, -9, 0.999], np.float32)
    kernel[0, 0, 0, 0], kernel[0, 0, 0, 2] = 1, 5
    network.get_layer("conv").set_weights([kernel, bias])
    photos = [np.abs(toys.noise_photo(seed, 8))[None] for seed in range(3)]
    photos[0][0, 0, 0, 0] = -1  # one cell where the saturated channel is not at its top
    health = channel_health(subject_of(network), photos, "conv")
    assert health.dead.tolist() == [False, True, False]
    assert health.saturated.tolist() == [False, False, True]
    assert health.count == 3
    with pytest.raises(ConfigError, match="at least one"):
        channel_health(subject_of(network), [], "conv")


def test_feature_maps_are_what_the_layer_gives_and_filters_are_photos():
    network, photo = toys.small_cnn(), toys.noise_photo()
    subject = subject_of(network)
    first, second = feature_maps(subject, photo[None], ["conv1", "conv2"])
    wanted = keras.Model(network.input, network.get_layer("conv1").output)(photo[None])[0]
    np.testing.assert_allclose(first.maps_hwc, wanted, atol=1e-6)
    assert second.maps_hwc.shape == (8, 8, 8)
    kernels = kernel_weights(subject, "conv1")
    images = filter_images(kernels)
    assert images.shape == (6, 3, 3, 3)
    assert images.dtype == np.uint8
    strongest = np.unravel_index(np.abs(kernels[..., 2]).argmax(), kernels.shape[:3])
    assert images[2][strongest] in (0, 255)
    with pytest.raises(ArrayShapeError, match="expected"):
        filter_images(kernel_weights(subject, "conv2"))
    with pytest.raises(ConfigError, match="expected a convolution, got Dense"):
        kernel_weights(subject, "head")


def test_pictures_show_where_and_leave_the_rest_alone():
    photo, map_hw = np.full((8, 8, 3), 100, np.uint8), np.zeros((8, 8), np.float32)
    map_hw[0, 0], map_hw[7, 7] = 1, -1
    picture = overlay(photo, map_hw, signed=True, opacity=1)
    assert picture[0, 0].tolist() == [127, 59, 8]
    assert picture[7, 7].tolist() == [45, 0, 75]
    assert picture[0, 7].tolist() == [100, 100, 100]
    assert overlay(photo, map_hw * 0.5, signed=True, threshold=0.6).tolist() == photo.tolist()
    maps = np.zeros((4, 4, 3), np.float32)
    maps[0, 0, 1] = 1
    grid = channel_grid(maps, np.array([1, 0, 2]), cell_px=4)
    assert grid.shape == (12, 12, 3)
    assert grid[0, 0].tolist() != grid[1, 1].tolist()
    assert not grid[:4, 6:10].any()  # channel 0 sees nothing
