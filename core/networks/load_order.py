"""Loads Dr.Jit before TensorFlow.

Mitsuba's Dr.Jit 1.5, loaded after TensorFlow 2.21 in the same process, ends it with a segmentation
fault; loaded before, both work side by side. Every room that imports Keras imports this first.
"""

from contextlib import suppress

with suppress(ImportError):  # a machine that only answers or trains may do without Mitsuba
    import drjit  # noqa: F401
