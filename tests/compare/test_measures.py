"""Measures between two photos: worked out by hand, and beside OpenCV and imagehash."""

from __future__ import annotations

import cv2
import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from core.compare import histograms
from core.compare.catalogue import FIXED_MEASURES, measure_named, measures
from core.compare.descriptors import Describer, quantised, to_standard
from core.compare.edges import edge_values
from core.compare.hashes import HASHED_PX, HASHES, picture_hashes
from core.compare.measuring import indexed_measures, measure_all
from core.compare.pairs import compare_pictures
from core.compare.pixels import (
    fine_measures,
    psnr_of,
    ssim,
    thumbnail,
    thumbnail_measures,
    thumbnail_sums,
    to_common_size,
)
from core.errors import ConfigError, NotFoundError
from core.imaging.decode import resize_to
from tests.imaging.pictures import scene

DESCRIBER = Describer()


def values(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> dict[str, float]:
    return {one.measure.name: one.value for one in compare_pictures(a, b, DESCRIBER)}


def test_every_measure_is_given_once_and_equal_photos_get_its_nearer_end() -> None:
    found = compare_pictures(scene(90, 140, 3), scene(90, 140, 3), DESCRIBER)
    assert [one.measure for one in found] == list(FIXED_MEASURES) == list(measures())
    assert len({one.measure.name for one in found}) == len(found) == 26
    for one in found:
        end = one.measure.high if one.measure.nearer == "higher" else one.measure.low
        assert one.value == pytest.approx(end, abs=1e-6), one.measure.name


@settings(max_examples=12, deadline=None)
@given(
    seeds=st.tuples(st.integers(0, 99), st.integers(0, 99)),
    size=st.tuples(st.integers(32, 90), st.integers(32, 90)),
)
def test_measures_keep_their_range_and_are_the_same_both_ways_round(
    seeds: tuple[int, int], size: tuple[int, int]
) -> None:
    a, b = scene(60, 80, seeds[0]), scene(*size, seeds[1])
    there, back = values(a, b), values(b, a)
    for measure in FIXED_MEASURES:
        assert measure.low - 1e-6 <= there[measure.name] <= measure.high + 1e-6
        assert there[measure.name] == pytest.approx(back[measure.name], abs=1e-5), measure.name


@pytest.mark.parametrize("seed", range(4))
def test_histograms_are_compared_as_opencv_does(seed: int) -> None:
    one = histograms.colour_histogram(scene(60, 80, seed), "hsv")
    many = np.stack([histograms.colour_histogram(scene(50, 70, seed + k), "hsv") for k in range(5)])
    for compare, method in (
        (histograms.correlation, cv2.HISTCMP_CORREL),
        (histograms.chi_square, cv2.HISTCMP_CHISQR_ALT),
        (histograms.intersection, cv2.HISTCMP_INTERSECT),
        (histograms.bhattacharyya, cv2.HISTCMP_BHATTACHARYYA),
    ):
        wanted = [cv2.compareHist(one, other, method) for other in many]
        np.testing.assert_allclose(compare(one, many), wanted, atol=2e-5)


def test_histograms_of_black_and_white_share_no_bin() -> None:
    black, white = np.zeros((40, 40, 3), np.uint8), np.full((40, 40, 3), 255, np.uint8)
    found = values(black, white)
    assert found["rgb_intersection"] == found["grey_intersection"] == 0
    assert found["rgb_chi_square"] == found["grey_chi_square"] == pytest.approx(4)
    assert found["grey_bhattacharyya"] == pytest.approx(1)
    # One bin of 32 full: means 1/32, covariance −1/32², variance 31/32².
    assert found["grey_correlation"] == pytest.approx(-1 / 31, abs=1e-6)
    assert found["hsv_intersection"] == pytest.approx(2 / 3)  # hue and saturation are 0 in both
    assert found["mse"] == found["thumbnail_mse"] == pytest.approx(1)
    assert found["psnr"] == found["thumbnail_psnr"] == pytest.approx(0, abs=1e-6)


def test_an_even_histogram_correlates_like_opencvs() -> None:
    even = np.full(32, 1 / 32, np.float32)
    other = np.zeros(32, np.float32)
    other[3] = 1
    assert histograms.correlation(even, np.stack([even, other])).tolist() == [1, 1]
    assert cv2.compareHist(even, other, cv2.HISTCMP_CORREL) == 1


@pytest.mark.parametrize("seed", range(3))
def test_hashes_are_imagehashs(seed: int) -> None:
    a, b = scene(100, 150, seed), scene(110, 90, seed + 1)
    found = values(a, b)
    pictures = [Image.fromarray(resize_to(to_standard(image), HASHED_PX, HASHED_PX)) for image in (a, b)]
    for name, (hashed, bits) in HASHES.items():
        one, other = (hashed(picture) for picture in pictures)
        assert one.hash.size == bits
        assert found[name] == one - other
    assert f"{int(picture_hashes(to_standard(a))[3]):016x}" == str(imagehash.phash(pictures[0]))


def test_ssim_against_windows_one_by_one() -> None:
    a = cv2.cvtColor(scene(18, 24, 1), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    b = np.clip(a * 0.8 + np.random.default_rng(0).normal(0, 0.05, a.shape), 0, 1).astype(np.float32)
    bell = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    weight = np.outer(bell, bell) / np.outer(bell, bell).sum()
    scores = []
    for y in range(18 - 10):
        for x in range(24 - 10):
            p, q = (image[y : y + 11, x : x + 11].astype(np.float64) for image in (a, b))
            mp, mq = (weight * p).sum(), (weight * q).sum()
            vp, vq, cov = (
                (weight * (p - mp) ** 2).sum(),
                (weight * (q - mq) ** 2).sum(),
                (weight * (p - mp) * (q - mq)).sum(),
            )
            scores.append((2 * mp * mq + 1e-4) * (2 * cov + 9e-4) / ((mp**2 + mq**2 + 1e-4) * (vp + vq + 9e-4)))
    assert ssim(a, b) == pytest.approx(np.mean(scores), abs=1e-6)
    assert float(psnr_of(np.mean((a - b) ** 2))) == pytest.approx(cv2.PSNR(a, b, 1.0), abs=1e-4)


def test_thumbnail_measures_against_windows_one_by_one() -> None:
    a, b = (to_standard(scene(90, 120, seed)) for seed in (1, 2))
    many = [thumbnail(b), thumbnail(a)]
    found = thumbnail_measures(thumbnail(a), np.stack(many), np.stack([thumbnail_sums(one) for one in many]))
    grey = [cv2.cvtColor(resize_to(image, 32, 32), cv2.COLOR_RGB2GRAY).astype(np.float64) / 255 for image in (a, b)]
    scores = []
    for y in range(0, 32, 8):
        for x in range(0, 32, 8):
            p, q = (picture[y : y + 8, x : x + 8] for picture in grey)
            covariance = ((p - p.mean()) * (q - q.mean())).mean()
            luminance = (2 * p.mean() * q.mean() + 1e-4) / (p.mean() ** 2 + q.mean() ** 2 + 1e-4)
            scores.append(luminance * (2 * covariance + 9e-4) / (p.var() + q.var() + 9e-4))
    assert found["thumbnail_ssim"] == pytest.approx([np.mean(scores), 1], abs=1e-5)
    assert found["thumbnail_mse"] == pytest.approx([np.mean((grey[0] - grey[1]) ** 2), 0], abs=1e-7)
    assert found["thumbnail_psnr"][0] == pytest.approx(cv2.PSNR(grey[0], grey[1], 1.0), abs=1e-3)


def test_noise_and_blur_show_in_the_fine_measures_and_not_in_the_layout() -> None:
    image = cv2.resize(np.random.default_rng(1).integers(0, 256, (80, 120, 3), dtype=np.uint8), (960, 640))
    noise = np.random.default_rng(2).normal(0, 12, image.shape)
    noisy = np.clip(image + noise, 0, 255).astype(np.uint8)
    slight = np.clip(image + noise / 4, 0, 255).astype(np.uint8)
    assert 1 > fine_measures(image, slight)["ssim"] > fine_measures(image, noisy)["ssim"] > 0.2
    assert fine_measures(image, slight)["psnr"] > fine_measures(image, noisy)["psnr"] + 8
    assert values(image, noisy)["thumbnail_ssim"] > 0.99
    blurred = [cv2.GaussianBlur(image, (0, 0), sigma) for sigma in (2, 4, 8)]
    lost = [values(image, other)["sharpness"] for other in blurred]
    assert 0 < lost[0] < lost[1] < lost[2]


def test_straight_edges_are_straighter_than_round_and_noisy_ones() -> None:
    stripes = np.zeros((300, 300, 3), np.uint8)
    stripes[:, ::60] = stripes[:, 1::60] = stripes[:, 2::60] = 255
    disc = cv2.circle(np.zeros((300, 300, 3), np.uint8), (150, 150), 12, (255, 255, 255), -1)
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    straight, round_, noisy = (edge_values(image)[2] for image in (stripes, disc, noise))
    assert straight > 0.99 > 0.8 > round_ > 0.2 > noisy
    assert edge_values(np.full((64, 64, 3), 90, np.uint8)) == (0.0, 0.0, 0.0)


def test_the_common_size_enlarges_neither() -> None:
    a, b = to_common_size(scene(80, 200, 0), scene(120, 100, 1))
    assert a.shape == b.shape == (80, 100, 3)
    large, other = to_common_size(np.zeros((2000, 3000, 3), np.uint8), np.zeros((1800, 4000, 3), np.uint8))
    assert large.shape == other.shape == (round(1800 * 1024 / 3000), 1024, 3)


class Colours:
    """An embedder whose features are the mean colour."""

    identity, length = "mean colour", 3

    def read(self, image_hwc: NDArray[np.uint8]) -> NDArray[np.float64]:
        return image_hwc.mean(axis=(0, 1), dtype=np.float64)


def test_the_cosine_of_an_embedding_is_that_of_its_features() -> None:
    describer = Describer({"colours": Colours()})
    a = np.full((64, 64, 3), (250, 10, 90), np.uint8)
    b = np.full((64, 64, 3), (30, 200, 70), np.uint8)
    x, y = (image[0, 0].astype(float) for image in (a, b))
    found = compare_pictures(a, b, describer)[-1]
    assert found.measure.name == "embedding_colours"
    assert found.value == pytest.approx(x @ y / np.linalg.norm(x) / np.linalg.norm(y), abs=5e-3)


@pytest.mark.parametrize("length", [48, 1280])
def test_quantised_features_keep_their_cosine(length: int) -> None:
    rng = np.random.default_rng(length)
    a, b = rng.normal(size=(2, 200, length))
    b = a + b * rng.uniform(0, 2, (200, 1))
    exact = (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    whole = [np.stack([quantised(row) for row in rows]).astype(float) for rows in (a, b)]
    kept = (whole[0] * whole[1]).sum(axis=1) / np.linalg.norm(whole[0], axis=1) / np.linalg.norm(whole[1], axis=1)
    assert np.abs(kept - exact).max() < 5e-3
    assert quantised(np.zeros(4)).tolist() == quantised(np.array([1.0, np.nan, 0, 0])).tolist() == [0, 0, 0, 0]


def test_one_against_many_is_one_against_one() -> None:
    pictures = [scene(60, 80, seed) for seed in range(5)]
    records = np.stack([DESCRIBER.describe(picture) for picture in pictures])
    many = measure_all(records[2], np.tile(records, 250))  # more than one chunk
    assert list(many) == [measure.name for measure in indexed_measures(DESCRIBER.dtype)]
    for k, picture in enumerate(pictures):
        alone = values(pictures[2], picture)
        for name, found in many.items():
            assert found.shape == (1250,)
            np.testing.assert_allclose(found[k::5], alone[name], atol=1e-5, err_msg=name)
    some = measure_all(records[2], records, ["sharpness", "average_hash"])
    assert list(some) == ["average_hash", "sharpness"]
    assert measure_all(records[0], records[:0])["sharpness"].shape == (0,)


def test_too_long_features_and_unknown_measures_are_refused() -> None:
    class Wide(Colours):
        length = 8192

    with pytest.raises(ConfigError, match="wide: expected at most 7680 bytes a photo"):
        Describer({"wide": Wide()})
    with pytest.raises(
        NotFoundError, match=r"measure 'nonsense': expected one of rgb_correlation, .*embedding_polecat"
    ):
        measure_named("nonsense", ["polecat"])
    assert DESCRIBER.version != Describer({"colours": Colours()}).version
