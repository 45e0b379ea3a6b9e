from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from plumbline import AsyncClient, Client, MissingReward, PlumblineError, Sample, Settings, numbers

SAMPLES = [
    Sample(prompt="2+2?", response="4"),
    Sample(prompt="3+3?", response="7"),
    Sample(prompt="2+2?", response="5"),
]
REFUSED = {"error": {"code": "invalid_request", "message": "Send it so.", "param": "samples.0", "type": "caller"}}


class Service:
    """Answers with the length of each response, after as many failures as it is told."""

    def __init__(self, failures=()):
        self.failures = list(failures)
        self.bodies = []
        self.headers = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(json.loads(request.content))
        self.headers.append(request.headers)
        if self.failures:
            failure = self.failures.pop(0)
            if isinstance(failure, Exception):
                raise failure
            return failure
        rewards = [
            {
                "reward": float(len(one["response"])),
                "score": 1.0,
                "judgments": ["jdg_1"],
                "substituted": False,
                "error": None,
            }
            for one in self.bodies[-1]["samples"]
        ]
        return httpx.Response(200, json={"rewards": rewards})


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    async def at_once(_):
        return None

    monkeypatch.setattr("plumbline.client.time.sleep", lambda _: None)
    monkeypatch.setattr("plumbline.client.asyncio.sleep", at_once)


def ask(service: Service, samples=SAMPLES, how="sync", **settings):
    transport = httpx.MockTransport(service)
    given = Settings(**settings)
    if how == "sync":
        return Client(given, transport).rewards(samples)
    return asyncio.run(AsyncClient(given, transport).rewards(samples))


@pytest.mark.parametrize("how", ["sync", "async"])
def test_rewards_come_in_the_order_of_the_samples_and_a_group_stays_in_one_call(how):
    service = Service()
    samples = [Sample(prompt=f"p{at % 3}", response="x" * at) for at in range(12)]
    rewards = ask(service, samples, how, batch=4)
    assert [one.reward for one in rewards] == [float(at) for at in range(12)]
    assert sorted({one["prompt"] for one in body["samples"]} and len(body["samples"]) for body in service.bodies) == [
        4,
        4,
        4,
    ]
    assert all(len({one["prompt"] for one in body["samples"]}) == 1 for body in service.bodies)


@pytest.mark.parametrize("how", ["sync", "async"])
def test_what_may_pass_is_tried_again_with_the_same_body(how):
    failures = [httpx.ConnectError("no"), httpx.Response(503, headers={"retry-after": "2"}), httpx.ReadTimeout("late")]
    service = Service(failures)
    samples = [Sample(prompt="p", response="four", id="a")]
    assert ask(service, samples, how)[0].reward == 4.0
    assert len(service.bodies) == 4
    assert all(body == service.bodies[0] for body in service.bodies)


@pytest.mark.parametrize("how", ["sync", "async"])
def test_a_refusal_is_raised_at_once_with_its_code(how):
    service = Service([httpx.Response(400, json=REFUSED)])
    with pytest.raises(PlumblineError, match="Send it so") as raised:
        ask(service, SAMPLES[:1], how)
    assert (raised.value.code, raised.value.status, raised.value.param) == ("invalid_request", 400, "samples.0")
    assert len(service.bodies) == 1


@pytest.mark.parametrize("how", ["sync", "async"])
def test_the_last_failure_is_raised_and_is_no_reward(how):
    with pytest.raises(PlumblineError) as raised:
        ask(Service([httpx.ConnectError("no")] * 9), SAMPLES[:1], how, tries=3)
    assert raised.value.code == "transport"
    with pytest.raises(PlumblineError) as answered:
        ask(Service([httpx.Response(502, text="<html>")] * 9), SAMPLES[:1], how, tries=2)
    assert (answered.value.code, answered.value.status) == ("http", 502)


def test_a_reply_of_something_else_is_refused():
    with pytest.raises(ValueError, match="PLUMBLINE_REWARD_URL"):
        ask(Service([httpx.Response(200, json={"rewards": [1.0], "scores": [1.0]})]), SAMPLES)


def test_a_missing_reward_is_none_with_its_reason_and_no_number_unless_one_was_given():
    missing = {
        "reward": None,
        "score": None,
        "judgments": [],
        "substituted": False,
        "error": {"code": "model_timeout", "message": "Late."},
    }
    reply = httpx.Response(200, json={"rewards": [missing]})
    rewards = ask(Service([reply]), SAMPLES[:1])
    assert rewards[0].reward is None
    with pytest.raises(MissingReward, match="Late") as raised:
        numbers(rewards, Settings())
    assert raised.value.code == "model_timeout"
    assert numbers(rewards, Settings(on_error=-1.0)) == [-1.0]


def test_the_key_goes_into_a_header_and_into_nothing_that_is_printed():
    service = Service()
    ask(service, SAMPLES[:1], key="pk-secret")
    assert service.headers[0]["authorization"] == "Bearer pk-secret"
    assert "pk-secret" not in repr(Settings(key="pk-secret"))


def test_settings_are_read_from_the_environment_and_a_wrong_one_is_named(monkeypatch):
    monkeypatch.setenv("PLUMBLINE_REWARD_URL", "https://h/runs/run_1/plumbline")
    monkeypatch.setenv("PLUMBLINE_TRIES", "2")
    monkeypatch.setenv("PLUMBLINE_ON_ERROR", "-0.5")
    settings = Settings.from_environment()
    assert (settings.url, settings.tries, settings.on_error) == ("https://h/runs/run_1/plumbline", 2, -0.5)
    monkeypatch.setenv("PLUMBLINE_TIMEOUT", "soon")
    with pytest.raises(ValueError, match="PLUMBLINE_TIMEOUT must be a number"):
        Settings.from_environment()


def test_nothing_is_asked_for_nothing():
    service = Service()
    assert ask(service, []) == []
    assert service.bodies == []
