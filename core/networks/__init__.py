"""Keras architectures: a backbone and a head. With ``training`` and ``explain``, the only rooms that import Keras."""

from core.networks import load_order as load_order  # first, before anything imports Keras
from core.networks.architecture import Architecture, build, feature_layer
from core.networks.load import load

__all__ = ["Architecture", "build", "feature_layer", "load"]
