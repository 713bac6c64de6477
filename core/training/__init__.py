"""Fitting networks on labelled photos, and turning them into model folders."""

from core.networks import load_order as load_order  # first, before anything imports Keras
