"""Bytes → pixels: what a file is, what it tells, scaled upright decoding, variants and tiles."""

from core.imaging.decode import decode_upright, resize_to, resize_to_long_side
from core.imaging.photo import describe
from core.imaging.sniff import identify
from core.imaging.tiles import level_count, tile_origins, viewer_tile
from core.imaging.variants import VariantKind, encode_jpeg, encode_variant

__all__ = [
    "VariantKind",
    "decode_upright",
    "describe",
    "encode_jpeg",
    "encode_variant",
    "identify",
    "level_count",
    "resize_to",
    "resize_to_long_side",
    "tile_origins",
    "viewer_tile",
]
