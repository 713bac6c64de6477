"""Pole renders: projection by hand, truth that agrees with the pixels, repeatable seeds."""

from __future__ import annotations

import pickle
from collections import Counter
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from core.errors import ConfigError
from core.render.pole_scene import scene
from core.render.pole_scene.assembly import Assembly
from core.render.pole_scene.camera import Camera, look
from core.render.pole_scene.canvas import POLE, Canvas, even
from core.render.pole_scene.concrete_poles import FORMS, build_concrete
from core.render.pole_scene.draws import Draws, holding
from core.render.pole_scene.legible import pole_can_be_told
from core.render.pole_scene.light import Light, rgb
from core.render.pole_scene.noise import sample, tile
from core.render.pole_scene.surfaces import pixel_m, wood
from core.render.pole_scene.tops import MISSING, WHOLE, add_top, draw_top_kind
from core.render.pole_scene.truth import contrast_of_255, top_boxes
from core.render.pole_scene.wood_poles import add_wood_pole
from core.render.poles import VARIANTS, render_pole


def level_camera() -> Camera:
    """At (0, −10, 5) looking along +y: 100 px a metre at 10 m, on a canvas of 200 × 100 px."""
    position, rotation = look(np.array([0.0, 0.0, 5.0]), azimuth_deg=-90, elevation_deg=0, distance_m=10, roll_deg=0)
    return Camera(position, rotation, 1000.0, (100.0, 50.0), 200, 100)


def canvas(camera: Camera) -> Canvas:
    sun = np.array([0.0, -1.0, 0.0], np.float32)
    return Canvas(camera, Light(sun, np.ones(3, np.float32), np.zeros(3, np.float32), 0.0))


def test_points_project_as_worked_out_by_hand() -> None:
    camera = level_camera()
    assert camera.position_m == pytest.approx([0, -10, 5])
    xy, depth = camera.project(np.array([[0.0, 0.0, 5.0], [0.5, 0.0, 5.2], [0.0, 10.0, 4.0]]))
    assert depth == pytest.approx([10, 10, 20])
    # x to the right, z up and so y down; twice as far is half as large
    np.testing.assert_allclose(xy, [[100, 50], [150, 30], [100, 100]], atol=1e-9)


def test_looking_straight_down_puts_the_foot_under_the_top() -> None:
    position, rotation = look(np.array([1.0, 2.0, 10.0]), 30, 90, 5, 0)
    xy, depth = Camera(position, rotation, 300, (64, 64), 128, 128).project(
        np.array([[1.0, 2.0, 10.0], [1.0, 2.0, 0.0]])
    )
    np.testing.assert_allclose(xy, [[64, 64], [64, 64]], atol=1e-6)
    assert depth == pytest.approx([5, 15])


def test_roll_keeps_the_axes_square_and_turns_the_picture() -> None:
    _, rotation = look(np.zeros(3), 40, 25, 3, 33)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1)


def test_rays_undo_projection() -> None:
    camera = level_camera()
    points = np.array([[0.3, 1.0, 5.1], [-0.4, 4.0, 4.9]])
    xy, depth = camera.project(points)
    rays = camera.rays(xy[:, 0] - 0.5, xy[:, 1] - 0.5)
    np.testing.assert_allclose(camera.position_m + rays * depth[:, None], points, atol=1e-4)


def test_an_upright_cylinder_covers_the_pixels_it_should() -> None:
    page = canvas(level_camera())
    page.frustum(np.array([0.0, 0, 0]), np.array([0.0, 0, 10]), (0.2, 0.2), even(rgb(255, 255, 255)), None, POLE)
    row = page.ids[50] == POLE
    # tangent rays: tan(asin(0.2 / 10)) × 1000 px = 20.004 px to either side of the middle
    assert np.flatnonzero(row)[[0, -1]].tolist() == [80, 119]
    assert page.inverse_depth[50, 100] == pytest.approx(1 / 9.8, rel=1e-4)
    # lit head on in the middle, grazing at the edge
    assert page.colour[50, 100, 0] == pytest.approx(1.0, abs=0.01)
    assert page.colour[50, 80, 0] < 0.3


def test_the_nearer_body_hides_the_farther_whatever_the_order() -> None:
    red, blue = even(rgb(255, 0, 0)), even(rgb(0, 0, 255))
    bodies = [((0.0, -2.0), red), ((0.0, 2.0), blue)]
    for order in (bodies, bodies[::-1]):
        page = canvas(level_camera())
        for (x, y), surface in order:
            page.frustum(np.array([x, y, 0]), np.array([x, y, 10]), (0.2, 0.2), surface, None, POLE)
        assert page.colour[50, 100, 0] > 0.9
        assert page.colour[50, 100, 2] == pytest.approx(0)


def test_a_strip_thinner_than_a_pixel_is_faint() -> None:
    strengths = []
    for width_m in (0.05, 0.004, 0.002):
        page = canvas(level_camera())
        page.rod(np.array([-2.0, 0, 5.0]), np.array([2.0, 0, 5.0]), (width_m, width_m), rgb(255, 255, 255), POLE)
        strengths.append(float(page.colour[:, 100, 0].max()))
    assert strengths[0] == pytest.approx(1.0)
    assert strengths[0] > strengths[1] > strengths[2] > 0.1


def test_a_quad_behind_the_camera_paints_nothing() -> None:
    page = canvas(level_camera())
    corners = np.array([[-1, -20, 4], [1, -20, 4], [1, -20, 6], [-1, -20, 6]], float)
    page.quad(corners, rgb(255, 255, 255), POLE)
    assert not page.ids.any()


@pytest.mark.parametrize("missing_share", [0.0, 1.0])
@pytest.mark.parametrize("elevation_deg", [0, 30, 60, 88])
def test_top_boxes_are_the_extent_of_the_tops_pixels(missing_share: float, elevation_deg: float) -> None:
    draws = Draws(5, int(elevation_deg))
    kind = {**draw_top_kind(draws, missing_share), "screws": 0.0}
    asm = Assembly()
    end, axis = np.array([0.0, 0.0, 10.0]), np.array([0.0, 0.0, 1.0])
    add_top(asm, draws, kind, (end, axis, 0.15), even(rgb(90, 70, 50)), 10.0)
    position, rotation = look(end, 20, elevation_deg, 6, 0)
    page = canvas(Camera(position, rotation, 1500, (200, 200), 400, 400))
    asm.paint(page, draws.rng)
    boxes = top_boxes(page, asm, 400, 400)
    assert [b.label for b in boxes] == [MISSING if missing_share else WHOLE]
    rows, columns = np.nonzero(page.ids)
    extent = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert boxes[0].box_xyxy_px == pytest.approx(extent, abs=1.6)


def test_a_top_that_is_mostly_out_of_frame_has_no_box() -> None:
    draws = Draws(5)
    asm = Assembly()
    end = np.array([0.0, 0.0, 10.0])
    add_top(asm, draws, draw_top_kind(draws, 1.0), (end, np.array([0.0, 0, 1]), 0.15), even(rgb(90, 70, 50)), 10.0)
    position, rotation = look(end, 20, 70, 6, 0)
    page = canvas(Camera(position, rotation, 1500, (-10, 200), 400, 400))
    asm.paint(page, draws.rng)
    assert page.ids.any()
    assert top_boxes(page, asm, 400, 400) == ()


def test_noise_tiles_wrap_and_are_evenly_spread() -> None:
    for name in ("fbm", "smooth", "fine", "grass", "fibre", "worley", "edges"):
        field = tile(name)
        assert (field.min(), field.max()) == (0, 1)
        assert np.quantile(field, 0.25) == pytest.approx(0.25, abs=0.01)
    x = np.linspace(0, 511, 40, dtype=np.float32)
    np.testing.assert_allclose(sample("fbm", x, x), sample("fbm", x + 512, x - 1024), atol=1e-3)


def test_contrast_is_zero_on_an_even_picture_and_the_difference_on_a_step() -> None:
    mask = np.zeros((40, 40), bool)
    mask[10:30, 18:22] = True
    image = np.full((40, 40, 3), 100, np.uint8)
    assert contrast_of_255(image, mask) == 0
    image[mask] = 160
    assert contrast_of_255(image, mask) == pytest.approx(60)


def painted_shaft(radius_m: float, shade: int) -> tuple[Canvas, np.ndarray, np.ndarray]:
    """A canvas with one upright pole before a white wall, the photo (pole of one level), and the pole's mask."""
    page = canvas(level_camera())
    page.frustum(np.zeros(3), np.array([0.0, 0, 10]), (radius_m, radius_m), even(rgb(90, 90, 90)), None, POLE)
    mask = page.ids == POLE
    image = np.full((*mask.shape, 3), 200, np.uint8)
    image[mask] = shade
    return page, image, mask


@pytest.mark.parametrize(
    ("label", "radius_m", "shade", "told"),
    [
        ("CONCRETE", 0.03, 140, True),
        ("CONCRETE", 0.03, 60, False),  # against the light, as dark as tarred wood
        ("CONCRETE", 0.03, 194, False),  # hardly another shade than the wall
        ("TREE", 0.03, 60, True),  # dark wood is common
        ("TREE", 0.008, 60, False),  # 1.6 px wide, where 0.015 × 200 px are asked for
        ("STEEL", 0.03, 140, True),
        ("STEEL", 0.7, 140, False),  # fills the frame
        ("NONE", 0.008, 200, True),
    ],
)
def test_a_pole_is_told_by_width_light_and_contrast(label: str, radius_m: float, shade: int, told: bool) -> None:
    # the shaft crosses the frame's height, 100 px: twice the least length of 0.24 × 200 px
    page, image, mask = painted_shaft(radius_m, shade)
    draws = Draws(3)
    assert pole_can_be_told(draws, label, page, image, mask) is told
    assert draws.record["pole_level_of_255"] == pytest.approx(shade, abs=0.5)


def test_detail_finer_than_a_pixel_averages_out() -> None:
    def spread_of(step_m: float) -> float:
        """Of wood along its circumference, sampled every ``step_m``."""
        u, v = (a.ravel() for a in np.meshgrid(np.arange(60) * step_m, np.arange(4) * step_m))
        surface = wood(np.random.default_rng(4), "weathered grey")
        return float(np.abs(np.diff(surface(u.astype(np.float32), v.astype(np.float32)).mean(axis=1))).mean())

    assert pixel_m(np.array([0, 0.02, 0.04], np.float32), np.zeros(3, np.float32)) == pytest.approx(0.02)
    assert pixel_m(np.zeros(1, np.float32), np.zeros(1, np.float32)) > 0
    # splits and knots stay; the grain and its cracks, 1 and 2 cm wide, are gone where a pixel holds 5 cm
    assert spread_of(0.05) < 0.6 * spread_of(0.005 * 2)


@pytest.mark.parametrize("form", list(FORMS))
def test_concrete_poles_of_every_form_reach_their_height(form: str) -> None:
    with holding({"form": form}):
        draws = Draws(21)
        asm = build_concrete(draws)
    ends = [p for body in asm.rounds for p in (body.p0, body.p1) if body.identity == POLE]
    corners = [corner for quad, _, identity in asm.quads if identity == POLE for corner in quad]
    heights = [float(p[2]) for p in ends + corners]
    assert max(heights) == pytest.approx(float(draws.record["height_m"]), abs=0.05)
    assert min(heights) == pytest.approx(0, abs=0.05)


def test_a_wood_pole_ends_where_its_top_is_put() -> None:
    draws = Draws(8)
    asm, end = Assembly(), np.array([0.4, -0.2, 11.0])
    add_wood_pole(asm, draws, (0, 0, 0), end, 0.12, even(rgb(90, 70, 50)), draw_top_kind(draws, 0.0))
    shaft = [body for body in asm.rounds if body.identity == POLE]
    np.testing.assert_allclose(shaft[0].p0, 0)
    np.testing.assert_allclose(shaft[-1].p1, end)
    assert shaft[-1].radii_m[1] == pytest.approx(0.12)
    for low, high in pairwise(shaft):
        np.testing.assert_allclose(low.p1, high.p0)
        assert low.radii_m[1] == high.radii_m[0]


@pytest.mark.parametrize(("variant", "size_px"), [("scene", 96), ("top", 128)])
def test_the_same_seed_gives_the_same_pixels(variant: str, size_px: int) -> None:
    a, b = (render_pole(11, size_px=size_px, variant=variant) for _ in range(2))
    np.testing.assert_array_equal(a.image_hwc, b.image_hwc)
    assert (a.label, a.boxes, dict(a.variables)) == (b.label, b.boxes, dict(b.variables))
    other = render_pole(12, size_px=size_px, variant=variant)
    assert other.image_hwc.shape != a.image_hwc.shape or (other.image_hwc != a.image_hwc).any()


def test_scenes_hold_what_they_promise() -> None:
    for seed in range(14):
        render = render_pole(seed, size_px=96)
        h, w = render.image_hwc.shape[:2]
        assert max(h, w) == 96
        assert render.image_hwc.dtype == np.uint8
        mask = render.masks["object"]
        assert mask.shape == (h, w)
        assert render.label == scene.Draws(seed).choice("label", scene.LABELS, scene.LABEL_SHARES)
        assert bool(mask.any()) == (render.label != "NONE")
        if render.label != "TREE":
            assert render.boxes == ()
        for box in render.boxes:
            x0, y0, x1, y1 = box.box_xyxy_px
            assert 0 <= x0 < x1 <= w
            assert 0 <= y0 < y1 <= h


def test_top_windows_hold_boxes_over_cap_pixels() -> None:
    with_boxes = 0
    for seed in range(12):
        render = render_pole(seed, size_px=128, variant="top")
        assert render.image_hwc.shape == (128, 128, 3)
        cap = render.masks["cap"]
        assert not (cap & ~render.masks["object"]).any()
        with_boxes += bool(render.boxes)
        for box in render.boxes:
            assert box.label in (WHOLE, MISSING)
            x0, y0, x1, y1 = (round(v) for v in box.box_xyxy_px)
            assert cap[y0:y1, x0:x1].mean() > 0.3
    assert 6 <= with_boxes <= 12


def test_label_shares_are_as_declared() -> None:
    counts = Counter(scene._label(seed) for seed in range(4000))
    for label, share in zip(scene.LABELS, scene.LABEL_SHARES, strict=True):
        assert counts[label] / 4000 == pytest.approx(share, abs=0.03)


def test_a_bound_renderer_can_be_sent_to_workers() -> None:
    bound = pickle.loads(pickle.dumps(partial(render_pole, size_px=64)))
    assert max(bound(3).image_hwc.shape[:2]) == 64


@pytest.mark.parametrize(
    ("seed", "size_px", "variant", "text"),
    [
        (1, 224, "close", "variant: expected one of"),
        (-1, 224, "top", "seed: expected"),
        (1, 8, "top", "size_px: expected 32"),
    ],
)
def test_wrong_arguments_are_named(seed: int, size_px: int, variant: str, text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        render_pole(seed, size_px=size_px, variant=variant)
    assert VARIANTS == ("scene", "top")
