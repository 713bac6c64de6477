"""Scores of answers on labelled photos: matching, curves, calibration, prediction sets."""
