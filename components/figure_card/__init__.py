"""A figure with its ways out: PNG, SVG and CSV."""

from components.figure_card.component import PickedPoint, figure_card

__all__ = ["PickedPoint", "figure_card"]
