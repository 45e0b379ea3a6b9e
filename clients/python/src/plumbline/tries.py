"""How often a call is made, and how long after each other."""

from __future__ import annotations

import logging
import random
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Union

import httpx

from .address import shown
from .settings import Settings

#: Statuses after which the same call may succeed. The service's repeats are safe: a judgment is made and charged once.
REPEATED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 507, 520, 529})
LONGEST_WAIT = 120.0
LONGEST_DEADLINE_MS = 600_000

Answer = Union[httpx.Response, httpx.RequestError]
_logger = logging.getLogger("plumbline")


class Tries:
    """The tries of one call. Together they take no longer than ``settings.deadline`` seconds, where it says so."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._made = 0
        self._ends = None if settings.deadline is None else time.monotonic() + settings.deadline

    def options(self) -> dict:
        """Of the next try: how long it may take, which the service is told so that it answers in that time."""
        self._made += 1
        left = self._settings.timeout if self._ends is None else self._ends - time.monotonic()
        seconds = max(0.05, min(self._settings.timeout, left))
        told = max(1, min(LONGEST_DEADLINE_MS, int(seconds * 950)))
        return {
            "timeout": httpx.Timeout(seconds, connect=min(10.0, seconds), pool=None),
            "headers": {"content-type": "application/json", "x-deadline-ms": str(told)},
        }

    def wait(self, answer: Answer) -> float | None:
        """Seconds until the next try; None where there is none."""
        if self._made >= self._settings.tries or not _may_pass(answer):
            return None
        seconds = _asked(answer)
        if seconds is None:
            seconds = min(30.0, 2.0**self._made) * (0.5 + random.random() / 2)
        if self._ends is not None and time.monotonic() + seconds >= self._ends:
            return None
        what = type(answer).__name__ if isinstance(answer, httpx.RequestError) else f"status {answer.status_code}"
        _logger.warning(
            "%s: %s, try %d of %d; the next in %.1f s.",
            *(shown(self._settings.url), what, self._made, self._settings.tries, seconds),
        )
        return seconds


def _may_pass(answer: Answer) -> bool:
    if isinstance(answer, httpx.RequestError):
        return isinstance(answer, (httpx.TransportError, httpx.DecodingError))
    return answer.status_code in REPEATED


def _asked(answer: Answer) -> float | None:
    """What Retry-After asks for, seconds or a date, and a little more, lest all callers come back at once."""
    given = "" if isinstance(answer, httpx.RequestError) else answer.headers.get("retry-after", "")
    try:
        seconds = float(given)
    except ValueError:
        try:
            date = parsedate_to_datetime(given)
        except (TypeError, ValueError):
            return None
        at = date if date.tzinfo is not None else date.replace(tzinfo=timezone.utc)
        seconds = (at - datetime.now(timezone.utc)).total_seconds()
    if seconds != seconds:
        return None
    return min(LONGEST_WAIT, max(0.0, seconds)) + random.random()
