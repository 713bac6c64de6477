"""Keras architectures: a backbone and a head. With ``training`` and ``explain``, the only rooms that import Keras."""

from core.networks.architecture import Architecture, build
from core.networks.load import load

__all__ = ["Architecture", "build", "load"]
