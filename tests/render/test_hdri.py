"""Light from HDRIs: from the side it should come from, as strong as sunsky, and nothing else changed."""

from __future__ import annotations

import base64
import functools
import hashlib
import pickle
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from core.cli.main import app
from core.errors import ConfigError
from core.render.close_up import daylight_of
from core.render.close_up_variables import CloseUpVariables
from core.render.daylight import ray_directions, solid_angles
from core.render.hdri_light import LUMINANCE, hdri_files, light_of, read_hdri, with_hdri
from core.render.mitsuba_engine import mitsuba_session
from core.render.pole_tops import PoleTopVariables, render_pole_top, render_pole_top_from, sample_pole_top_variables
from core.render.result import Render
from core.render.shackles import ShackleVariables, render_shackle, render_shackle_from, sample_shackle_variables
from core.types import FloatImage

# Seen from azimuth 0, square on: what lies at +x is on the right.
PLAIN = ShackleVariables(textured=0.0, background="none", elevation_deg=0.0, azimuth_deg=0.0, light="half")
GROUND_ALBEDO = (0.2, 0.2, 0.2)
HDRI_FIELDS = ("light", "hdri_rotation_deg")


def half_bright(height_px: int = 16) -> FloatImage:
    """Black but for the right half of the panorama, which is white."""
    panorama = np.zeros((height_px, 2 * height_px, 3), np.float32)
    panorama[:, height_px:] = 1.0
    return panorama


def write_hdr(path: Path, rgb: FloatImage) -> Path:
    assert cv2.imwrite(str(path), rgb[..., ::-1])
    return path


def exr_bytes(path: Path, rgb: FloatImage) -> bytes:
    with mitsuba_session() as mitsuba:
        mitsuba.Bitmap(rgb).write(str(path))
    return path.read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_hdr(tmp_path / "half.hdr", half_bright())
    return tmp_path


# where light comes from


@pytest.mark.parametrize(
    ("rotation_deg", "towards"),
    [
        # Looking at the middle column, the white half is on the right hand: 90° of azimuth less than the middle.
        (0.0, (-1.0, 0.0, 0.0)),
        (90.0, (0.0, -1.0, 0.0)),
        (180.0, (1.0, 0.0, 0.0)),
        (270.0, (0.0, 1.0, 0.0)),
    ],
)
def test_the_bright_half_is_where_the_rotation_puts_it(
    folder: Path, rotation_deg: float, towards: tuple[float, float, float]
) -> None:
    variables = replace(PLAIN, hdri_rotation_deg=rotation_deg)
    light = light_of(variables, daylight_of(variables, GROUND_ALBEDO, stream=21), folder)
    mean = (light.radiance_hwc.sum(2)[..., None] * ray_directions() * solid_angles()[:, None, None]).sum((0, 1))
    assert mean / np.linalg.norm(mean) == pytest.approx(towards, abs=0.01)


def test_light_from_above_is_in_the_upper_rows(folder: Path) -> None:
    above = np.zeros((16, 32, 3), np.float32)
    above[:8] = 1.0
    write_hdr(folder / "half.hdr", above)
    light = light_of(PLAIN, daylight_of(PLAIN, GROUND_ALBEDO, stream=21), folder)
    assert light.radiance_hwc[:22].min() > 0.0
    assert light.radiance_hwc[26:].max() == 0.0
    # By hand: an even sky of radiance L gives π L on level ground.
    assert light.ground_irradiance == pytest.approx(np.pi * light.radiance_hwc[0, 0], rel=0.02)


@pytest.mark.parametrize(("rotation_deg", "brighter_side"), [(0.0, "left"), (180.0, "right")])
def test_a_shackle_is_brighter_on_the_lit_side(folder: Path, rotation_deg: float, brighter_side: str) -> None:
    variables = replace(PLAIN, hdri_rotation_deg=rotation_deg)
    render = render_shackle_from(variables, size_px=64, samples=8, hdri_dir=folder)
    left_to_right = side_ratio(render)
    assert (left_to_right if brighter_side == "left" else 1 / left_to_right) > 1.3


def test_a_pole_top_is_brighter_on_the_lit_side(folder: Path) -> None:
    variables = PoleTopVariables(light="half", crossarm_z_r=0.0, insulators="none", elevation_deg=20.0)
    render = render_pole_top_from(variables, size_px=64, samples=8, hdri_dir=folder)
    assert side_ratio(render) > 1.3


def side_ratio(render: Render) -> float:
    """Brightness of the subject left of its middle, against right of it."""
    image_hwc, object_hw = render.image_hwc, render.masks["object"]
    columns = np.nonzero(object_hw)[1]
    left = object_hw & (np.arange(object_hw.shape[1]) < np.median(columns))
    return float(image_hwc[left].mean() / image_hwc[object_hw & ~left].mean())


# how strong it is


@pytest.mark.parametrize("cloud", [0.0, 1.0])
def test_an_hdri_brings_as_much_light_as_sunsky(folder: Path, cloud: float) -> None:
    rng = np.random.default_rng(5)
    write_hdr(folder / "half.hdr", (37.0 * rng.random((64, 128, 3))).astype(np.float32))
    variables = replace(PLAIN, cloud=cloud)
    daylight = daylight_of(variables, GROUND_ALBEDO, stream=21)
    light = light_of(variables, daylight, folder)
    weight = solid_angles()[:, None, None]
    sky, hdri = ((d.radiance_hwc * weight).sum((0, 1)) + d.sun_irradiance for d in (daylight, light))
    assert hdri @ LUMINANCE == pytest.approx(sky @ LUMINANCE, rel=1e-4)


def test_values_below_zero_lessen_the_sun_that_they_surround(folder: Path) -> None:
    """DWAB-compressed EXRs ring about the sun. By hand: 100 and −60 in a cell of the sky are 4 times 10 in another."""
    ringing = np.zeros((96, 192, 3), np.float32)
    ringing[40, 100], ringing[41, 100] = 100.0, -60.0
    ringing[80, 0] = 10.0
    exr_bytes(folder / "ringing.exr", ringing)
    variables = replace(PLAIN, light="ringing")
    light = light_of(variables, daylight_of(variables, GROUND_ALBEDO, stream=21), folder)
    bright, dim = light.radiance_hwc[20].max(), light.radiance_hwc[40].max()
    assert bright / dim == pytest.approx(4.0, rel=0.01)


# seeds


def test_the_same_seed_gives_the_same_pixels_and_the_folder_does_not_stay(folder: Path) -> None:
    write_hdr(folder / "other.hdr", half_bright()[:, ::-1].copy())
    without = render_shackle(4, size_px=48, samples=2).image_hwc
    lit = pickle.loads(pickle.dumps(functools.partial(render_shackle, size_px=48, samples=2, hdri_dir=folder)))
    first, between, again = lit(4), render_shackle(4, size_px=48, samples=2), lit(4)
    assert np.array_equal(first.image_hwc, again.image_hwc)
    assert np.array_equal(without, between.image_hwc)
    assert not np.array_equal(first.image_hwc, without)
    assert np.array_equal(first.masks["joint"], between.masks["joint"])
    assert first.variables["light"] in ("half", "other")
    assert between.variables["light"] == "sunsky"
    assert render_pole_top(4, size_px=48, samples=1, hdri_dir=folder).variables["light"] == first.variables["light"]


def test_a_folder_changes_light_and_rotation_only(folder: Path) -> None:
    write_hdr(folder / "other.hdr", half_bright())
    plain = sample_shackle_variables(9)
    assert with_hdri(plain, 9, None) is plain
    drawn = [with_hdri(plain, seed, folder) for seed in range(40)]
    assert {v.light for v in drawn} == {"half", "other"}
    rotations = [v.hdri_rotation_deg for v in drawn]
    assert 0.0 <= min(rotations) < 45.0
    assert 315.0 < max(rotations) < 360.0
    assert replace(drawn[0], light="sunsky", hdri_rotation_deg=0.0) == plain


@pytest.mark.parametrize(
    ("sample", "digest"),
    [(sample_shackle_variables, "80b0a61addbbafaf"), (sample_pole_top_variables, "8445879e8b90a71c")],
)
def test_what_seeds_mean_has_not_changed(sample: Callable[[int], CloseUpVariables], digest: str) -> None:
    """Training sets are drawn from these; pole tops recorded before HDRIs came, shackles as inspectors shoot them."""
    drawn = [
        {k: f"{v:.9g}" if isinstance(v, float) else v for k, v in asdict(sample(seed)).items() if k not in HDRI_FIELDS}
        for seed in range(20)
    ]
    assert hashlib.sha256(repr(drawn).encode()).hexdigest()[:16] == digest


@pytest.mark.parametrize(
    ("render", "mean_rgb"),
    [(render_shackle, (122.96, 120.85, 124.04)), (render_pole_top, (124.21, 133.11, 118.57))],
)
def test_sunsky_pictures_have_not_changed(render: Callable[..., Render], mean_rgb: tuple[float, ...]) -> None:
    """Recorded before HDRIs came; LLVM and scalar engine differ by up to 0.8."""
    assert render(1, size_px=64, samples=4).image_hwc.mean((0, 1)) == pytest.approx(mean_rgb, abs=1.0)


def test_the_background_stays_the_procedural_one(folder: Path) -> None:
    """Exposure apart, which the subject's brightness shifts."""
    variables = replace(PLAIN, background="moss", light="sunsky")
    sky = render_shackle_from(variables, size_px=64, samples=2)
    lit = render_shackle_from(replace(variables, light="half"), size_px=64, samples=2, hdri_dir=folder)
    away = ~cv2.dilate(sky.masks["object"].astype(np.uint8), np.ones((9, 9))).astype(bool)
    one, other = (render.image_hwc[away].astype(float).ravel() for render in (sky, lit))
    assert np.corrcoef(one, other)[0, 1] > 0.99


# files


def test_exr_bare_or_wrapped_in_a_script_reads_the_same(tmp_path: Path) -> None:
    rgb = np.random.default_rng(1).random((8, 16, 3)).astype(np.float32)
    data = exr_bytes(tmp_path / "a.exr", rgb)
    script = tmp_path / "b.exr.js"
    script.write_text(f"export default 'data:application/exr;base64,{base64.b64encode(data).decode()}'")
    assert np.array_equal(read_hdri(script), read_hdri(tmp_path / "a.exr"))
    assert read_hdri(script) == pytest.approx(rgb, rel=1e-3)
    assert list(hdri_files(tmp_path)) == ["a", "b"]


def test_a_changed_file_is_read_again(folder: Path) -> None:
    daylight = daylight_of(PLAIN, GROUND_ALBEDO, stream=21)
    first = light_of(PLAIN, daylight, folder)
    write_hdr(folder / "half.hdr", half_bright()[:, ::-1].copy())
    assert not np.array_equal(light_of(PLAIN, daylight, folder).radiance_hwc, first.radiance_hwc)


def test_folders_without_hdris_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere: expected a folder of HDRIs .* found no folder"):
        render_shackle(0, size_px=32, samples=1, hdri_dir=tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(ConfigError, match=rf"{tmp_path.name}: expected HDRIs .* found none; `npm pack @pmndrs/assets`"):
        render_pole_top(0, size_px=32, samples=1, hdri_dir=tmp_path)
    write_hdr(tmp_path / "park.hdr", half_bright())
    (tmp_path / "park.exr").write_bytes(b"")
    with pytest.raises(ConfigError, match=r"park\.hdr: .* received park\.exr of the same name; rename one"):
        hdri_files(tmp_path)


@pytest.mark.parametrize("name", ["bad.hdr", "bad.exr", "bad.exr.js"])
@pytest.mark.parametrize("keep", [0.0, 0.5])
def test_files_that_cannot_be_read_are_named(tmp_path: Path, name: str, keep: float) -> None:
    if name.endswith(".hdr"):
        data = write_hdr(tmp_path / name, half_bright()).read_bytes()
    else:
        data = exr_bytes(tmp_path / "bad.exr", half_bright())
        (tmp_path / "bad.exr").unlink()
    data = data[: int(keep * len(data))]
    wrapped = b"export default 'data:application/exr;base64," + base64.b64encode(data) + b"'"
    (tmp_path / name).write_bytes(wrapped if name.endswith(".js") else data)
    with pytest.raises(ConfigError, match=rf"{name}: expected an HDRI .* cannot be read .* take it out"):
        render_shackle(0, size_px=32, samples=1, hdri_dir=tmp_path)


def test_panoramas_of_another_shape_or_without_light_are_named(tmp_path: Path) -> None:
    write_hdr(tmp_path / "square.hdr", np.ones((16, 16, 3), np.float32))
    with pytest.raises(ConfigError, match=r"square\.hdr: .* twice as wide as high, received 16 × 16 px"):
        read_hdri(tmp_path / "square.hdr")
    write_hdr(tmp_path / "black.hdr", np.zeros((16, 32, 3), np.float32))
    with pytest.raises(ConfigError, match=r"black\.hdr: expected an HDRI with light in it"):
        render_shackle_from(replace(PLAIN, light="black"), size_px=32, hdri_dir=tmp_path)
    with pytest.raises(ConfigError, match="light: expected one of sunsky, black, square, received 'half'"):
        render_shackle_from(PLAIN, size_px=32, hdri_dir=tmp_path)
    with pytest.raises(ConfigError, match="light: expected sunsky, received 'half'; name its folder in hdri_dir"):
        render_shackle_from(PLAIN, size_px=32)


# command line


def test_the_command_records_the_files_and_lights_with_them(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ["render", "shackle", "--size", "32", "--count", "1", "--hdri", str(folder), "--out", str(out)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert '"half.hdr"' in (out / "recipe.json").read_text()
    header, row = (line.split(",") for line in (out / "variables.csv").read_text().splitlines())
    assert row[header.index("light")] == "half"
    write_hdr(folder / "new.hdr", half_bright())
    with pytest.raises(ConfigError, match="holds renders of another recipe"):
        CliRunner().invoke(app, command, catch_exceptions=False)


def test_the_command_refuses_hdris_for_poles_that_are_not_path_traced(folder: Path, tmp_path: Path) -> None:
    command = ["render", "pole", "--hdri", str(folder), "--out", str(tmp_path / "out")]
    with pytest.raises(ConfigError, match="--hdri: expected shackle, or pole with --variant close-up, received pole"):
        CliRunner().invoke(app, command, catch_exceptions=False)
    assert not (tmp_path / "out").exists()
