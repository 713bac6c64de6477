"""Network = backbone + head, described by a small frozen dataclass that is stored with the weights.

Every network has two outputs: the answer, and the last feature map that the answer is linear in, so
that a class activation map is a closed form (Zhou et al. 2016, doi:10.1109/CVPR.2016.319).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from core.errors import ConfigError

if TYPE_CHECKING:
    import keras

Head = Literal["pooled", "attended", "centre"]
HEADS: tuple[Head, ...] = ("pooled", "attended", "centre")


@dataclass(frozen=True, slots=True)
class Architecture:
    """What ``build`` needs to make a network without its weights.

    Attributes:
        backbone: name in ``core.networks.backbones``, for example ``mobilenet_v2``.
        head: ``pooled`` (global average pooling → linear), ``attended`` (attention pooling → linear) or
            ``centre`` (stride-8 detector).
        outputs: number of logits (classes, the reject class among them, or 1 for a value).
        height_px, width_px: input size; RGB float32 in −1…1, NHWC.
        dropout: share of pooled features dropped while training (``pooled``, ``attended``), 0 to 1.
        neck_filters: channels of the detector's neck (``centre``).
    """

    backbone: str
    head: Head
    outputs: int
    height_px: int
    width_px: int
    dropout: float = 0.2
    neck_filters: int = 96

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Architecture:
        """Read what ``to_mapping`` wrote.

        Raises:
            ConfigError: a key is missing or unknown.
        """
        try:
            return cls(**values)
        except TypeError as error:
            raise ConfigError(f"architecture: {error}") from error

    def to_mapping(self) -> dict[str, Any]:
        """Plain values for JSON and TOML."""
        return asdict(self)


def feature_layer(architecture: Architecture) -> str:
    """Name of the layer that the output ``feature_map`` is taken from.

    Raises:
        ConfigError: the backbone or head is not known.
    """
    from core.networks.backbones import last_layer

    names = {"pooled": last_layer(architecture.backbone), "attended": "attended", "centre": "neck_out_relu"}
    _check_head(architecture)
    return names[architecture.head]


def build(architecture: Architecture, pretrained: str | os.PathLike[str] | None = None) -> keras.Model:
    """Make the Keras network.

    Args:
        architecture: what to make.
        pretrained: ``imagenet`` (Keras downloads), a path of weights in ``keras.applications``' format
            for the backbone, or None for random weights.

    Returns:
        A flat functional model; outputs ``{"answer", "feature_map"}`` in this order, and for the head
        ``attended`` a third, ``attention`` (batch, H', W', 1), the logits that training may teach.
        ``answer`` and ``attention`` are float32 under every precision policy.

    Raises:
        ConfigError: the backbone or head is not known, they do not fit, or the weights do not exist.
    """
    import keras

    from core.networks.backbones import DETECTOR_BACKBONES, backbone_taps
    from core.networks.heads import attended_head, centre_head, pooled_head

    _check_head(architecture)
    photo = keras.Input((architecture.height_px, architecture.width_px, 3), name="photo")
    taps = backbone_taps(architecture.backbone, photo, pretrained)
    if architecture.head == "centre":
        if architecture.backbone not in DETECTOR_BACKBONES:
            raise ConfigError(
                f"backbone: the head 'centre' reads maps at strides 8, 16 and 32; expected one of "
                f"{', '.join(DETECTOR_BACKBONES)}, got {architecture.backbone!r}"
            )
        outputs = centre_head(taps, architecture.outputs, architecture.neck_filters)
    else:
        make = attended_head if architecture.head == "attended" else pooled_head
        outputs = make(taps.last, architecture.outputs, architecture.dropout)
    return keras.Model(photo, outputs, name=f"{architecture.backbone}_{architecture.head}")


def _check_head(architecture: Architecture) -> None:
    if architecture.head not in HEADS:
        raise ConfigError(f"head: expected one of {', '.join(HEADS)}, got {architecture.head!r}")
