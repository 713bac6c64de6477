"""Two pictures side by side or under a slider, with one zoom."""

from components.pair_viewer.component import PairPicture, pair_viewer

__all__ = ["PairPicture", "pair_viewer"]
