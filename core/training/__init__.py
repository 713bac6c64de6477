"""Fitting networks on labelled photos, and turning them into model folders.

Reading and checking a config (``core.training.config``) needs no Keras, so that pages can do it.
"""

from contextlib import suppress

with suppress(ImportError):  # before anything imports TensorFlow; see core.networks.load_order
    import drjit  # noqa: F401
