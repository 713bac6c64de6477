"""Relevance maps, feature maps and their scores, on Keras networks.

Importing this room loads no TensorFlow; the first map does.
"""

from core import networks as networks  # first, before anything imports TensorFlow (see core.networks.load_order)
from core.explain.engine import explain, explain_layers
from core.explain.methods import METHODS, Method
from core.explain.result import Explanation
from core.explain.subject import Subject, subject_of

__all__ = ["METHODS", "Explanation", "Method", "Subject", "explain", "explain_layers", "subject_of"]
