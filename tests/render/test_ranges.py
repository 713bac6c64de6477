"""Ranges for scene variables: what a file may say, what it does to a seed's scene, and how it is refused."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.render.poles import check_held, render_pole
from core.render.ranges import SceneRanges, parse_ranges, parse_wanted, ranges_document, ranges_toml, read_ranges
from core.render.renderers import renderer_of
from core.render.scenes import SceneKind, scene_kind
from core.render.shackle_variables import ShackleVariables, sample_shackle_variables
from core.render.wanted import Span, Wanted, with_wanted

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
WANTED = st.one_of(
    NUMBERS,
    NAMES,
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: Span(min(pair), max(pair))),
    st.lists(NAMES, min_size=1, max_size=4).map(tuple),
)


def write(folder: Path, text: str) -> Path:
    path = folder / "ranges.toml"
    path.write_text(text)
    return path


# the file


def test_a_file_says_values_spans_and_names(tmp_path: Path) -> None:
    ranges = read_ranges(
        write(
            tmp_path,
            'scene = "shackle"\nvariant = "WTX_WBG"\n[variables]\nworn_fraction = [0.2, 0.6]\nnoise = 0\n'
            'background = ["forest", "snow"]\nending = "link"\ntextured = true\n',
        )
    )
    assert (ranges.scene, ranges.variant) == ("shackle", "WTX_WBG")
    assert ranges.variables == {
        "worn_fraction": Span(0.2, 0.6), "noise": 0.0, "background": ("forest", "snow"), "ending": "link",
        "textured": 1.0,
    }  # fmt: skip


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), WANTED, max_size=5))
def test_what_is_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, wanted: dict[str, Wanted]) -> None:
    ranges = SceneRanges("shackle", "WTX_WBG", wanted)
    folder = tmp_path_factory.mktemp("ranges")
    assert read_ranges(write(folder, ranges_toml(ranges))) == ranges
    assert parse_ranges(ranges_document(ranges), "here") == ranges


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("noise = 0", "expected the keys scene, variant, variables, received noise; variables belong under"),
        ("scene = 3", "scene: expected a name in quotes, received 3"),
        ("variables = 3", "variables: expected a table, received 3"),
        ("[variables]\nnoise = [0.3, 0.1]", "noise: expected [lowest, highest], received [0.3, 0.1]; turn them round"),
        ("[variables]\nnoise = [1, 2, 3]", "noise: expected a number, a name, [lowest, highest] or names, received"),
        ("[variables]\nnoise = []", "noise: expected a number, a name"),
        ("[variables", "expected TOML, received what cannot be read"),
    ],
)
def test_what_is_no_range_is_refused_with_file_and_key(tmp_path: Path, text: str, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_ranges(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: expected a TOML file of ranges, received No such file"):
        read_ranges(tmp_path / "nowhere.toml")


# against a scene


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"rrust": 0.1}, r"r\.toml: rrust: expected one of azimuth_deg, background, .*; no such variable"),
        ({"rust": [0.0, 1.4]}, r"r\.toml: rust: expected 0 to 1, received 1\.4"),
        ({"noise": -0.1}, r"r\.toml: noise: expected 0 to 0\.5, received -0\.1"),
        ({"noise": "much"}, r"r\.toml: noise: expected a number such as 0, received 'much'"),
        ({"noise": float("nan")}, r"r\.toml: noise: expected a number such as 0, received nan"),
        ({"background": 3}, r"r\.toml: background: expected a name such as 'forest', received 3"),
        ({"background": ["forest", "moon"]}, r"r\.toml: background: expected one of none, autumn, .* received 'moon'"),
        # 2.03 × cos 15° is less than 2.02: the variant's own twist does not let the rod through.
        ({"bend_radius_r": [2.03, 3.0]}, r"r\.toml: bend_radius_r: expected at least 2\.09 at a twist of -15°"),
    ],
)
def test_what_a_scene_does_not_have_is_refused(variables: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        scene_kind("shackle", None, parse_ranges({"variables": variables}, "r.toml"), "r.toml")


def test_a_narrow_bend_is_fine_without_twist() -> None:
    variables: dict[str, Wanted] = {"bend_radius_r": Span(2.03, 3.0), "twist_deg": 0.0}
    kind = scene_kind("shackle", "WBG_WTX_WGM", SceneRanges(variables=variables))
    for seed in range(50):
        with_wanted(sample_shackle_variables(seed), seed, kind.wanted)


@pytest.mark.parametrize(
    ("scene", "variant", "ranges", "words"),
    [
        ("tree", None, SceneRanges(), "scene: expected one of shackle, pole, received 'tree'"),
        ("pole", "WTX_WBG", SceneRanges(), "variant: expected one of scene, top, close-up, received 'WTX_WBG'"),
        ("pole", None, SceneRanges(scene="shackle"), "f: scene: expected 'pole', received ranges for 'shackle'"),
        ("pole", "top", SceneRanges(variant="scene"), "f: variant: expected 'top', received ranges for 'scene'"),
    ],
)
def test_ranges_for_another_scene_are_refused(scene: str, variant: str, ranges: SceneRanges, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        scene_kind(scene, variant, ranges, "f")


# what they do


def test_holding_one_variable_leaves_all_others_of_a_seed_alone() -> None:
    for seed in range(20):
        drawn = sample_shackle_variables(seed)
        held = with_wanted(drawn, seed, {"noise": 0.0, "background": "none"})
        assert asdict(held) == {**asdict(drawn), "noise": 0.0, "background": "none"}


def test_narrowing_a_second_variable_leaves_the_first_as_it_was() -> None:
    drawn = sample_shackle_variables(3)
    one = with_wanted(drawn, 3, {"rust": Span(0.2, 0.8)})
    two = with_wanted(drawn, 3, {"dirt": Span(0.0, 0.1), "rust": Span(0.2, 0.8)})
    assert one.rust == two.rust
    assert one.dirt == drawn.dirt


def test_spans_are_drawn_evenly_and_whole_numbers_stay_whole() -> None:
    drawn = [
        with_wanted(sample_shackle_variables(s), s, {"rust": Span(0.2, 0.6), "jpeg_quality": Span(50, 60)})
        for s in range(400)
    ]
    rust = np.array([v.rust for v in drawn])
    assert rust.min() >= 0.2
    assert rust.max() <= 0.6
    # An even distribution from 0.2 to 0.6: mean 0.4, standard deviation 0.4 / √12 = 0.115, of 400 draws ± 0.006.
    assert rust.mean() == pytest.approx(0.4, abs=0.025)
    assert rust.std() == pytest.approx(0.115, abs=0.01)
    qualities = {v.jpeg_quality for v in drawn}
    assert qualities == set(range(50, 61))
    assert all(isinstance(quality, int) for quality in qualities)


def test_names_are_drawn_from_those_given() -> None:
    wanted: dict[str, Wanted] = {"background": ("forest", "snow")}
    drawn = [with_wanted(ShackleVariables(), seed, wanted).background for seed in range(60)]
    assert set(drawn) == {"forest", "snow"}
    assert 15 < drawn.count("snow") < 45


def test_a_render_holds_what_was_wanted_and_says_so() -> None:
    kind = scene_kind("shackle", "NOTX_WBG", SceneRanges(variables={"worn_fraction": 0.5, "background": "none"}))
    render = renderer_of(kind, 32, samples=1)(4)
    assert (render.value, render.variables["background"]) == (0.5, "none")
    usual = sample_shackle_variables(4, "NOTX_WBG")
    assert render.variables["azimuth_deg"] == usual.azimuth_deg


# composed pole scenes


def test_held_draws_are_in_the_scene_and_the_draws_before_them_stay() -> None:
    free = render_pole(5, size_px=48)
    held = render_pole(5, size_px=48, held={"jpeg_quality": 70.0})
    before = list(free.variables)[: list(free.variables).index("jpeg_quality")]
    assert {name: held.variables[name] for name in before} == {name: free.variables[name] for name in before}
    assert held.variables["jpeg_quality"] == 70.0
    assert render_pole(5, size_px=48).variables == free.variables


def test_a_held_label_and_span_hold_in_every_scene() -> None:
    held: dict[str, Wanted] = {"label": "STEEL", "weather": ("sun", "dusk"), "noise_of_255": Span(1.0, 2.0)}
    renders = [render_pole(seed, size_px=32, held=held) for seed in range(6)]
    assert {render.label for render in renders} == {"STEEL"}
    assert {render.variables["weather"] for render in renders} <= {"sun", "dusk"}
    noises = [float(render.variables["noise_of_255"]) for render in renders]
    assert min(noises) >= 1.0
    assert max(noises) <= 2.0
    assert len(set(noises)) > 1


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ({"heigth_m": 9.0}, "heigth_m: expected what pole scenes of variant scene draw, received what none of them"),
        ({"weather": "rain"}, "weather: expected one of sun, .* received 'rain'"),
        ({"weather": 3.0}, "weather: expected one of sun, .* received 3"),
        ({"motion_blur": 2.0}, r"motion_blur: expected 0 \(no\) to 1 \(yes\), received 2"),
        ({"jpeg_quality": "low"}, "jpeg_quality: expected a number such as .* received 'low'"),
        ({"noise_of_255": 0.0}, "noise_of_255: expected a number above 0, received 0"),
    ],
)
def test_held_draws_that_cannot_be_are_refused(held: dict[str, Wanted], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        check_held(held, "scene")


def test_what_a_scene_works_out_by_itself_cannot_be_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Holding it would do nothing, silently."""
    monkeypatch.setattr("core.render.poles.SCENES_TRIED", 3)
    with pytest.raises(ConfigError, match="camera_height_m: expected what pole scenes of variant scene draw"):
        check_held({"camera_height_m": 9.0}, "scene")


def test_only_path_traced_scenes_take_hdris(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--hdri: expected shackle, or pole with --variant close-up"):
        renderer_of(SceneKind("pole", "scene"), 64, hdri_dir=tmp_path)


def test_a_value_that_is_neither_is_refused() -> None:
    with pytest.raises(ConfigError, match="here: expected a number, a name"):
        parse_wanted({"low": 1}, "here")
