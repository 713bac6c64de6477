"""Where the object is: a render's mask, or a box drawn by hand; both in the address."""

from __future__ import annotations

from components import session_keys as keys
from components.address import read_address, write_address
from components.explain_controls import place_choice
from core.runtime.model_config import ModelFolder
from core.services.box_targets import box_text, target_box
from core.services.context import Context
from core.services.explain_masks import ObjectPlace, find_masks
from core.types import BoxXyxyPx, Photo

NOWHERE, DRAWN = "unknown", "drawn"
FIRST_MASKS = ("cap", "object")  # of several, the one of the part that a model looks for


def drawn_box() -> BoxXyxyPx | None:
    """The box of the address, pixels of the upright original."""
    named = target_box(f"box:{read_address(keys.EXPLAIN_BOX) or ''}")
    return named[1] if named else None


def drawn_boxes() -> tuple[tuple[str, BoxXyxyPx], ...]:
    """The box of the address as a panel shows it."""
    box = drawn_box()
    return () if box is None else (("object", box),)


def keep_box(folder: ModelFolder, box: BoxXyxyPx) -> None:
    """Keep a box that was drawn: as the object's place, and as what a detector is asked about."""
    write_address(keys.EXPLAIN_BOX, box_text("", box).removeprefix(":"))
    write_address(keys.EXPLAIN_PLACE, None)
    if folder.config.family == "detection":
        before = target_box(read_address(keys.EXPLAIN_TARGET) or "")
        write_address(keys.EXPLAIN_TARGET, box_text(before[0] if before else folder.config.labels[0], box))


def forget_photo() -> None:
    """Forget what was said of the photo that was shown: where its object is, and the box that was asked about."""
    write_address(keys.EXPLAIN_BOX, None)
    write_address(keys.EXPLAIN_PLACE, None)
    if target_box(read_address(keys.EXPLAIN_TARGET) or ""):
        write_address(keys.EXPLAIN_TARGET, None)


def object_place(context: Context, photo: Photo) -> ObjectPlace | None:
    """Draw the choice among the drawn box and the render's masks; None where nobody knows."""
    box = drawn_box()
    places = {} if box is None else {DRAWN: ObjectPlace(box_xyxy_px=box)}
    words = {} if box is None else {DRAWN: "in the drawn box"}
    for name, path in find_masks(context.settings, photo).items():
        places[name], words[name] = ObjectPlace(mask_path=path), f"mask of the {name}"
    default = next((name for name in (DRAWN, *FIRST_MASKS, *places) if name in places), NOWHERE)
    return places.get(place_choice({**words, NOWHERE: "not known"}, default=default))


def known_place(context: Context, photo: Photo) -> ObjectPlace | None:
    """A render's mask of the object, without asking anyone; None where there is none."""
    masks = find_masks(context.settings, photo)
    name = next((name for name in (*FIRST_MASKS, *masks) if name in masks), None)
    return None if name is None else ObjectPlace(mask_path=masks[name])
