"""Thumbnails of many photos, the urgent ones first; see ``component`` for the Python side."""

from components.gallery.component import GalleryPhoto, photo_gallery

__all__ = ["GalleryPhoto", "photo_gallery"]
