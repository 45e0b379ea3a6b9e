"""Calls to the service, made again where that may help."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import httpx

from .address import shown
from .batches import Placed, batches, body_at, halves, in_order, rewards_at
from .errors import MissingReward, PlumblineError, error_of
from .samples import Reward, Sample, bytes_of
from .settings import Settings
from .tries import Answer, Tries


class Client:
    """Rewards, waited for. One client serves any number of threads; a forked process makes connections of its own."""

    def __init__(self, settings: Settings | None = None, transport: httpx.BaseTransport | None = None):
        self.settings = settings or Settings.from_environment()
        self._transport = transport
        self._https: dict[int, httpx.Client] = {}

    def rewards(self, samples: Sequence[Sample]) -> list[Reward]:
        """A reward for each sample, in their order. Raises ``PlumblineError`` where the service refuses the call."""
        calls = batches(samples, self.settings.batch)
        if len(calls) < 2:
            found = [self._asked(part) for part in calls]
        else:
            pool = ThreadPoolExecutor(min(self.settings.concurrency, len(calls)))
            try:
                found = list(pool.map(self._asked, calls))
            finally:
                pool.shutdown(cancel_futures=True)
        return in_order(found)

    def _asked(self, part: list[Placed]) -> list[tuple[int, Reward]]:
        try:
            return rewards_at(part, self.call(body_at(part)))
        except PlumblineError as error:
            smaller = halves(part, error)
        return [one for half in smaller for one in self._asked(half)]

    def _http(self) -> httpx.Client:
        http = self._https.get(os.getpid())
        if http is None:
            http = httpx.Client(**_options(self.settings), transport=self._transport)
            self._https = {os.getpid(): http}
        return http

    def call(self, body: Any) -> Any:
        """What the service answers to a body. Raises ``PlumblineError`` where it refuses it, or after the last try."""
        http, content, tries = self._http(), bytes_of(body), Tries(self.settings)
        while True:
            answer: Answer
            try:
                answer = http.post(self.settings.url, content=content, **tries.options())
            except httpx.RequestError as error:
                answer = error
            wait = tries.wait(answer)
            if wait is None:
                return _read(answer, self.settings)
            time.sleep(wait)


class AsyncClient:
    """The same for code in an event loop. Each loop has connections of its own."""

    def __init__(self, settings: Settings | None = None, transport: httpx.AsyncBaseTransport | None = None):
        self.settings = settings or Settings.from_environment()
        self._transport = transport
        # A thread runs one loop at a time; connections of one that ended are let go with it.
        self._here = threading.local()

    async def rewards(self, samples: Sequence[Sample]) -> list[Reward]:
        """A reward for each sample, in their order. Raises ``PlumblineError`` where the service refuses the call."""
        calls = batches(samples, self.settings.batch)
        free = asyncio.Semaphore(self.settings.concurrency)
        asked = [asyncio.ensure_future(self._asked(part, free)) for part in calls]
        try:
            found = await asyncio.gather(*asked)
        finally:
            for one in asked:
                one.cancel()
        return in_order(found)

    async def _asked(self, part: list[Placed], free: asyncio.Semaphore) -> list[tuple[int, Reward]]:
        try:
            async with free:
                return rewards_at(part, await self.call(body_at(part)))
        except PlumblineError as error:
            smaller = halves(part, error)
        return [one for half in smaller for one in await self._asked(half, free)]

    def _http(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if getattr(self._here, "loop", None) is not loop:
            self._here.http = httpx.AsyncClient(**_options(self.settings), transport=self._transport)
            self._here.loop = loop
        http: httpx.AsyncClient = self._here.http
        return http

    async def call(self, body: Any) -> Any:
        """What the service answers to a body. Raises ``PlumblineError`` where it refuses it, or after the last try."""
        http, content, tries = self._http(), bytes_of(body), Tries(self.settings)
        while True:
            answer: Answer
            try:
                answer = await http.post(self.settings.url, content=content, **tries.options())
            except httpx.RequestError as error:
                answer = error
            wait = tries.wait(answer)
            if wait is None:
                return _read(answer, self.settings)
            await asyncio.sleep(wait)


def client(settings: Settings | None = None) -> Client:
    """The client of this process for these settings, or for the environment as it is now."""
    return _client(settings or Settings.from_environment())


def async_client(settings: Settings | None = None) -> AsyncClient:
    """The same for event loops."""
    return _async_client(settings or Settings.from_environment())


@lru_cache(maxsize=8)
def _client(settings: Settings) -> Client:
    return Client(settings)


@lru_cache(maxsize=8)
def _async_client(settings: Settings) -> AsyncClient:
    return AsyncClient(settings)


def numbers(rewards: Sequence[Reward], settings: Settings) -> list[float]:
    """Rewards for a framework that takes no ``None``: a missing one is ``on_error``, or raises ``MissingReward``."""
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
    return {"headers": headers, "limits": limits, "follow_redirects": True}


def _read(answer: Answer, settings: Settings) -> Any:
    if isinstance(answer, httpx.RequestError):
        what = f"{type(answer).__name__} {answer}".strip()
        message = f"The service at {shown(settings.url)} can't be reached: {what}."
        raise PlumblineError(message, code="transport") from answer
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.status_code != 200:
        raise error_of(body, answer.status_code)
    return body
