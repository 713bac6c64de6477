"""The render lab: controls that the scenes have, orders that can be, verdicts worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.errors import ConfigError
from core.render.poles import check_held
from core.render.scenes import CLOSE_UP, SCENES, SceneRanges, scene_kind
from core.services.context import Context
from core.services.render_controls import VARIANT_WORDS, control_names, drawn_values, lab_controls, range_controls
from core.services.render_desk import Picture
from core.services.render_lab import answers, preview_order, verdicts, with_masks
from core.types import BoolMask
from tests.services.toys import ToyRegistry, box_finding, class_finding, worn_finding

KINDS = [(scene, variant) for scene, variants in SCENES.items() for variant in variants]
MASK = np.zeros((40, 40), bool)
MASK[10:30, 10:30] = True


def picture(scene: str = "shackle", variant: str = "WTX_WBG", **truth: Any) -> Picture:
    facts = {"label": None, "value": None, "boxes": [], "variables": {}, **truth}
    masks: dict[str, BoolMask] = {"object": MASK, "joint": MASK & (np.indices(MASK.shape)[0] < 20)}
    return Picture(preview_order(scene, variant, 1, {}), np.full((40, 40, 3), 90, np.uint8), masks, facts, 0.1)


def words(shown: Picture, *findings: Any) -> list[tuple[str, bool]]:
    return [(verdict.words, verdict.is_right) for verdict in verdicts(shown, findings, {})]


# controls


@pytest.mark.parametrize(("scene", "variant"), KINDS)
def test_every_control_is_a_variable_of_its_scene(scene: str, variant: str) -> None:
    controls = range_controls(scene, variant)
    wanted: dict[str, Any] = {
        name: control.options[-1] if control.options else control.high for name, control in controls.items()
    }
    wanted.pop("twist_deg", None)  # the largest twist needs a wider bend than the widest room allows for
    if scene == "pole" and variant != CLOSE_UP:
        wanted.pop("label", None)  # NONE would draw no pole's draws
        check_held(wanted, variant)
    else:
        scene_kind(scene, variant, SceneRanges(variables=wanted))
    assert variant in VARIANT_WORDS


@pytest.mark.parametrize(("scene", "variant"), KINDS)
def test_controls_with_a_seed_stand_where_it_drew(scene: str, variant: str) -> None:
    drawn = drawn_values(scene, variant, 5)
    for group in lab_controls(scene, variant).values():
        for control in group:
            assert control.name in control_names()
            if drawn:
                assert isinstance(drawn[control.name], str) == bool(control.options)


@pytest.mark.parametrize("option", ["TREE", "STEEL", "CONCRETE", "NONE"])
def test_every_pole_and_weather_of_the_choices_exists(option: str) -> None:
    for weather in range_controls("pole", "scene")["weather"].options:
        check_held({"label": option, "weather": weather}, "scene")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("shackle", "scene", 1, {}), "scene and variant: expected one of shackle: NOTX_NOBG"),
        (("tree", "scene", 1, {}), "received 'tree', 'scene'"),
        (("pole", "top", -1, {}), "seed: expected 0 to"),
        (("pole", "top", 1, {}, 4096), "size_px: expected 32 to 1024, received 4096"),
    ],
)
def test_orders_that_cannot_be_are_refused(arguments: tuple[Any, ...], text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        preview_order(*arguments)


# verdicts


def test_wear_is_held_against_the_truth() -> None:
    assert words(picture(value=0.45), worn_finding(0.42)) == [
        ("Truth: worn 45 %. Off by 3.0 points. The interval holds the truth.", True)
    ]
    assert words(picture(value=0.6), worn_finding(0.42)) == [
        ("Truth: worn 60 %. Off by 18.0 points. The truth lies outside the interval.", False)
    ]
    assert words(picture(value=0.6), worn_finding(0.42, recognised=False))[0][1] is False


def test_a_pole_type_is_held_against_the_truth() -> None:
    tree, none = picture("pole", "scene", label="TREE"), picture("pole", "scene", label="NONE")
    assert words(tree, class_finding("TREE")) == [("Truth: TREE. Right.", True)]
    assert words(tree, class_finding("STEEL")) == [("Truth: TREE. Taken for STEEL.", False)]
    assert words(none, class_finding("TREE")) == [("Truth: no pole in the frame. Not noticed.", False)]
    assert words(none, class_finding("TREE", recognised=False))[0][1] is True
    assert words(tree, class_finding("TREE", recognised=False))[0][1] is False


def test_top_caps_are_counted_by_overlap_and_label() -> None:
    cap, missing = "whole top cap", "whole missing top cap"
    truth = [{"label": cap, "box_xyxy_px": (10.0, 10.0, 20.0, 20.0)}]
    top = picture("pole", "top", label="TREE", boxes=truth)
    # 10 × 9 of 10 × 10 shared, nothing outside: IoU 0.9.
    near, other = box_finding(cap, 0.9, (10.0, 10.0, 20.0, 19.0)), box_finding(cap, 0.8, (30.0, 30.0, 38.0, 38.0))
    assert words(top, near) == [("Truth: 1 pole top, 1 found, 0 found where there is none.", True)]
    assert words(top, near, other)[0] == ("Truth: 1 pole top, 1 found, 1 found where there is none.", False)
    assert words(top)[0] == ("Truth: 1 pole top, 0 found, 0 found where there is none.", False)
    wrong = replace(near, label=missing)
    assert words(top, wrong)[0] == ("Truth: 1 pole top, 0 found, 1 found where there is none.", False)


# what the models are asked


def test_each_scene_is_shown_to_the_models_made_for_it(toys: tuple[Context, ToyRegistry]) -> None:
    context, registry = toys
    assert [f.model for f in answers(context, picture())] == ["shackle"]
    assert [f.model for f in answers(context, picture("pole", CLOSE_UP))] == ["topcap", "topcap"]
    assert [f.model for f in answers(context, picture("pole", "scene"))] == ["polecat", "topcap", "topcap"]
    registry.models["polecat"].findings = (class_finding("STEEL"),)
    assert [f.model for f in answers(context, picture("pole", "scene"))] == ["polecat"]
    assert registry.models["shackle"].asked == [(40, 40)]


def test_a_window_is_shown_at_its_own_scale_and_boxes_beside_it_do_not_count(
    toys: tuple[Context, ToyRegistry],
) -> None:
    context, registry = toys
    topcap = registry.models["topcap"]
    size = replace(topcap.folder.config.input, long_side_px=1024)
    topcap.folder = replace(topcap.folder, config=replace(topcap.folder.config, input=size))
    topcap.findings = (box_finding("whole top cap", 0.9), box_finding("whole top cap", 0.9, (500, 500, 520, 520)))
    found = answers(context, picture("pole", "top"))
    assert topcap.asked == [(1024, 1024)]
    assert [finding.box_xyxy_px for finding in found] == [(10, 10, 30, 30)]


# drawing


def test_masks_dim_the_rest_and_outline_the_joint() -> None:
    shown = picture()
    drawn = with_masks(shown)
    assert (drawn[0, 0] == 30).all()
    assert (drawn[25, 20] == 90).all()
    assert (drawn[10, 20] == 255).all()  # upper border of the joint
    assert (shown.image_hwc == 90).all()
    assert (with_masks(shown, [box_finding("whole top cap", 0.9, (2, 32, 8, 38))])[32, 2] == 255).all()
