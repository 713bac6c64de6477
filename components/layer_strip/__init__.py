"""The layers of a network as bars from the photo to the answer, with the place where one is."""

from components.layer_strip.component import LayerBar, layer_strip

__all__ = ["LayerBar", "layer_strip"]
