"""Keeping other websites' scripts from posting to an API that listens on loopback without a password."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_foreign(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a browser sent this changing request from another site's page.

    Programs such as curl send neither header and are let through: they need no page to trick.

    Args:
        method: HTTP method.
        headers: with lower-case names.

    Source: OWASP, "Cross-Site Request Forgery Prevention", Fetch Metadata and Origin checks.
    """
    if method in SAFE_METHODS:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
