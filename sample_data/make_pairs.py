"""Render the five sample pairs again: ``python sample_data/make_pairs.py``. About five minutes.

``pairs/render/NAME.jpg`` is a render as datasets have them. ``pairs/high_fidelity_render/NAME.jpg`` stands in for the
field photo that belongs to it: the same scene, traced with many more light paths and taken out of focus, with sensor
noise and strong JPEG. No photo of anybody else is shipped; drop your own on the Pairs page.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from core.render.pole_tops import render_pole_top
from core.render.result import Render
from core.render.shackles import render_shackle

FOLDER = Path(__file__).parent / "pairs"
SIZE_PX = 448
SHACKLE_SEEDS, TOP_SEEDS = (710_001, 710_004, 710_007), (720_002, 720_005)
FINE_SAMPLES = 96
CLEAN: Mapping[str, float] = {"defocus_px": 0.0, "sharpness": 0.3, "noise": 0.0, "jpeg_quality": 95.0}
FIELD: Mapping[str, float] = {"defocus_px": 1.4, "sharpness": 0.0, "noise": 0.035, "jpeg_quality": 62.0}
JPEG_QUALITY = 88


def main() -> None:
    """Render everything; the same code gives the same files."""
    for number, seed in enumerate(SHACKLE_SEEDS, start=1):
        _save(render_shackle(seed, size_px=SIZE_PX, wanted=dict(CLEAN)), "render", f"shackle_{number}")
        fine = render_shackle(seed, size_px=SIZE_PX, samples=FINE_SAMPLES, wanted=dict(FIELD))
        _save(fine, "high_fidelity_render", f"shackle_{number}")
    for number, seed in enumerate(TOP_SEEDS, start=1):
        _save(render_pole_top(seed, size_px=SIZE_PX, wanted=dict(CLEAN)), "render", f"pole_top_{number}")
        fine = render_pole_top(seed, size_px=SIZE_PX, samples=FINE_SAMPLES, wanted=dict(FIELD))
        _save(fine, "high_fidelity_render", f"pole_top_{number}")


def _save(render: Render, kind: str, name: str) -> None:
    data = io.BytesIO()
    Image.fromarray(render.image_hwc).save(data, "JPEG", quality=JPEG_QUALITY)
    (FOLDER / kind).mkdir(parents=True, exist_ok=True)
    (FOLDER / kind / f"{name}.jpg").write_bytes(data.getvalue())


if __name__ == "__main__":
    main()
