"""Whether photos, or what models say about them, have changed since a reference period; and which photos show it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError, ConfigError
from core.metrics.control import MIN_REFERENCE_BATCHES, ControlChart, mean_chart, student_quantile
from core.metrics.distances import kernel_bandwidth, kernel_matrix

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FEATURE_SPACE = "distance in feature space"
_SAMPLE = 300  # photos of a batch, and of every five batches of the reference, that kernels are computed for
_SHOWN_PHOTOS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Alarm:
    """A batch that is beyond a limit.

    Attributes:
        measure: of which chart.
        batch: name.
        value: of the batch.
        low, high: its limits.
        photos: int64, indices of the photos that pull it there most, the strongest first.
    """

    measure: str
    batch: str
    value: float
    low: float
    high: float
    photos: Ints


@dataclass(frozen=True, slots=True, eq=False)
class DriftReport:
    """Charts of every measure and what is beyond their limits.

    Attributes:
        charts: in the order of the measures, feature space last.
        alarms: in order of batch.
    """

    charts: tuple[ControlChart, ...]
    alarms: tuple[Alarm, ...]


def find_drift(
    measures: Mapping[str, Float],
    batch: Sequence[str],
    reference: Collection[str],
    *,
    features: Float | None = None,
    false_alarms: float = 0.05,
    min_photos: int = 3,
    seed: int = 0,
) -> DriftReport:
    """Compare every batch outside the reference period with the batches in it.

    Args:
        measures: name → float (N,), one value a photo (brightness, confidence, 1 where the label is TREE …);
            NaN where a photo has none.
        batch: N names, such as days in ISO form or flights; they are sorted.
        reference: names of the reference batches, at least five.
        features: float (N, D), pooled features of a network, NaN where not read; None leaves feature space out.
        false_alarms: probability of any alarm at all, over all measures and batches, where nothing has changed.
        min_photos: smaller batches have no value and raise no alarm.
        seed: of the samples in feature space.

    Raises:
        ArrayShapeError: lengths differ.
        ConfigError: fewer than five reference batches, or names that do not occur.
    """
    names, codes = np.unique(np.array(list(batch), dtype=str), return_inverse=True)
    batches = tuple(str(name) for name in names)
    if unknown := sorted(set(reference) - set(batches)):
        raise ConfigError(f"reference: expected batches among those given, got {unknown[0]!r}")
    is_reference = np.array([name in reference for name in batches], dtype=bool)
    for name, values in measures.items():
        if np.shape(values) != (len(codes),):
            raise ArrayShapeError(f"{name}: expected {len(codes)} values, one a photo, got shape {np.shape(values)}")
    looks = max((len(measures) + (features is not None)) * int((~is_reference).sum()), 1)
    tail = false_alarms / (2 * looks)
    charts: list[ControlChart] = []
    alarms: list[Alarm] = []
    for name, values in measures.items():
        chart = mean_chart(name, values, codes, batches, is_reference, tail=tail, min_photos=min_photos)
        charts.append(chart)
        alarms += [_alarm(chart, int(b), _pullers(chart, values, codes, int(b))) for b in chart.alarms()]
    if features is not None:
        chart, pull = feature_chart(
            features, codes, batches, is_reference, tail=2 * tail, min_photos=min_photos, seed=seed
        )
        charts.append(chart)
        alarms += [_alarm(chart, int(b), pull[int(b)]) for b in chart.alarms()]
    return DriftReport(tuple(charts), tuple(sorted(alarms, key=lambda alarm: alarm.batch)))


def feature_chart(
    features: Float,
    batch: Ints,
    batches: Sequence[str],
    is_reference: Bools,
    *,
    tail: float,
    min_photos: int = 3,
    seed: int = 0,
) -> tuple[ControlChart, dict[int, Ints]]:
    """Maximum mean discrepancy between each batch and the reference, with a limit from the reference's own batches.

    A reference batch is compared with the others of the reference, so that the limit knows how far days lie
    apart by themselves. A batch has to exceed it, and also what photos dealt out at random would give, since
    a small batch scatters more.

    Args:
        features: float (N, D); rows of NaN are photos whose features were not read, and are left out.
        batch, batches, is_reference, min_photos: as ``core.metrics.control.mean_chart``.
        tail: probability of exceeding the limit without change.
        seed: of samples and deals.

    Returns:
        The chart (value: square root of the discrepancy, 0 to about 1.4), and for each batch the photos that
        lie furthest on its own side, strongest first.

    Raises:
        ConfigError: fewer than five reference batches.

    Source: Gretton et al. 2012, "A Kernel Two-Sample Test"; the photos: its witness function.
    """
    rng = np.random.default_rng(seed)
    known = ~np.isnan(features).any(axis=1)
    members = [_sample(np.flatnonzero((batch == b) & known), _SAMPLE, rng) for b in range(len(batches))]
    count = np.bincount(batch[known], minlength=len(batches)).astype(np.int64)
    used = [b for b in range(len(batches)) if is_reference[b] and count[b] >= max(min_photos, 2)]
    if len(used) < MIN_REFERENCE_BATCHES:
        raise ConfigError(
            f"{FEATURE_SPACE}: expected at least {MIN_REFERENCE_BATCHES} reference batches, got {len(used)}"
        )
    anchor = np.concatenate([_sample(members[b], max(_SAMPLE // 5, 2), rng) for b in used])
    sigma = kernel_bandwidth(features[_sample(anchor, _SAMPLE, rng)])
    inside = kernel_matrix(features[anchor], features[anchor], sigma)
    typical = 1.0 / float(np.median(count[used]))
    value, chance = np.full(len(batches), np.nan), np.zeros(len(batches))
    pull: dict[int, Ints] = {}
    for b in range(len(batches)):
        if count[b] < max(min_photos, 2):
            continue
        others = np.flatnonzero(batch[anchor] != b)
        own = kernel_matrix(features[members[b]], features[members[b]], sigma)
        cross = kernel_matrix(features[members[b]], features[anchor[others]], sigma)
        kernel = np.block([[own, cross], [cross.T, inside[np.ix_(others, others)]]])
        # The floor of a typical batch is added, so that its square root scatters evenly around the centre.
        spread = 1 - float(kernel.mean())
        value[b] = np.sqrt(max(_unbiased(kernel, len(own)) + spread * typical, 0.0))
        if not is_reference[b]:
            chance[b] = _chance(kernel, len(own), rng)
        witness = own.mean(axis=1) - cross.mean(axis=1)
        pull[b] = members[b][np.argsort(-witness)][:_SHOWN_PHOTOS]
    centre, deviation = float(value[used].mean()), float(value[used].std(ddof=1))
    half = student_quantile(1 - tail, len(used) - 1) * deviation * np.sqrt(1 + 1 / len(used))
    high = np.where(chance > 0.01, np.maximum(centre + half, value), centre + half)
    low = np.full(len(batches), -np.inf)
    return ControlChart(FEATURE_SPACE, tuple(batches), count, value, centre, low, high, np.asarray(is_reference)), pull


def label_measures(labels: Sequence[str], answer: Ints, confidence: Float, is_recognised: Bools) -> dict[str, Float]:
    """Measures of what a classifier says, for ``find_drift``: share of each label, of refusals, and confidence.

    Args:
        labels: K names.
        answer: int (N,), the best label.
        confidence: float (N,).
        is_recognised: bool (N,); a refused photo counts for no label and has no confidence.
    """
    shares = {f"share of {name}": ((answer == k) & is_recognised).astype(np.float64) for k, name in enumerate(labels)}
    refused = (~is_recognised).astype(np.float64)
    return {**shares, "share not recognised": refused, "confidence": np.where(is_recognised, confidence, np.nan)}


def _alarm(chart: ControlChart, b: int, photos: Ints) -> Alarm:
    return Alarm(
        chart.measure, chart.batches[b], float(chart.value[b]), float(chart.low[b]), float(chart.high[b]), photos
    )


def _pullers(chart: ControlChart, values: Float, batch: Ints, b: int) -> Ints:
    mine = np.flatnonzero((batch == b) & ~np.isnan(values))
    away = (values[mine] - chart.centre) * (1 if chart.value[b] > chart.centre else -1)
    return mine[np.argsort(-away, kind="stable")][:_SHOWN_PHOTOS]


def _sample(indices: Ints, at_most: int, rng: np.random.Generator) -> Ints:
    return indices if len(indices) <= at_most else np.sort(rng.choice(indices, at_most, replace=False))


def _unbiased(kernel: Float, count: int) -> float:
    """Unbiased squared discrepancy between the first ``count`` rows and the rest."""
    n, m = count, len(kernel) - count
    own, other = kernel[:n, :n].sum() - n, kernel[n:, n:].sum() - m
    return float(own / (n * (n - 1)) + other / (m * (m - 1)) - 2 * kernel[:n, n:].mean())


def _chance(kernel: Float, count: int, rng: np.random.Generator, deals: int = 200) -> float:
    """Share of random deals of the rows into two sets of these sizes that lie at least as far apart."""
    n, m = count, len(kernel) - count
    keys = rng.random((deals, n + m))
    is_first = np.zeros((deals, n + m))
    np.put_along_axis(is_first, np.argpartition(keys, n - 1, axis=1)[:, :n], 1.0, axis=1)
    to_first = is_first @ kernel
    own, to_all = (to_first * is_first).sum(axis=1), to_first.sum(axis=1)
    other = kernel.sum() - 2 * to_all + own
    dealt = (own - n) / (n * (n - 1)) + (other - m) / (m * (m - 1)) - 2 * (to_all - own) / (n * m)
    return float((1 + (dealt >= _unbiased(kernel, n)).sum()) / (1 + deals))
