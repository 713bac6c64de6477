"""Fitting networks on labelled photos, and turning them into model folders."""
