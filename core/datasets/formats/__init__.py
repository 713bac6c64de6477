"""Import from and export to the formats of other tools; boxes inside are always pixels of the upright photo."""

from core.datasets.formats.registry import FORMATS, Format, export_dataset, guess_format, read_format

__all__ = ["FORMATS", "Format", "export_dataset", "guess_format", "read_format"]
