"""A light 2.5D compositor for photos of overhead-line poles: solids with a z-buffer over ground and sky."""
