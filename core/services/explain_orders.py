"""What the explain process is asked for, and what comes back: plain values on both sides.

Orders are made in the dashboard and worked in ``core.services.explain_process``, where TensorFlow is. Each names a
photo by its file, so that an order is small, hashable and equal to another that asks for the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.runtime.model_config import ModelFolder, load_model_folder
from core.services.explain import read_standard, scaled_target
from core.services.explain_masks import ObjectPlace, place_mask, scored_shape
from core.types import Photo, UInt8Image

if TYPE_CHECKING:
    from core.explain.layers import LayerInfo
    from core.explain.result import Explanation
    from core.explain.sanity import ForgettingStep

_ONE_PASS = ("gradcam", "gradcam++", "hirescam", "layercam")


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo on disk, and the most pixels that it may have."""

    path: Path
    max_pixels: int


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What can be asked of a network.

    Attributes:
        layers: those with rows and columns, in the order of the network.
        stations: the last layer of every block among them, with the default's and the field's.
        field: the layers that people of the field look at first.
        method, layer: the default: what measured best, or the engine's own.
        head: the layer that the answer is read from; the closed form holds there alone.
        labels: what can be explained, the reject label included.
    """

    layers: tuple[LayerInfo, ...]
    stations: tuple[str, ...]
    field: tuple[str, ...]
    method: str
    layer: str
    head: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkOrder:
    """Asks for ``NetworkFacts``."""

    model: Path

    def work(self) -> NetworkFacts:
        """Raises NotFoundError, ModelError."""
        from core.explain import subject_of
        from core.explain.defaults import default_choice
        from core.explain.engine import default_layer
        from core.explain.features import FIELD_LAYERS
        from core.explain.layers import list_layers, stations

        folder = model_folder(self.model)
        subject = subject_of(folder)
        beside = (subject.output, "head", "sides")  # the answer itself, and what lies beside it
        layers = tuple(info for info in list_layers(subject.network, spatial=True) if info.name not in beside)
        names = [info.name for info in layers]
        method, best = default_choice(subject)
        head = default_layer(subject)
        layer = best if best in names else head
        field = [
            name for name in FIELD_LAYERS.get(str(folder.config.architecture.get("backbone")), ()) if name in names
        ]
        first = {*stations(layers), *field, layer, head}
        return NetworkFacts(
            layers, tuple(name for name in names if name in first), tuple(field), method, layer, head, subject.labels
        )


@dataclass(frozen=True, slots=True)
class MapsOrder:
    """Asks for a method's maps at layers, one pass for gradient methods; boxes in pixels of the upright original.

    Attributes:
        layers: () for methods over pixels.
    """

    model: Path
    photo: PhotoFile
    method: str
    layers: tuple[str, ...]
    target: str | None
    signed: bool | None = None

    def work(self, place: ObjectPlace | None = None) -> tuple[Explanation, ...]:
        """Maps that can travel: their scores are asked for with ``ScoresOrder``."""
        return tuple(_plain(found) for found in self.measured(place))

    def measured(self, place: ObjectPlace | None) -> tuple[Explanation, ...]:
        """Maps that can still be scored."""
        from core.explain import explain_layers

        photo, image_hwc = read_photo(self.photo)
        scale = image_hwc.shape[1] / photo.width_px
        mask = (
            None
            if place is None
            else place_mask(place, (photo.width_px, photo.height_px), scored_shape(image_hwc.shape))
        )
        target = scaled_target(self.target, scale)
        (found,) = explain_layers(
            model_folder(self.model), [image_hwc], self.method, self.layers, [target], signed=self.signed, masks=[mask]
        )
        return tuple(replace(one, target=scaled_target(one.target, 1 / scale) or "") for one in found)


@dataclass(frozen=True, slots=True)
class ScoresOrder:
    """Asks for the scores of one of the maps: at ``layer``, against ``place`` where there is one."""

    maps: MapsOrder
    layer: str
    place: ObjectPlace | None

    def work(self) -> Mapping[str, float]:
        """See ``core.explain.scoring``; empty where there is no evidence."""
        found = self.maps.measured(self.place)
        return dict(next(one for one in found if one.layer == self.layer).scores)


@dataclass(frozen=True, slots=True)
class ForgettingOrder:
    """Asks how a map changes as the network forgets; the target must be named."""

    model: Path
    photo: PhotoFile
    method: str
    layer: str | None
    target: str

    def work(self) -> tuple[ForgettingStep, ...]:
        """See ``core.explain.sanity``."""
        from core.explain.sanity import randomisation_test

        photo, image_hwc = read_photo(self.photo)
        target = scaled_target(self.target, image_hwc.shape[1] / photo.width_px)
        return randomisation_test(_forgetful(self.model), image_hwc, self.method, self.layer, target, stages=2)


def in_one_pass(method: str, layer: str, facts: NetworkFacts) -> tuple[str, ...]:
    """The layers to ask for together with one: with a gradient method all stations cost little more than one.

    So another layer of them is there at once, and one function is compiled for all.
    """
    return facts.stations if method in _ONE_PASS and layer in facts.stations else (layer,)


def _plain(found: Explanation) -> Explanation:
    from core.explain.result import no_scores

    return replace(found, measure=no_scores)


@lru_cache(maxsize=16)
def model_folder(path: Path) -> ModelFolder:
    """A model version, read once a process. Raises ModelError."""
    return load_model_folder(path)


@lru_cache(maxsize=4)
def read_photo(photo: PhotoFile) -> tuple[Photo, UInt8Image]:
    """A photo and its upright standard variant; the last few stay. Raises PhotoError."""
    return read_standard(photo.path, photo.max_pixels)


@lru_cache(maxsize=1)
def _forgetful(path: Path) -> Any:
    from core.explain.sanity import forgetful_subject

    return forgetful_subject(model_folder(path))
