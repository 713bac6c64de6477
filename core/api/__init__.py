"""The REST API. ``create_api(settings)`` gives an ASGI app; the dashboard mounts it at ``/api``."""

from core.api.app import create_api

__all__ = ["create_api"]
