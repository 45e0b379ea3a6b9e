"""Calls to the service, made again where that may help."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Union
from weakref import WeakKeyDictionary

import httpx

from .errors import MissingReward, PlumblineError, error_of
from .samples import Reward, Sample, batches, body_of, rewards_of
from .settings import Settings

#: Statuses after which the same call may succeed. The service's repeats are safe: a judgment is made and charged once.
REPEATED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 507, 520, 529})


class Client:
    """Rewards, waited for. One client serves any number of threads; a forked process makes connections of its own."""

    def __init__(self, settings: Settings | None = None, transport: httpx.BaseTransport | None = None):
        self.settings = settings or Settings.from_environment()
        self._transport = transport
        self._https: dict[int, httpx.Client] = {}

    def rewards(self, samples: Sequence[Sample]) -> list[Reward]:
        """A reward for each sample, in their order. Raises ``PlumblineError`` where the service refuses the call."""
        calls = batches(samples, self.settings.batch)

        def asked(places: list[int]) -> list[Reward]:
            part = [samples[place] for place in places]
            return rewards_of(self.call(body_of(part)), len(part))

        if len(calls) < 2:
            found = [asked(places) for places in calls]
        else:
            with ThreadPoolExecutor(min(self.settings.concurrency, len(calls))) as pool:
                found = list(pool.map(asked, calls))
        return _in_order(len(samples), calls, found)

    def _http(self) -> httpx.Client:
        http = self._https.get(os.getpid())
        if http is None:
            http = httpx.Client(**_options(self.settings), transport=self._transport)
            self._https = {os.getpid(): http}
        return http

    def call(self, body: Any) -> Any:
        """What the service answers to a body. Raises ``PlumblineError`` where it refuses it, or after the last try."""
        http = self._http()
        for attempt in range(1, self.settings.tries + 1):
            answer: _Answer
            try:
                answer = http.post(self.settings.url, json=body)
            except httpx.TransportError as error:
                answer = error
            wait = _wait(answer, attempt, self.settings.tries)
            if wait is None:
                return _read(answer)
            time.sleep(wait)
        raise AssertionError("the last try is never waited after")


class AsyncClient:
    """The same for code in an event loop. Each loop has connections of its own."""

    def __init__(self, settings: Settings | None = None, transport: httpx.AsyncBaseTransport | None = None):
        self.settings = settings or Settings.from_environment()
        self._transport = transport
        self._https: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()

    async def rewards(self, samples: Sequence[Sample]) -> list[Reward]:
        """A reward for each sample, in their order. Raises ``PlumblineError`` where the service refuses the call."""
        calls = batches(samples, self.settings.batch)
        free = asyncio.Semaphore(self.settings.concurrency)

        async def asked(places: list[int]) -> list[Reward]:
            async with free:
                part = [samples[place] for place in places]
                return rewards_of(await self.call(body_of(part)), len(part))

        found = await asyncio.gather(*(asked(places) for places in calls))
        return _in_order(len(samples), calls, found)

    def _http(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        http = self._https.get(loop)
        if http is None:
            http = httpx.AsyncClient(**_options(self.settings), transport=self._transport)
            self._https[loop] = http
        return http

    async def call(self, body: Any) -> Any:
        """What the service answers to a body. Raises ``PlumblineError`` where it refuses it, or after the last try."""
        http = self._http()
        for attempt in range(1, self.settings.tries + 1):
            answer: _Answer
            try:
                answer = await http.post(self.settings.url, json=body)
            except httpx.TransportError as error:
                answer = error
            wait = _wait(answer, attempt, self.settings.tries)
            if wait is None:
                return _read(answer)
            await asyncio.sleep(wait)
        raise AssertionError("the last try is never waited after")


def client() -> Client:
    """The client of this process, by the environment as it is now."""
    return _client(Settings.from_environment())


def async_client() -> AsyncClient:
    """The same for event loops."""
    return _async_client(Settings.from_environment())


@lru_cache(maxsize=8)
def _client(settings: Settings) -> Client:
    return Client(settings)


@lru_cache(maxsize=8)
def _async_client(settings: Settings) -> AsyncClient:
    return AsyncClient(settings)


_Answer = Union[httpx.Response, httpx.TransportError]


def numbers(rewards: Sequence[Reward], settings: Settings) -> list[float]:
    """The rewards for a framework that takes no ``None``: a missing one is ``on_error``, or raises ``MissingReward``."""
    return [_number(one, settings) for one in rewards]


def _number(one: Reward, settings: Settings) -> float:
    if one.reward is not None:
        return float(one.reward)
    if settings.on_error is not None:
        return settings.on_error
    error = one.error or {}
    why = error.get("message", "its judgment has no score.")
    raise MissingReward(
        f"A sample has no reward: {why} Set PLUMBLINE_ON_ERROR to a number to go on without it.",
        code=str(error.get("code", "not_scored")),
    )


def _options(settings: Settings) -> dict:
    headers = {} if settings.key is None else {"authorization": f"Bearer {settings.key}"}
    # Trainers that reward a sample a call have a whole step under way at once, and the service gathers their groups.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
    timeout = httpx.Timeout(settings.timeout, connect=min(10.0, settings.timeout), pool=None)
    return {"headers": headers, "limits": limits, "timeout": timeout}


def _wait(answer: _Answer, attempt: int, tries: int) -> float | None:
    """Seconds until the next try; None where there is none."""
    if attempt >= tries:
        return None
    if isinstance(answer, httpx.TransportError):
        return _backoff(attempt)
    if answer.status_code not in REPEATED:
        return None
    try:
        return min(120.0, float(answer.headers["retry-after"])) + random.random()
    except (KeyError, ValueError):
        return _backoff(attempt)


def _backoff(attempt: int) -> float:
    return min(30.0, 2.0**attempt) * (0.5 + random.random() / 2)


def _read(answer: _Answer) -> Any:
    if isinstance(answer, httpx.TransportError):
        raise PlumblineError(f"The service can't be reached: {answer!r}.", code="transport") from answer
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.status_code != 200:
        raise error_of(body, answer.status_code)
    return body


def _in_order(count: int, calls: Sequence[Sequence[int]], found: Sequence[Sequence[Reward]]) -> list[Reward]:
    rewards: list[Reward | None] = [None] * count
    for places, answered in zip(calls, found):
        for place, one in zip(places, answered):
            rewards[place] = one
    return [one for one in rewards if one is not None]
