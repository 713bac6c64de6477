"""Small pictures in a grid, one of which can be chosen."""

from components.channel_grid.component import Cell, channel_grid

__all__ = ["Cell", "channel_grid"]
