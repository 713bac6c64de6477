"""A figure with its ways out: PNG, SVG and CSV."""

from components.figure_card.component import figure_card

__all__ = ["figure_card"]
