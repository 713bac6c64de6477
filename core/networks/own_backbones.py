"""Feature extractors that we build layer by layer; no weights are published for them."""

from __future__ import annotations

from typing import Any

from keras import layers

_CSRN_FILTERS = (64, 128, 256, 512)
_CSRN_CONVOLUTIONS = 4  # a block

_RESNET_STAGES = ((2, 64, 3), (3, 128, 4), (4, 256, 6), (5, 512, 3))  # number, filters, blocks
_RESNET_EPSILON = 1.001e-5  # as in keras.applications, so that the same weights answer alike


def csrn(photo: Any) -> Any:
    """Sixteen 3 × 3 convolutions with ReLU in four blocks of 64, 128, 256 and 512 filters.

    The blocks are parted by 2 × 2 max-pooling, so that the last map lies at stride 8. Nothing is
    normalised; He's initial weights (He et al. 2015, arXiv:1502.01852) keep sixteen layers alive.

    Args:
        photo: Keras tensor (batch, H, W, 3), −1…1.

    Returns:
        (batch, H / 8, W / 8, 512), at least 0.
    """
    x = photo
    for block, filters in enumerate(_CSRN_FILTERS, start=1):
        if block > 1:
            x = layers.MaxPooling2D(2, name=f"block{block - 1}_pool")(x)
        for i in range(1, _CSRN_CONVOLUTIONS + 1):
            name = f"block{block}_conv{i}"
            x = layers.Conv2D(filters, 3, padding="same", kernel_initializer="he_normal", name=name)(x)
            x = layers.ReLU(name=f"{name}_relu")(x)
    return x


def resnet50_layers(photo: Any) -> Any:
    """ResNet50 from its layers: the 50-layer column of table 1.

    Args:
        photo: Keras tensor (batch, H, W, 3), −1…1.

    Returns:
        (batch, H / 32, W / 32, 2048), at least 0.

    Source: He et al. 2016, "Deep Residual Learning for Image Recognition", doi:10.1109/CVPR.2016.90.
    """
    x = layers.ZeroPadding2D(3, name="stem_pad")(photo)
    x = layers.Conv2D(64, 7, strides=2, name="stem_conv")(x)
    x = _normalised(x, "stem")
    x = layers.ReLU(name="stem_relu")(x)
    x = layers.ZeroPadding2D(1, name="stem_pool_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="stem_pool")(x)
    for stage, filters, blocks in _RESNET_STAGES:
        for block in range(1, blocks + 1):
            stride = 2 if block == 1 and stage > 2 else 1
            x = _bottleneck(x, filters, stride, is_first=block == 1, name=f"stage{stage}_block{block}")
    return x


def _bottleneck(x: Any, filters: int, stride: int, *, is_first: bool, name: str) -> Any:
    """1 × 1, 3 × 3, 1 × 1 convolutions beside a shortcut, which is projected where the shape changes."""
    shortcut = x
    if is_first:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_shortcut_conv")(x)
        shortcut = _normalised(shortcut, f"{name}_shortcut")
    x = layers.Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x)
    x = layers.ReLU(name=f"{name}_1_relu")(_normalised(x, f"{name}_1"))
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = layers.ReLU(name=f"{name}_2_relu")(_normalised(x, f"{name}_2"))
    x = _normalised(layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x), f"{name}_3")
    return layers.ReLU(name=f"{name}_out")(layers.Add(name=f"{name}_add")([shortcut, x]))


def _normalised(x: Any, name: str) -> Any:
    return layers.BatchNormalization(epsilon=_RESNET_EPSILON, name=f"{name}_bn")(x)
