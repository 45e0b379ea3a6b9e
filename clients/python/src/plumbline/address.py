"""The address of the service, and the secrets that may stand in it."""

from __future__ import annotations

import logging
import re
from typing import Any

import httpx

_TOKEN = re.compile(r"/k/[^/?#]+")


def parsed(url: str) -> httpx.URL:
    """A URL of http or https with a host. Raises ``ValueError``, which doesn't repeat it: a key may stand in it."""
    try:
        address = httpx.URL(url.strip())
    except (httpx.InvalidURL, UnicodeError):
        address = httpx.URL("")
    if address.scheme not in ("http", "https") or address.host == "":
        raise ValueError("PLUMBLINE_REWARD_URL must be an address that begins with http:// or https://.")
    return address


def parted(url: str) -> tuple[str, str | None]:
    """The URL without its user part, and the key in that, which is sent in a header instead: URLs are logged."""
    address = parsed(url)
    key = address.password or address.username
    return (str(address), None) if key == "" else (str(address.copy_with(username=None, password=None)), key)


def shown(url: str) -> str:
    """A URL as it may be printed: without its token."""
    return _TOKEN.sub("/k/...", url)


class _Masked(logging.Filter):
    """httpx logs the URL of each call, in which a token may stand."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_masked(value) for value in record.args)
        return True


def _masked(value: Any) -> Any:
    return shown(str(value)) if isinstance(value, httpx.URL) else value


logging.getLogger("httpx").addFilter(_Masked())
