"""The synthetic gap between two sets of photos: measured once, kept, and shown by page, API and ``gridlens gap``."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.compare.activations import (
    Activations,
    activations_bytes,
    activations_key,
    parse_activations,
    read_activations,
)
from core.compare.gap import LayerGap, gap_notes, layer_gaps, object_notes, paired_places, sample_files
from core.compare.set_distances import GapNumber
from core.config import Settings
from core.errors import ConfigError, NotFoundError
from core.runtime.model_config import ModelFolder, find_model
from core.services.errands import ORDER_FILE, RESULT_FILE, OnStep
from core.services.photo_sets import PhotoSet, photo_set
from core.whole_files import write_whole

if TYPE_CHECKING:
    from core.explain.pooling import PooledLayers

LAYERS = 12


@dataclass(frozen=True, slots=True)
class GapOrder:
    """What is to be measured.

    Attributes:
        model: name, folder name or version.
        synthetic, real: see ``core.services.photo_sets.photo_set``.
        layers: paths of layers; none for twelve through the network's depth.
        are_pairs: photos of equal name are pairs; only they are looked at.
        seed: of what chance draws.
    """

    model: str
    synthetic: str
    real: str
    layers: tuple[str, ...] = ()
    are_pairs: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class GapStudy:
    """A gap that was measured.

    Attributes:
        name: of its folder; the same photos, model and order have the same.
        order: what was asked for; ``model_name`` and ``version`` say which model that is.
        layers: in the network's order.
        synthetic, real: what the layers say of each photo.
        notes: what keeps the numbers from being sure.
    """

    name: str
    order: GapOrder
    model_name: str
    version: str
    layers: tuple[LayerGap, ...]
    synthetic: Activations
    real: Activations
    notes: tuple[str, ...]

    def layer(self, name: str) -> LayerGap:
        """One layer's gap.

        Raises:
            NotFoundError: it was not measured.
        """
        found = next((one for one in self.layers if one.name == name), None)
        if found is None:
            known = ", ".join(one.name for one in self.layers)
            raise NotFoundError(f"layer {name!r}: expected one of those measured, {known}")
        return found


def gaps_dir(settings: Settings) -> Path:
    """Folder with one folder a measured gap."""
    return settings.home / "gap" / "studies"


def claim_gap(settings: Settings, order: GapOrder) -> Path:
    """Check an order and make its folder, named by model, photos as they are now, and order.

    Raises:
        ConfigError: an empty set, or pairs without two photos of one name.
        NotFoundError: no such model, folder or dataset.
        StoreError: the folder cannot be written.
    """
    folder = find_model(settings.models_dir, order.model)
    synthetic, real = _chosen_sets(settings, order)
    stamps = [activations_key(folder.version, order.layers, one.files, one.object_place) for one in (synthetic, real)]
    name = hashlib.sha256(repr((folder.version, stamps, order.layers, order.are_pairs, order.seed)).encode())
    place = gaps_dir(settings) / name.hexdigest()[:12]
    if not (place / ORDER_FILE).is_file():
        write_whole(place / ORDER_FILE, json.dumps(asdict(order), indent=1))
    return place


def measure_gap(settings: Settings, order: GapOrder, on_step: OnStep | None = None) -> GapStudy:
    """Measure a gap, or read it where it was measured before.

    Raises:
        ConfigError: an empty set, none of whose photos can be read, or an unfit layer.
        NotFoundError: no such model, layer, folder or dataset.
        ModelError: the model's folder is not whole.
        StoreError: the result cannot be written.
    """
    place = claim_gap(settings, order)
    if (place / RESULT_FILE).is_file():
        return read_gap(settings, place.name)
    folder = find_model(settings.models_dir, order.model)
    pooled = open_layers(folder, order.layers)
    sets = _chosen_sets(settings, order)
    keys, found = [], []
    for one, words in zip(sets, ("synthetic", "real"), strict=True):
        key, activations = kept_activations(settings, pooled, folder.version, one, words, on_step)
        keys.append(key)
        found.append(activations)
    rows = _whole_pairs(sets, found) if order.are_pairs else None
    synthetic, real = (found[0].rows(rows[0]), found[1].rows(rows[1])) if rows else found
    if on_step:
        on_step("measuring distances", 0, 1)
    layers = layer_gaps(synthetic, real, are_pairs=order.are_pairs, seed=order.seed)
    document = {
        "model": folder.config.name,
        "version": folder.version,
        "activations": keys,
        "rows": rows,
        "layers": [_layer_document(layer) for layer in layers],
        "notes": [*gap_notes(len(synthetic.files), len(real.files)), *_place_notes(sets, synthetic, real)],
    }
    write_whole(place / RESULT_FILE, json.dumps(document))
    return read_gap(settings, place.name)


def read_gap(settings: Settings, name: str) -> GapStudy:
    """A gap that was measured before.

    Raises:
        NotFoundError: none of that name, or it is not finished.
    """
    place = gaps_dir(settings) / Path(name).name
    if not (place / RESULT_FILE).is_file():
        raise NotFoundError(f"gap {name!r}: expected one that was measured; measure it first")
    order = read_order(place)
    stored = json.loads((place / RESULT_FILE).read_text())
    synthetic, real = (parse_activations(_kept_file(settings, key)) for key in stored["activations"])
    if stored["rows"]:
        synthetic, real = synthetic.rows(stored["rows"][0]), real.rows(stored["rows"][1])
    layers = tuple(_layer(one) for one in stored["layers"])
    return GapStudy(
        place.name, order, stored["model"], stored["version"], layers, synthetic, real, tuple(stored["notes"])
    )  # fmt: skip


def read_order(place: Path) -> GapOrder:
    """The order of a gap's folder.

    Raises:
        NotFoundError: there is none.
    """
    try:
        values = json.loads((place / ORDER_FILE).read_text())
    except FileNotFoundError as error:
        raise NotFoundError(f"gap {place.name!r}: expected one that was asked for, found none; measure it") from error
    return GapOrder(**{**values, "layers": tuple(values["layers"])})


def open_layers(folder: ModelFolder, layers: Sequence[str], count: int = LAYERS) -> PooledLayers:
    """A model's layers, ready to read photos; none given are so many through its depth. Loads TensorFlow."""
    from core.explain import subject_of
    from core.explain.pooling import PooledLayers, spread_layers

    subject = subject_of(folder)
    return PooledLayers(subject, layers or spread_layers(subject, count))


def kept_activations(
    settings: Settings, pooled: PooledLayers, version: str, photos: PhotoSet, words: str, on_step: OnStep | None
) -> tuple[str, Activations]:
    """What the layers say of a set, from the file of the last time where nothing has changed; with the file's name.

    Raises:
        ConfigError: no photo of it can be read.
    """
    key = activations_key(version, pooled.layers, photos.files, photos.object_place)
    file = _kept_file(settings, key)
    if file.is_file():
        return key, parse_activations(file)

    def step(done: int, total: int) -> None:
        if on_step:
            on_step(f"reading {words} photos", done, total)

    found = read_activations(
        pooled, photos.files, place_of=photos.object_place, max_pixels=settings.max_pixels, on_progress=step
    )  # fmt: skip
    if not found.files:
        first = next(iter(found.failed.values()), "")
        raise ConfigError(f"{photos.reference}: expected photos, received none that can be read; {first}")
    write_whole(file, activations_bytes(found))
    return key, found


def gap_document(study: GapStudy) -> dict[str, Any]:
    """JSON-ready; see DESIGN section 9."""

    def side(reference: str, found: Activations) -> dict[str, Any]:
        failed = [{"path": str(path), "error": error} for path, error in found.failed.items()]
        return {"dir": reference, "count": len(found.files), "failed": failed}

    return {
        "name": study.name, "model": study.model_name, "version": study.version,
        "synthetic": side(study.order.synthetic, study.synthetic), "real": side(study.order.real, study.real),
        "notes": list(study.notes), "layers": [_layer_document(layer) for layer in study.layers],
    }  # fmt: skip


def number_document(number: GapNumber) -> dict[str, float | None]:
    """JSON-ready; what cannot be told is null."""
    return {key: value if math.isfinite(value) else None for key, value in asdict(number).items()}


def _place_notes(sets: Sequence[PhotoSet], synthetic: Activations, real: Activations) -> tuple[str, ...]:
    notes = object_notes(synthetic, real)
    places = [one.object_place(file) for one in sets for file in one.files]
    kinds = {isinstance(place, Path) for place in places if place is not None}
    if len(kinds) > 1 and synthetic.has_mask.any() and real.has_mask.any():
        notes += ("some objects are marked by masks and some by boxes, which hold background too: the share is rough",)
    return notes


def _chosen_sets(settings: Settings, order: GapOrder) -> tuple[PhotoSet, PhotoSet]:
    first, second = photo_set(settings, order.synthetic), photo_set(settings, order.real)
    if order.are_pairs:
        one, other = paired_places(first.names, second.names)
        if not one:
            raise ConfigError(f"pairs: expected photos of one name in {order.synthetic} and {order.real}, found none")
        first, second = first.some(one), second.some(other)
    return first.some(sample_files(len(first.files), order.seed)), second.some(
        sample_files(len(second.files), order.seed)
    )


def _whole_pairs(sets: Sequence[PhotoSet], found: Sequence[Activations]) -> tuple[list[int], list[int]]:
    """Rows of the pairs of which both photos could be read, in one order."""
    place_a, place_b = ({file: k for k, file in enumerate(one.files)} for one in found)
    pairs = zip(sets[0].files, sets[1].files, strict=True)
    whole = [(place_a[a], place_b[b]) for a, b in pairs if a in place_a and b in place_b]
    return [a for a, _ in whole], [b for _, b in whole]


def _kept_file(settings: Settings, key: str) -> Path:
    return settings.home / "gap" / "activations" / f"{key}.npz"


def _layer_document(layer: LayerGap) -> dict[str, Any]:
    numbers = {"frechet": layer.frechet, "mmd": layer.mmd, "cka": layer.cka}
    found = {name: None if one is None else number_document(one) for name, one in numbers.items()}
    return {"name": layer.name, "channels": layer.channels, **found, "object_share": layer.object_share}


def _layer(stored: Mapping[str, Any]) -> LayerGap:
    def number(values: Mapping[str, float | None]) -> GapNumber:
        return GapNumber(**{key: math.nan if value is None else value for key, value in values.items()})

    cka = None if stored["cka"] is None else number(stored["cka"])
    return LayerGap(
        stored["name"], stored["channels"], number(stored["frechet"]), number(stored["mmd"]), cka,
        stored["object_share"],
    )  # fmt: skip
