"""Against a service that listens: many calls at once, loops and processes that come and go, keys that stay unseen."""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import pickle
import threading
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import httpx
import pytest

from plumbline import AsyncClient, Client, MissingReward, PlumblineError, Sample, Settings
from plumbline.tries import Tries


class Service:
    """Rewards each response with its length, once ``together`` calls are there; knows how many it had at once."""

    def __init__(self):
        self.together = 1
        self.most = self.now = 0
        self.ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        assert self.ready.wait(10)

    async def _serve(self):
        self.all_there = asyncio.Event()
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=2048, limit=1 << 24)
        port = server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/rlhf/plumbline"
        self.ready.set()
        await server.serve_forever()

    async def _answer(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.split("content-length: ")[1].split("\r\n")[0])
                body = json.loads(await reader.readexactly(length))
                await self._wait_for_others()
                if "/moved" in head.split("\r\n")[0]:
                    writer.write(b"HTTP/1.1 308 Gone on\r\nlocation: /rlhf/plumbline\r\ncontent-length: 0\r\n\r\n")
                    continue
                lengths = [len(one["response"]) for one in body["samples"]]
                rewards = [{"reward": one, "score": None, "judgments": [], "error": None} for one in lengths]
                reply = json.dumps({"rewards": rewards}).encode()
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(reply), reply))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _wait_for_others(self):
        self.now += 1
        self.most = max(self.most, self.now)
        if self.now >= self.together:
            self.all_there.set()
        await self.all_there.wait()
        self.now -= 1


@pytest.fixture(scope="module")
def service():
    return Service()


def one(text: str) -> list[Sample]:
    return [Sample(prompt="p", response=text)]


def test_a_step_of_single_calls_is_under_way_at_once(service):
    resource = pytest.importorskip("resource")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = 1024 if soft > 2400 else soft // 4
    service.together = count
    client = AsyncClient(Settings(url=service.url))

    async def step():
        return await asyncio.gather(*(client.rewards(one("x" * at)) for at in range(count)))

    found = asyncio.run(step())
    service.together = 1
    assert [rewards[0].reward for rewards in found] == list(range(count))
    assert service.most == count


def test_loops_that_end_leave_nothing_behind(service):
    client = AsyncClient(Settings(url=service.url))
    for _ in range(3):
        assert asyncio.run(client.rewards(one("xy")))[0].reward == 2
    threads = [threading.Thread(target=lambda: asyncio.run(client.rewards(one("x")))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def _in_child(url: str) -> float:
    from plumbline.client import client

    return client(Settings(url=url)).rewards(one("xyz"))[0].reward


def _fails(url: str) -> float:
    return Client(Settings(url=url, tries=1)).rewards(one("x"))[0].reward


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork here")
def test_a_forked_process_has_connections_of_its_own_and_its_errors_come_back(service):
    assert _in_child(service.url) == 3
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        assert list(pool.map(_in_child, [service.url] * 4, timeout=30)) == [3.0] * 4
        with pytest.raises(PlumblineError, match="can't be reached") as raised:
            pool.submit(_fails, "http://127.0.0.1:9/rlhf/plumbline").result(30)
        assert raised.value.code == "transport"
        assert pool.submit(_in_child, service.url).result(30) == 3


def test_errors_keep_what_they_say_when_they_are_pickled():
    error = pickle.loads(pickle.dumps(MissingReward("Late.", code="model_timeout", status=503, param="samples.0")))
    assert (type(error), str(error), error.code, error.status, error.param) == (
        MissingReward,
        "Late.",
        "model_timeout",
        503,
        "samples.0",
    )


def test_a_redirect_keeps_the_body(service):
    moved = service.url.replace("/rlhf", "/moved")
    assert Client(Settings(url=moved)).rewards(one("xy"))[0].reward == 2


def test_tokens_and_keys_are_in_no_log_and_no_error(service, caplog):
    caplog.set_level(logging.DEBUG)
    for url in (service.url.replace("/rlhf", "/k/plt_secret/rlhf"), service.url.replace("//", "//pk-secret@")):
        settings = Settings(url=url)
        assert Client(settings).rewards(one("xy"))[0].reward == 2
        assert "secret" not in f"{settings!r} {settings}"
    away = "http://pk-secret@127.0.0.1:9/k/plt_secret/rlhf/plumbline"
    with pytest.raises(PlumblineError, match="/k/.../rlhf/plumbline can't be reached") as raised:
        Client(Settings(url=away, tries=2, deadline=0.9)).rewards(one("x"))
    assert "secret" not in f"{raised.value!r}{raised.value.__cause__!r}"
    assert "/k/.../" in caplog.text and "secret" not in caplog.text
    for wrong in ("localhost:8787/secret", "http://secret:secret@:1", "ftp://secret", "http://host:secret"):
        with pytest.raises(ValueError, match="PLUMBLINE_REWARD_URL") as refused:
            Settings(url=wrong)
        assert "secret" not in str(refused.value)
    with pytest.raises(ValueError, match="PLUMBLINE_API_KEY") as refused:
        Settings(key="pk-secret\nx")
    assert "secret" not in str(refused.value)
    assert Settings(key="pk-1\n").key == "pk-1"


def test_settings_that_can_not_be_are_named():
    for wrong in ({"tries": 0}, {"timeout": 0}, {"deadline": -1}, {"batch": 0}, {"timeout": float("nan")}):
        with pytest.raises(ValueError, match=f"PLUMBLINE_{next(iter(wrong)).upper()}"):
            Settings(**wrong)
    with pytest.raises(ValueError, match="PLUMBLINE_ON_ERROR"):
        Settings(on_error=float("nan"))


def _waited(given: str) -> float:
    tries = Tries(Settings())
    tries.options()
    found = tries.wait(httpx.Response(503, headers={"retry-after": given}))
    assert found is not None
    return found


def test_retry_after_is_read_as_seconds_or_as_a_date_and_never_waited_out_for_long():
    date = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=30), usegmt=True)
    assert 28 < _waited(date) < 32
    assert 3 <= _waited("3") < 4
    assert 0 <= _waited("-5") <= 1
    assert 120 <= _waited("inf") <= 121
    for none in ("nan", "soon", ""):
        assert 0 < _waited(none) <= 2


def test_all_tries_end_within_the_deadline():
    tries = Tries(Settings(deadline=5))
    options = tries.options()
    assert options["timeout"].read <= 5 and 4000 < int(options["headers"]["x-deadline-ms"]) <= 4750
    assert tries.wait(httpx.Response(503, headers={"retry-after": "7"})) is None
    assert int(Tries(Settings(timeout=9e9)).options()["headers"]["x-deadline-ms"]) == 600_000


@pytest.mark.parametrize("how", ["sync", "async"])
def test_a_body_that_is_too_large_is_sent_as_two_and_a_group_never(how):
    sizes = []

    def answer(request: httpx.Request) -> httpx.Response:
        samples = json.loads(request.content)["samples"]
        sizes.append(len(samples))
        if len(samples) > 3:
            error = {"code": "body_too_large", "message": "Set it to 3.", "param": None, "type": "caller"}
            return httpx.Response(413, json={"error": error})
        lengths = [len(sample["response"]) for sample in samples]
        return httpx.Response(200, json={"rewards": [{"reward": length} for length in lengths]})

    def ask(samples):
        transport = httpx.MockTransport(answer)
        if how == "sync":
            return Client(Settings(), transport).rewards(samples)
        return asyncio.run(AsyncClient(Settings(), transport).rewards(samples))

    samples = [Sample(prompt=f"p{at % 4}", response="x" * at) for at in range(12)]
    assert [reward.reward for reward in ask(samples)] == list(range(12))
    assert sizes == [12, 6, 3, 3, 6, 3, 3]
    with pytest.raises(PlumblineError, match="Set it to 3"):
        ask([Sample(prompt="p", response="x")] * 4)


def test_a_call_that_is_cancelled_ends_at_once(service):
    client = AsyncClient(Settings(url=service.url))

    async def cancelled():
        service.all_there.clear()
        service.together = 10**6
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.rewards(one("x")), 0.2)

    asyncio.run(cancelled())
