"""Feature extractors by name, opened where a head may begin.

Every network takes RGB in −1…1; what a published set of weights expects instead (see ``_INPUTS``) is
computed by layers inside the network, so that serving is the same for all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from core.errors import ConfigError
from core.networks.own_backbones import csrn, resnet50_layers


@dataclass(frozen=True, slots=True, eq=False)
class BackboneTaps:
    """Feature maps of one backbone: Keras tensors (batch, H / stride, W / stride, channels).

    Attributes:
        last: what the pooled and attended heads read.
        stride_8, stride_16, stride_32: what the detector's neck reads; None where the backbone has
            no map at that stride.
    """

    last: Any
    stride_8: Any = None
    stride_16: Any = None
    stride_32: Any = None


@dataclass(frozen=True, slots=True)
class _Backbone:
    """One entry of the list.

    Attributes:
        make: (input tensor, weights or None) → Keras model.
        strides: names of the layers with maps at stride 8, 16 and 32; empty where a detector cannot use it.
        last: name of the last layer.
        has_weights: whether ImageNet weights are published for it.
        prepare: what is done to RGB in −1…1 before its first layer.
    """

    make: Callable[[Any, str | None], keras.Model]
    last: str
    strides: tuple[str, str, str] | tuple[()] = ()
    has_weights: bool = True
    prepare: Callable[[Any], Any] = lambda photo: photo


def _application(name: str, **options: Any) -> Callable[[Any, str | None], keras.Model]:
    def make(photo: Any, weights: str | None) -> keras.Model:
        application = getattr(keras.applications, name)
        return application(include_top=False, weights=weights, input_tensor=photo, **options)

    return make


def _own(make: Callable[[Any], Any]) -> Callable[[Any, str | None], keras.Model]:
    return lambda photo, weights: keras.Model(photo, make(photo))


def _caffe_input(photo: Any) -> Any:
    """BGR in 0…255 minus ImageNet's mean colour, as ResNet50's and VGG16's weights were learned with."""
    blue, green, red = 103.939, 116.779, 123.68
    offset = [127.5 - red, 127.5 - green, 127.5 - blue]
    # float32 under every precision policy: bfloat16 would round a colour to steps of 1/2 to 1.
    centred = layers.Rescaling(127.5, offset=offset, dtype="float32", name="caffe_colours")(photo)
    return keras.ops.flip(centred, axis=-1)


def _standard_input(photo: Any) -> Any:
    """RGB in 0…1, less ImageNet's mean, over its deviation.

    ``keras.applications`` says that EfficientNetV2 takes −1…1 without its preprocessing; that holds for
    S, M and L. B0 to B3 were learned with this one, which ``include_preprocessing=True`` would add.
    """
    mean, deviation = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    scale = [0.5 / d for d in deviation]
    offset = [(0.5 - m) / d for m, d in zip(mean, deviation, strict=True)]
    return layers.Rescaling(scale, offset=offset, dtype="float32", name="standard_colours")(photo)


_BACKBONES = {
    "mobilenet_v2": _Backbone(
        _application("MobileNetV2"), "out_relu", ("block_6_expand_relu", "block_13_expand_relu", "out_relu")
    ),
    "resnet50": _Backbone(
        _application("ResNet50"),
        "conv5_block3_out",
        ("conv3_block4_out", "conv4_block6_out", "conv5_block3_out"),
        prepare=_caffe_input,
    ),
    "vgg16": _Backbone(
        _application("VGG16"), "block5_pool", ("block4_conv3", "block5_conv3", "block5_pool"), prepare=_caffe_input
    ),
    "efficientnetv2_b0": _Backbone(
        _application("EfficientNetV2B0", include_preprocessing=False),
        "top_activation",
        ("block4a_expand_activation", "block6a_expand_activation", "top_activation"),
        prepare=_standard_input,
    ),
    # Three poolings between four blocks: its last map lies at stride 8, and there is nothing coarser.
    "csrn": _Backbone(_own(csrn), "block4_conv4_relu", has_weights=False),
    "resnet50_layers": _Backbone(
        _own(resnet50_layers),
        "stage5_block3_out",
        ("stage3_block4_out", "stage4_block6_out", "stage5_block3_out"),
        has_weights=False,
    ),
}

BACKBONE_NAMES = tuple(_BACKBONES)
DETECTOR_BACKBONES = tuple(name for name, backbone in _BACKBONES.items() if backbone.strides)


def last_layer(name: str) -> str:
    """Name of a backbone's last layer.

    Raises:
        ConfigError: the backbone is not known.
    """
    return _find(name).last


def has_published_weights(name: str) -> bool:
    """Whether ``keras.applications`` publishes ImageNet weights for a backbone.

    Raises:
        ConfigError: the backbone is not known.
    """
    return _find(name).has_weights


def backbone_taps(name: str, photo: Any, pretrained: str | os.PathLike[str] | None) -> BackboneTaps:
    """Build a backbone on an input tensor.

    Args:
        name: one of ``BACKBONE_NAMES``.
        photo: Keras input, RGB in −1…1.
        pretrained: ``imagenet``, a weights path, or None for random weights.

    Raises:
        ConfigError: the name is not known, or the weights do not exist.
    """
    backbone = _find(name)
    weights = None if pretrained is None else os.fspath(pretrained)
    if weights is not None and not backbone.has_weights:
        raise ConfigError(f'pretrained: expected "" for {name}, which has no published weights, got {weights!r}')
    if weights not in (None, "imagenet") and not os.path.isfile(weights):
        raise ConfigError(f"pretrained: expected imagenet or a file of {name}'s weights, found nothing at {weights}")
    model = backbone.make(backbone.prepare(photo), weights)
    return BackboneTaps(*(model.get_layer(layer).output for layer in (backbone.last, *backbone.strides)))


def _find(name: str) -> _Backbone:
    if name not in _BACKBONES:
        raise ConfigError(f"backbone: expected one of {', '.join(sorted(_BACKBONES))}, got {name!r}")
    return _BACKBONES[name]
