"""A network in place of TensorFlow's: three layers whose maps, channels and weights are known."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.errors import ConfigError
from core.explain.features import ChannelHealth
from core.explain.layers import LayerInfo
from core.explain.result import Explanation
from core.explain.sanity import ForgettingStep
from core.services.explain_desk import ExplainDesk
from core.services.explain_orders import ForgettingOrder, MapsOrder, NetworkFacts, NetworkOrder, ScoresOrder
from core.services.explain_process import worked
from core.services.feature_orders import (
    Channels,
    ChannelsOrder,
    DepthOrder,
    DepthPoint,
    Filters,
    FiltersOrder,
    HealthOrder,
    LikesOrder,
)

LAYERS = (
    LayerInfo("conv1", "Conv2D", (8, 8, 4), 112),
    LayerInfo("block_1_add", "Add", (4, 4, 4), 0),
    LayerInfo("last", "ReLU", (2, 2, 4), 0),
)
SCORES = {
    "deletion": 0.2, "insertion": 0.8, "average_drop": 0.1, "average_increase": 0.0,
    "deletion_centre": 0.5, "insertion_centre": 0.5,
}  # fmt: skip
MASK_SCORES = {
    "energy": 0.6, "energy_centre": 0.2, "energy_area": 0.1, "energy_random": 0.1,
    "pointing": 1.0, "pointing_centre": 0.0, "pointing_area": 0.1, "pointing_random": 0.1,
    "iou": 0.5, "iou_centre": 0.2, "iou_area": 0.1, "iou_random": 0.1, "iou_threshold": 0.5,
}  # fmt: skip


class ToyNetwork:
    """Works orders as the explain process does, and remembers them. ``blind``: methods that find no evidence."""

    def __init__(self) -> None:
        self.orders: list[Any] = []
        self.blind: set[str] = set()

    def __call__(self, order: Any) -> tuple[str, Any]:
        self.orders.append(order)
        return worked(_Toy(self, order))


class _Toy:
    def __init__(self, network: ToyNetwork, order: Any) -> None:
        self.network, self.order = network, order

    def work(self) -> Any:
        answers = {
            NetworkOrder: lambda order: NetworkFacts(
                LAYERS, ("conv1", "block_1_add", "last"), ("conv1",), "layercam", "last", "last", ("TREE", "STEEL")
            ),
            MapsOrder: self._maps,
            ScoresOrder: lambda order: {**SCORES, **(MASK_SCORES if order.place else {})},
            ForgettingOrder: lambda order: (ForgettingStep("conv1", 0.9 if order.method == "eigencam" else 0.1),),
            ChannelsOrder: self._channels,
            HealthOrder: lambda order: ChannelHealth(
                order.layer, np.array([False, True, False, False]), np.array([False] * 3 + [True]), len(order.photos)
            ),
            DepthOrder: lambda order: tuple(
                DepthPoint(name, 0.5 + 0.1 * k, 0.5 - 0.1 * k, 0.2, 0.2) for k, name in enumerate(order.layers)
            ),
            FiltersOrder: lambda order: Filters("conv1", "colour", np.zeros((4, 3, 3, 3), np.uint8)),
            LikesOrder: lambda order: np.full((8, 8, 3), 7, np.uint8),
        }
        return answers[type(self.order)](self.order)

    def _maps(self, order: MapsOrder) -> tuple[Explanation, ...]:
        if order.target == "OAK":
            raise ConfigError("target 'OAK': expected one of TREE, STEEL")
        reason = (
            "nothing at layer last moves TREE: all its gradients are zero"
            if order.method in self.network.blind
            else None
        )
        grown = np.zeros((4, 4), np.float32)
        if reason is None:
            grown[1, 2] = 1
        return tuple(
            Explanation(
                order.method, name, order.target or "TREE", "polecat", "v1", grown, bool(order.signed), 2.0, 1.5, reason
            )
            for name in order.layers or ("photo",)
        )

    def _channels(self, order: ChannelsOrder) -> Channels:
        maps = np.zeros((4, 4, 4), np.float16)
        maps[..., 2], maps[0, 0, 0] = 3, 1
        response = np.array([0.5, 0, 0.1, 0], np.float32) if order.place else None
        return Channels(order.layer, maps, np.array([1 / 16, 0, 9, 0], np.float32), response, None)


def toy_desk() -> tuple[ExplainDesk, ToyNetwork]:
    """A desk that works in a thread of this process, without TensorFlow."""
    network = ToyNetwork()
    return ExplainDesk(network), network
