"""Zoomable photo with boxes and a heat map; see ``component`` for the Python side, ``web/`` for the browser's."""

from components.photo_viewer.component import HeatChoice, View, ViewerChoice, photo_viewer

__all__ = ["HeatChoice", "View", "ViewerChoice", "photo_viewer"]
