"""Frozen-backbone features, computed once a photo, and linear heads on them: minutes become seconds."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.imaging.decode import decode_upright, resize_to
from core.whole_files import write_whole
from experiments.study import Context

Features = NDArray[np.float32]
Labels = NDArray[np.str_]
BACKBONE = "mobilenet_v2"
_BATCH = 32
_STRENGTH = 0.02  # inverse of the L2 penalty on standardised features, where photos are fewer than features


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Photos as a frozen backbone sees them.

    Attributes:
        features: float32 (N, C), the last feature map's mean over space.
        labels: (N,), one class each.
    """

    features: Features
    labels: Labels

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Labelled:
        """Some of them, by index or by mask."""
        return Labelled(self.features[chosen], self.labels[chosen])

    def joined(self, other: Labelled) -> Labelled:
        """These and others."""
        features = np.concatenate([self.features, other.features])
        return Labelled(features, np.concatenate([self.labels, other.labels]))


def photo_features(photos: Sequence[Path], name: str, context: Context) -> Features:
    """MobileNetV2's pooled ImageNet features of photos, each stretched to a square as the runtime does.

    Args:
        photos: paths; their names, sizes and times decide whether what was kept on disk still holds.
        name: of the file that keeps them.
        context: sizes and weights.

    Raises:
        ConfigError: there are no ImageNet weights to compute them with.
    """
    size, weights = context.sizes.pole_px, context.weights_of(BACKBONE)
    if weights is None:
        raise ConfigError(f"{context.weights}: expected ImageNet weights {BACKBONE}*notop*.h5, found none")
    stats = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in photos]
    key = hashlib.sha256(repr((stats, size, weights.name)).encode()).hexdigest()
    kept = context.out / "features" / f"{name}.npz"
    if kept.exists():
        with np.load(kept) as arrays:
            if str(arrays["key"]) == key:
                return np.asarray(arrays["features"], dtype=np.float32)
    features = _compute(photos, size, weights)
    data = io.BytesIO()
    np.savez(data, features=features, key=np.array(key))
    write_whole(kept, data.getvalue())
    return features


def _compute(photos: Sequence[Path], size: int, weights: Path) -> Features:
    from core.networks import Architecture, build

    network = build(Architecture(BACKBONE, "pooled", 1, size, size), weights)
    pooled: list[Features] = []
    for start in range(0, len(photos), _BATCH):
        images = [resize_to(decode_upright(p, p.name), size, size) for p in photos[start : start + _BATCH]]
        batch = np.stack(images).astype(np.float32) / 127.5 - 1
        pooled.append(np.asarray(network(batch, training=False)["feature_map"]).mean(axis=(1, 2)))
    return np.concatenate(pooled).astype(np.float32)


def fit_and_answer(train: Labelled, features: Features, *, class_weights: bool = False) -> Labels:
    """Fit a linear softmax head on frozen features and name the class of other photos.

    Args:
        train: at least two classes.
        features: float32 (N, C), of the photos to answer.
        class_weights: weigh each class by the inverse of its count.
    """
    from sklearn.linear_model import LogisticRegression

    mean = train.features.mean(axis=0)
    deviation = np.maximum(train.features.std(axis=0), 1e-3)
    head = LogisticRegression(C=_STRENGTH, max_iter=1000, class_weight="balanced" if class_weights else None)
    head.fit((train.features - mean) / deviation, train.labels)
    return np.asarray(head.predict((features - mean) / deviation), dtype=np.str_)


def sampled_alike(labels: Labels, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices that show each class equally often, as many photos in all as there are."""
    classes = np.unique(labels)
    each = -(-len(labels) // len(classes))
    drawn = [rng.choice(np.flatnonzero(labels == c), each, replace=each > np.sum(labels == c)) for c in classes]
    return np.concatenate(drawn).astype(np.int64)


def recalls(truth: Labels, answers: Labels, classes: Sequence[str]) -> dict[str, float]:
    """By class, the share of its photos that were named so; NaN for a class without photos."""
    return {c: float(np.mean(answers[truth == c] == c)) if np.any(truth == c) else float("nan") for c in classes}


def macro_f1(truth: Labels, answers: Labels, classes: Sequence[str]) -> float:
    """Mean F1 over classes; a class that neither occurs nor is answered counts 0."""
    scores = []
    for c in classes:
        hits = int(np.sum((truth == c) & (answers == c)))
        scores.append(2 * hits / max(int(np.sum(truth == c) + np.sum(answers == c)), 1))
    return float(np.mean(scores))
