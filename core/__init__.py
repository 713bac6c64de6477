"""Gridlens: inspect overhead-line photos, show why, and measure how far to trust it."""

__version__ = "0.1.0"
