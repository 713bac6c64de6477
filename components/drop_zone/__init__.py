"""Drop zone that sends photos straight to the API; see ``component`` for the Python side."""

from components.drop_zone.component import UploadChoice, UploadFailure, drop_zone

__all__ = ["UploadChoice", "UploadFailure", "drop_zone"]
