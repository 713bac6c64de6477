"""The maps of the question: what is asked for, waited for, and asked for ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.explain.methods import METHODS
from core.runtime.model_config import ModelFolder
from core.services.context import Context
from core.services.explain_desk import explain_desk
from core.services.explain_orders import MapsOrder, NetworkFacts, in_one_pass
from core.services.explain_page import photo_file
from core.types import Photo
from pages.explain_parts.asking import ask
from pages.explain_parts.question import Question

if TYPE_CHECKING:
    from core.explain.result import Explanation

PICTURE_PX = 480
AHEAD, MOST_AHEAD = ("cam", "gradcam", "gradcam++", "hirescam", "layercam"), 4  # one pass each, no more


def maps_order(
    context: Context, photo: Photo, folder: ModelFolder, facts: NetworkFacts, asked: Question, method: str
) -> MapsOrder:
    """What to ask for one method; all stations at once where that costs little more."""
    layers: tuple[str, ...] = ()
    if METHODS[method].place == "layer":
        layers = in_one_pass(method, facts.head if method == "cam" else asked.layer, facts)
    return MapsOrder(folder.path, photo_file(context, photo), method, layers, asked.target, asked.signed)


def found_maps(order: MapsOrder) -> tuple[Explanation, ...]:
    """The order's maps, waited for."""
    found: tuple[Explanation, ...] = ask(order, f"{METHODS[order.method].title} is being worked out", PICTURE_PX)
    return found


def ask_ahead(order: MapsOrder, folder: ModelFolder) -> None:
    """Have the other classes' maps worked out while this one is looked at, so that each is there at once."""
    if folder.config.family == "classification" and order.method in AHEAD and len(folder.config.labels) <= MOST_AHEAD:
        for label in folder.config.labels:
            explain_desk().ask(replace(order, target=label))


def shown_map(found: Sequence[Explanation], layer: str) -> Explanation:
    """The map at the layer; methods over pixels and the closed form have but one."""
    return next((one for one in found if one.layer == layer), found[-1])
