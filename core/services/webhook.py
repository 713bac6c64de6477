"""Plugins that live elsewhere: a JSON document is posted to their address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """How posting to a webhook went.

    Attributes:
        is_delivered: whether the other side answered with a 2xx status.
        status: its HTTP status; None where there was no answer.
        error: what went wrong, fit to show; None where nothing did.
    """

    is_delivered: bool
    status: int | None
    error: str | None

    def as_metadata(self) -> dict[str, Any]:
        """For the photo's metadata log."""
        return {"delivered": self.is_delivered, "status": self.status, "error": self.error}


def post_webhook(address: str, document: Mapping[str, Any], timeout_s: float = TIMEOUT_S) -> Delivery:
    """POST a document as JSON. Never raises for what the network or the other side does.

    Redirects are not followed: the address was agreed on by a person, a redirect's was not.

    Args:
        address: http or https address.
        document: JSON-ready values.
        timeout_s: for connecting, sending and each wait for bytes, seconds.
    """
    # Imported here: only an installation with webhooks pays for it.
    import httpx

    try:
        response = httpx.post(address, json=dict(document), timeout=timeout_s, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Delivery(False, None, f"{address}: no answer ({type(error).__name__}: {error})")
    if response.is_success:
        return Delivery(True, response.status_code, None)
    return Delivery(False, response.status_code, f"{address}: expected status 2xx, received {response.status_code}")
