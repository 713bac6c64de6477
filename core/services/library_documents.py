"""What libraries of photos answer, as documents: the same for ``gridlens similar`` and the API."""

from __future__ import annotations

from typing import Any

from core.services.photo_library import ClassPhotos, Library, find_duplicates
from core.services.similar import SimilarPhoto, SimilarPhotos


def similar_document(library: Library, photo: str, found: SimilarPhotos) -> dict[str, Any]:
    """JSON-ready; a box stands only where a region was asked for.

    Args:
        library: what was looked through.
        photo: what the photo is called: a path, or its SHA-256.
        found: what ``similar_photos`` or ``similar_regions`` gave.
    """
    measure = found.measure
    return {
        "photo": photo,
        "in": str(library.source),
        "by": {"name": measure.name, "nearer": measure.nearer, "range": [measure.low, measure.high],
               "weights": dict(found.weights)},
        "photos": [_photo_document(one) for one in found.photos],
        "criterion": found.criterion,
        "known_as": found.known_as or None,
        "classes": [
            {"label": one.label, "share": one.share, "other": one.label != found.known_as,
             "example": _photo_document(example)}
            for one, example in zip(found.classes, found.examples, strict=True)
        ],
        "failed": _failed_documents(library),
    }  # fmt: skip


def duplicates_document(library: Library, at_most_bits: int) -> dict[str, Any]:
    """JSON-ready: groups of near-duplicates.

    Raises:
        ConfigError: the bits are out of range.
    """
    groups = [[str(path) for path in group] for group in find_duplicates(library, at_most_bits)]
    return {
        "in": str(library.source), "at_most_bits": at_most_bits, "count": len(library.paths), "groups": groups,
        "failed": _failed_documents(library),
    }  # fmt: skip


def representatives_document(library: Library, stands: ClassPhotos) -> dict[str, Any]:
    """JSON-ready: photos that stand for a class, medoids with how many photos each stands for."""
    found = stands.found
    members = found.members or [None] * len(found.chosen)
    photos = [
        {"path": str(stands.paths[k]), **({} if size is None else {"stands_for": size})}
        for k, size in zip(found.chosen, members, strict=True)
    ]
    return {
        "in": str(library.source), "label": stands.label, "method": found.method, "count": stands.count,
        "chosen_beforehand": stands.was_kept, "photos": photos,
        "criticisms": [str(stands.paths[k]) for k in found.criticisms], "failed": _failed_documents(library),
    }  # fmt: skip


def _photo_document(one: SimilarPhoto) -> dict[str, Any]:
    document: dict[str, Any] = {"path": str(one.path), "label": one.label, "value": one.value}
    if one.truth is not None:
        document["truth"] = one.truth
    if one.box_xyxy_px is not None:
        document["box_xyxy_px"] = list(one.box_xyxy_px)
    if len(one.measures) > 1:
        document["measures"] = dict(one.measures)
    return document


def _failed_documents(library: Library) -> list[dict[str, str]]:
    return [{"path": str(path), "error": error} for path, error in library.failed.items()]
