"""Render the sample photos again: ``python sample_data/make_samples.py [poles] [shackles]``. About ten minutes.

40 photos along one fictional line (``poles/``) and 10 shackle close-ups (``shackles/``), with EXIF time,
position and camera, and their ground truth in ``poles.csv``, ``top_caps.csv`` and ``shackles.csv``. The poles that
ship were rendered at commit 61780db, the shackles at 12e1b99; later renderers draw the same seeds otherwise.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from PIL import Image

from core.render.poles import render_pole
from core.render.result import Render
from core.render.shackles import render_shackle

FOLDER = Path(__file__).parent
SCENES = {"TREE": 13, "STEEL": 6, "CONCRETE": 3, "NONE": 2}
POLE_TOPS = 16
SCENE_PX, POLE_TOP_PX, SHACKLE_PX = 1536, 1024, 512
JPEG_QUALITY = 82
FIRST_POLE_LAT_LON = (61.2042, 8.5271)
SPAN_M, BEARING_DEG = 92.0, 38.0
TAKE_OFF = datetime(2026, 6, 12, 9, 4, 0, tzinfo=UTC)


def main() -> None:
    """Render all, or what is named; the same code gives the same files."""
    named = sys.argv[1:] or list(_MAKERS)
    for name in named:
        _MAKERS[name]()


def _make_poles() -> None:
    poles = [*_scenes(), *_pole_tops()]
    # Tops and whole scenes alternate, as a helicopter that looks twice would bring them.
    order = sorted(range(len(poles)), key=lambda i: (i * 0.618) % 1)
    rows = [_save(poles[i], "poles", n) for n, i in enumerate(order, start=1)]
    _write("poles.csv", ["path", "label"], [[path, poles[i].label] for path, i in zip(rows, order, strict=True)])
    boxes = [
        [path, box.label, *(round(v, 1) for v in box.box_xyxy_px)]
        for path, i in zip(rows, order, strict=True)
        for box in poles[i].boxes
    ]
    _write("top_caps.csv", ["path", "label", "x_min", "y_min", "x_max", "y_max"], boxes)


def _make_shackles() -> None:
    shackles = [render_shackle(700_000 + i, size_px=SHACKLE_PX) for i in range(10)]
    values = [(_save(r, "shackles", n), r.value) for n, r in enumerate(shackles, start=1)]
    _write("shackles.csv", ["path", "value"], [[path, round(value or 0.0, 4)] for path, value in values])


_MAKERS = {"poles": _make_poles, "shackles": _make_shackles}


def _scenes() -> Iterator[Render]:
    """The first seeds whose small preview has a wanted label and shows it as an inspector would take it."""
    wanted = dict(SCENES)
    for seed in itertools.count(600_000):
        if not any(wanted.values()):
            return
        preview = render_pole(seed, size_px=96)
        if wanted.get(preview.label or "", 0) and _is_well_taken(preview.variables):
            wanted[preview.label or ""] -= 1
            yield render_pole(seed, size_px=SCENE_PX)


def _is_well_taken(variables: Mapping[str, float | str]) -> bool:
    """Seen from a helicopter, in daylight, sharp."""
    return (
        "above" in str(variables["mode"])
        and 0.75 <= float(variables["exposure_gain"]) <= 1.3
        and float(variables["defocus_px"]) < 0.6
        and float(variables["noise_of_255"]) < 6
        and not float(variables["motion_blur"])
    )


def _pole_tops() -> list[Render]:
    tops: list[Render] = []
    for seed in itertools.count(650_000):
        preview = render_pole(seed, size_px=POLE_TOP_PX // 4, variant="top")
        if preview.boxes and _is_well_taken({**preview.variables, "mode": "above"}):
            tops.append(render_pole(seed, size_px=POLE_TOP_PX, variant="top"))
        if len(tops) == POLE_TOPS:
            return tops
    return tops


def _save(render: Render, kind: str, number: int) -> str:
    path = f"{kind}/{'line7_' if kind == 'poles' else 'joint_'}{number:03d}.jpg"
    (FOLDER / kind).mkdir(exist_ok=True)
    data = io.BytesIO()
    Image.fromarray(render.image_hwc).save(data, "JPEG", quality=JPEG_QUALITY, exif=_exif(number))
    (FOLDER / path).write_bytes(data.getvalue())
    return path


def _exif(number: int) -> Image.Exif:
    """Time, position and camera of the n-th stop along the line."""
    taken = TAKE_OFF + timedelta(seconds=23 * number)
    north_m = SPAN_M * number * math.cos(math.radians(BEARING_DEG))
    east_m = SPAN_M * number * math.sin(math.radians(BEARING_DEG))
    lat = FIRST_POLE_LAT_LON[0] + north_m / 111_320
    lon = FIRST_POLE_LAT_LON[1] + east_m / (111_320 * math.cos(math.radians(lat)))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Gridlens", "Render"
    exif.get_ifd(0x8769).update({0x9003: taken.strftime("%Y:%m:%d %H:%M:%S"), 0x9011: "+00:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: _degrees(lat), 3: "E", 4: _degrees(lon)})
    return exif


def _degrees(value: float) -> tuple[Fraction, Fraction, Fraction]:
    minutes, degrees = math.modf(value)
    seconds, minutes = math.modf(minutes * 60)
    return Fraction(int(degrees)), Fraction(int(minutes)), Fraction(round(seconds * 60 * 1000), 1000)


def _write(name: str, head: list[str], rows: list[list[object]]) -> None:
    with (FOLDER / name).open("w", newline="") as file:
        csv.writer(file).writerows([head, *rows])


if __name__ == "__main__":
    main()
