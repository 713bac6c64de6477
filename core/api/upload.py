"""One uploaded file from a multipart request, given to the store as it comes.

Starlette's own form parser spools to the temporary folder (often memory) and knows no limit for files;
this one never holds more than a network chunk and stops reading at the limit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from core.errors import InputError
from core.store import Store
from core.store.intake import UploadSink

MULTIPART_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
"""For the OpenAPI document, which cannot see a body that is read as a stream."""

_BROWSER_ESCAPES = (("%22", '"'), ("%0D", "\r"), ("%0A", "\n"))


async def receive_file(request: Request, store: Store) -> UploadSink:
    """Stream the part named ``file`` of a multipart request into the store's incoming folder.

    Args:
        request: its body must not have been read.
        store: its settings limit the size.

    Returns:
        The whole upload, hashed, not yet a photo: call ``finish`` or ``abort``.

    Raises:
        PhotoError: the file is over the limit; nothing is left on disk, ``request.state.file_name`` says which.
        InputError: not a multipart request with a file part, or it ended early.
        StoreError: the disk is full.
    """
    content_type, options = parse_options_header(request.headers.get("content-type"))
    if content_type != b"multipart/form-data" or not options.get(b"boundary"):
        raise InputError("expected a multipart/form-data request with a part named 'file', received another kind")
    part = _FilePart(store.open_upload)
    parser = MultipartParser(options[b"boundary"], part.callbacks())
    try:
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
        return part.whole()
    except BaseException as error:
        part.abort()
        request.state.file_name = part.file_name
        if isinstance(error, FormParserError):
            raise InputError(f"expected a well-formed multipart request, received: {error}") from error
        if isinstance(error, ClientDisconnect):
            raise InputError("the upload ended before the file was complete; send it again") from error
        raise


class _FilePart:
    """Passes the bytes of the part named ``file`` on, and skips all other parts."""

    def __init__(self, open_upload: Callable[[str], UploadSink]) -> None:
        self.file_name = ""
        self._open_upload = open_upload
        self._header_name, self._header_value = b"", b""
        self._sink: UploadSink | None = None
        self._is_inside, self._is_whole = False, False

    def callbacks(self) -> Any:
        """What the parser calls."""
        return {
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_part_data": self._on_data,
            "on_part_end": self._on_part_end,
        }

    def whole(self) -> UploadSink:
        """The upload, once its part has ended."""
        if self._sink is None or not self._is_whole:
            raise InputError("expected a complete part named 'file' with a file name, received none; send it again")
        return self._sink

    def abort(self) -> None:
        """Leave nothing on disk."""
        if self._sink is not None:
            self._sink.abort()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        name, value = self._header_name.lower(), self._header_value
        self._header_name, self._header_value = b"", b""
        if name != b"content-disposition" or self._sink is not None:
            return
        _, options = parse_options_header(value)
        if options.get(b"name") == b"file" and b"filename" in options:
            given = options[b"filename"].decode("utf-8", "replace")
            for escape, character in _BROWSER_ESCAPES:
                given = given.replace(escape, character)
            self.file_name = given
            self._sink, self._is_inside = self._open_upload(given), True

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._sink is not None and self._is_inside:
            self._sink.write(data[start:end])

    def _on_part_end(self) -> None:
        self._is_whole = self._is_whole or self._is_inside
        self._is_inside = False
