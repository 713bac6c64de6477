"""Every kind of bad file that people drop, and odd but good ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.imaging.pictures import bomb_png
from tests.services.toys import write_photo


def write_bad_files(folder: Path) -> dict[Path, str]:
    """Files that are no photos → words that their error must hold."""
    folder.mkdir(parents=True, exist_ok=True)
    good = write_photo(folder / "whole.jpg", seed=99).read_bytes()
    (folder / "whole.jpg").unlink()
    contents = {
        "empty.jpg": (b"", "empty file"),
        "text.jpg": (b"hello, this is not a photo\n", "text"),
        "cut.jpg": (good[: len(good) // 2], "cut off"),
        "drawing.svg.png": (b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "SVG"),
        "zeros.jpg": (bytes(5000), "zeros"),
    }
    for name, (data, _) in contents.items():
        (folder / name).write_bytes(data)
    Image.new("RGB", (1, 1)).save(folder / "dot.png")
    return {
        **{folder / name: words for name, (_, words) in contents.items()},
        folder / "dot.png": "1 × 1",
        bomb_png(folder / "bomb.png"): "megapixels",
    }


def write_odd_files(folder: Path) -> list[Path]:
    """Photos in uncommon forms, and under uncommon names."""
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(write_photo(folder / "plain.jpg", seed=50)) as picture:
        colour = picture.convert("RGB")
    colour.convert("CMYK").save(folder / "cmyk.jpg")
    colour.convert("L").save(folder / "grey.jpg")
    Image.fromarray(np.asarray(colour.convert("L")).astype(np.uint16) * 257).save(folder / "sixteen.png")
    frames = [colour.rotate(angle) for angle in (0, 90)]
    frames[0].save(folder / "moving.webp", save_all=True, append_images=frames[1:])
    colour.save(folder / "scan.tiff")
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        colour.save(folder / f"turned_{orientation}.jpg", exif=exif, quality=80 + orientation)
    for number, name in enumerate(
        ("we\"ird 'quotes'.jpg", "<b>bold</b>.jpg".replace("/", "∕"), "pole 😀 ø.jpg", "=1+1.jpg")
    ):
        write_photo(folder / name, seed=60 + number)
    return sorted(folder.iterdir())
