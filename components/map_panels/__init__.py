"""Maps over photos side by side, with one zoom, opacity, threshold and colour map for all."""

from components.map_panels.component import Grid, Look, Panel, PanelsChoice, map_panels

__all__ = ["Grid", "Look", "Panel", "PanelsChoice", "map_panels"]
