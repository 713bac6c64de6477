"""Light from a folder of HDRIs: panoramas measured at real places, in place of Mitsuba's sunsky.

Only the light changes: what is seen behind the subject stays the procedural landscape, since panoramas that
are small enough to fetch are too coarse for it.
"""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from core.errors import ConfigError
from core.render.close_up_variables import SUNSKY, CloseUpVariables, check_name
from core.render.daylight import SKY_HEIGHT_PX, SKY_WIDTH_PX, Daylight, ray_directions, solid_angles
from core.render.mitsuba_engine import mitsuba_session
from core.types import FloatImage

__all__ = ["HDRI_SUFFIXES", "hdri_files", "light_of", "read_hdri", "with_hdri"]

# The npm package @pmndrs/assets wraps each EXR as base64 in a script.
HDRI_SUFFIXES = (".exr.js", ".exr", ".hdr")
# Columns kept a column of the sky, so that a rotation is true to 0.94°.
FINE = 4
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # of linear sRGB, ITU-R BT.709
Variables = TypeVar("Variables", bound=CloseUpVariables)


def hdri_files(hdri_dir: Path) -> Mapping[str, Path]:
    """Find a folder's HDRIs.

    Args:
        hdri_dir: its ``.hdr``, ``.exr`` and ``.exr.js`` files count; folders below it do not.

    Returns:
        Name without suffix → file, sorted by name.

    Raises:
        ConfigError: no such folder, none in it, or two of one name.
    """
    if not hdri_dir.is_dir():
        raise ConfigError(f"{hdri_dir}: expected a folder of HDRIs ({', '.join(HDRI_SUFFIXES)}), found no folder")
    found: dict[str, Path] = {}
    for path in sorted(hdri_dir.iterdir()):
        suffix = next((s for s in HDRI_SUFFIXES if path.name.lower().endswith(s)), None)
        if suffix is None:
            continue
        name = path.name[: -len(suffix)]
        if name in found or name == SUNSKY:
            other = found[name].name if name in found else "Mitsuba's sky"
            raise ConfigError(f"{path}: expected names of their own, received {other} of the same name; rename one")
        found[name] = path
    if not found:
        raise ConfigError(
            f"{hdri_dir}: expected HDRIs ({', '.join(HDRI_SUFFIXES)}), found none; "
            "`npm pack @pmndrs/assets` and `tar xzf pmndrs-assets-*.tgz` leave 18 in package/hdri"
        )
    return dict(sorted(found.items()))


def with_hdri(variables: Variables, seed: int, hdri_dir: Path | None) -> Variables:
    """Draw one of the folder's HDRIs and its rotation for a scene; without a folder the variables stay as they are.

    Raises:
        ConfigError: the folder has no HDRIs (see ``hdri_files``).
    """
    if hdri_dir is None:
        return variables
    # A generator of its own: with and without HDRIs a seed means the same scene.
    rng = np.random.default_rng([seed, 61])
    name = str(rng.choice(list(hdri_files(hdri_dir))))
    return replace(variables, light=name, hdri_rotation_deg=float(rng.uniform(0.0, 360.0)))


def light_of(variables: CloseUpVariables, daylight: Daylight, hdri_dir: Path | None) -> Daylight:
    """What lights the subject: the daylight itself, or the HDRI that the variables name, as strong as it.

    As strong: from all directions together it brings as much luminance, sun included, so that the subject
    stands as bright before its landscape as under sunsky.

    Args:
        variables: their ``light`` and ``hdri_rotation_deg`` count.
        daylight: of the landscape.
        hdri_dir: where the HDRI is.

    Returns:
        For an HDRI: its panorama, below the horizon too, and no sun beside what the panorama holds.

    Raises:
        ConfigError: no such HDRI, or it cannot be read.
    """
    if variables.light == SUNSKY:
        return daylight
    if hdri_dir is None:
        raise ConfigError(f"light: expected {SUNSKY}, received {variables.light!r}; name its folder in hdri_dir")
    files = hdri_files(hdri_dir)
    check_name("light", variables.light, (SUNSKY, *files))
    path = files[variables.light]
    fine = np.roll(_fine_panorama(path, path.stat().st_mtime_ns), _turn_columns(variables.hdri_rotation_deg), axis=1)
    panorama = fine.reshape(SKY_HEIGHT_PX, SKY_WIDTH_PX, FINE, 3).mean(2)
    weight = solid_angles()[:, None, None]
    flux = float((panorama * weight).sum((0, 1)) @ LUMINANCE)
    if flux <= 0.0:
        raise ConfigError(f"{path}: expected an HDRI with light in it, received a black one; take it out of the folder")
    wanted = float(((daylight.radiance_hwc * weight).sum((0, 1)) + daylight.sun_irradiance) @ LUMINANCE)
    panorama = panorama * (wanted / flux)
    half = SKY_HEIGHT_PX // 2
    level = np.asarray(panorama * weight * ray_directions()[..., 2:3])[:half]
    return Daylight(
        radiance_hwc=panorama.astype(np.float32),
        sun_direction=daylight.sun_direction,
        sun_irradiance=np.zeros(3),
        ground_irradiance=level.sum((0, 1)),
        horizon_radiance=panorama[half - 3 : half].mean((0, 1)),
    )


def read_hdri(path: Path) -> FloatImage:
    """Read a latitude-longitude panorama.

    Returns:
        float32 RGB, shape (H, 2 H, 3), linear, as stored: lossy files hold negative values beside the sun.

    Raises:
        ConfigError: the file is no HDRI, is damaged, or is not twice as wide as high.
    """
    try:
        data = path.read_bytes()
        if path.name.lower().endswith(".js"):
            data = _unwrapped(data)
        pixels = _decoded_hdr(data) if path.suffix.lower() == ".hdr" else _decoded_exr(data)
    except (OSError, ValueError, RuntimeError, cv2.error) as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise ConfigError(
            f"{path}: expected an HDRI (Radiance .hdr, OpenEXR .exr, or .exr.js of @pmndrs/assets), "
            f"received what cannot be read ({reason}); replace it or take it out of the folder"
        ) from error
    height, width = pixels.shape[:2]
    if width != 2 * height:
        raise ConfigError(
            f"{path}: expected a latitude-longitude panorama, twice as wide as high, received {width} × {height} px"
        )
    return pixels


@lru_cache(maxsize=64)
def _fine_panorama(path: Path, modified_ns: int) -> FloatImage:
    """float32 (48, 384, 3) in the azimuth of ``core.render.daylight``; a changed file is read again."""
    # NaN is nothing; what half floats overflowed to is their greatest number.
    pixels = np.nan_to_num(read_hdri(path), nan=0.0, posinf=65504.0, neginf=0.0)
    # One side after the other: area averaging needs neither to grow.
    for size in ((SKY_WIDTH_PX * FINE, pixels.shape[0]), (SKY_WIDTH_PX * FINE, SKY_HEIGHT_PX)):
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    # Only now: the negative values that lossy compression leaves beside the sun belong to the sun's mean.
    # Columns of a panorama run to the right, azimuth to the left.
    fine: FloatImage = np.maximum(pixels, 0.0)[:, ::-1]
    return fine


def _turn_columns(rotation_deg: float) -> int:
    return round(rotation_deg / 360.0 * SKY_WIDTH_PX * FINE)


def _unwrapped(script: bytes) -> bytes:
    """The file inside ``export default 'data:application/exr;base64,…'``."""
    match = re.search(rb"base64,([A-Za-z0-9+/=]+)", script)
    if match is None:
        raise ValueError("no base64 in it")
    try:
        return base64.b64decode(match.group(1), validate=True)
    except binascii.Error as error:
        raise ValueError(f"its base64 is damaged: {error}") from error


def _decoded_hdr(data: bytes) -> FloatImage:
    # OpenCV refuses a file that is cut off, which Mitsuba fills with zeros.
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    if bgr is None or bgr.dtype != np.float32:
        raise ValueError("not a whole Radiance file")
    return np.ascontiguousarray(bgr[..., ::-1], np.float32)


def _decoded_exr(data: bytes) -> FloatImage:
    # From a file: at the end of a memory stream Mitsuba reads on, and never comes back from a file cut off.
    with mitsuba_session() as mitsuba, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "panorama.exr"
        path.write_bytes(data)
        bitmap = mitsuba.Bitmap(str(path))
        if bitmap.component_format() not in (mitsuba.Struct.Type.Float16, mitsuba.Struct.Type.Float32):
            raise ValueError("its pixels are not floats")
        rgb = bitmap.convert(mitsuba.Bitmap.PixelFormat.RGB, mitsuba.Struct.Type.Float32, srgb_gamma=False)
        return np.array(rgb, np.float32)
