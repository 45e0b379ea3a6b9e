from __future__ import annotations

import asyncio
import json
import types

import httpx
import pytest

import plumbline.areal
import plumbline.client
import plumbline.slime
import plumbline.trl
import plumbline.verl
from plumbline import AsyncClient, Client, MissingReward, Settings

LATE = {"code": "model_timeout", "message": "Late.", "type": "service"}


@pytest.fixture
def bodies(monkeypatch):
    """The bodies that were sent; a response 'missing' gets no reward, any other its length."""
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        rewards = [_reward(one["response"]) for one in sent[-1]["samples"]]
        return httpx.Response(200, json={"rewards": rewards})

    transport = httpx.MockTransport(answer)
    monkeypatch.setattr(plumbline.client, "_client", lambda settings: Client(settings, transport))
    monkeypatch.setattr(plumbline.client, "_async_client", lambda settings: AsyncClient(settings, transport))
    return sent


def _reward(response: str) -> dict:
    if response == "missing":
        return {"reward": None, "score": None, "judgments": [], "substituted": False, "error": LATE}
    return {"reward": len(response), "score": 0.5, "judgments": [], "substituted": False, "error": None}


def test_trl_gets_a_step_in_one_call_and_none_where_it_leaves_it_out(bodies, monkeypatch):
    monkeypatch.setattr(plumbline.trl, "_trl", lambda: (1, 16))
    asked = {
        "prompts": ["a", "a", "b"],
        "completions": ["xy", "missing", "z"],
        "completion_ids": [[1], [2], [3]],
        "answer": ["1", "1", "2"],
    }
    assert plumbline.trl.reward(**asked) == [2, None, 1]
    assert asyncio.run(plumbline.trl.async_reward(**asked)) == [2, None, 1]
    assert [len(body["samples"]) for body in bodies] == [3, 3]
    assert bodies[0]["samples"][2]["label"] == "2"


def test_an_older_trl_would_count_none_as_0(bodies, monkeypatch):
    monkeypatch.setattr(plumbline.trl, "_trl", lambda: (1, 5))
    with pytest.raises(MissingReward, match="PLUMBLINE_ON_ERROR"):
        plumbline.trl.reward(["a"], ["missing"])
    monkeypatch.setenv("PLUMBLINE_ON_ERROR", "-1")
    assert plumbline.trl.reward(["a"], ["missing"]) == [-1.0]


def test_verl_reads_the_prompt_from_extra_info_and_names_what_is_missing(bodies):
    asked = {"data_source": "d", "solution_str": "xyz", "ground_truth": "4"}
    found = asyncio.run(plumbline.verl.compute_score(**asked, extra_info={"question": "2+2?", "index": 1}))
    assert found == {"score": 3.0, "plumbline_score": 0.5}
    assert bodies[0]["samples"] == [{"prompt": "2+2?", "response": "xyz", "label": "4"}]
    assert plumbline.verl.compute_score_sync(**asked, extra_info={"q": "2+2?"}, prompt_field="q") == 3.0
    with pytest.raises(KeyError, match="prompt_field"):
        asyncio.run(plumbline.verl.compute_score(**asked, extra_info={"index": 1}))


def test_slime_names_its_samples_and_sends_groups_whole(bodies):
    def sample(at: int, response: str):
        return types.SimpleNamespace(
            prompt=[{"role": "user", "content": "2+2?"}], response=response, label=None, index=at
        )

    assert asyncio.run(plumbline.slime.reward(None, sample(5, "xy"))) == 2
    assert asyncio.run(plumbline.slime.reward(None, [sample(6, "x"), sample(7, "xyz")], evaluation=True)) == [1, 3]
    assert [[one["id"] for one in body["samples"]] for body in bodies] == [["5"], ["6", "7"]]
    with pytest.raises(MissingReward):
        asyncio.run(plumbline.slime.group_reward(None, [sample(6, "x"), sample(7, "missing")]))


def test_areal_prefers_the_messages_of_the_data(bodies):
    messages = [{"role": "user", "content": "2+2?"}]
    assert plumbline.areal.reward("<s>2+2?", "xy", [1], [2], messages=messages, answer="4") == 2
    assert bodies[0]["samples"] == [{"prompt": messages, "response": "xy", "label": "4"}]


def test_files_for_trainers_that_take_a_path():
    from plumbline.files import FILES, path_of

    for trainer in FILES:
        with open(path_of(trainer)) as file:
            compile(file.read(), trainer, "exec")
    with pytest.raises(KeyError, match="openrlhf"):
        path_of("trl")
    assert Settings().url.endswith("/rlhf/plumbline")


def test_areal_answers_before_its_own_patience_ends(monkeypatch):
    asked = []
    monkeypatch.setattr(plumbline.areal, "reward_of", lambda sample, settings: asked.append(settings.deadline))
    plumbline.areal.reward("2+2?", "4", [1], [2])
    monkeypatch.setenv("PLUMBLINE_DEADLINE", "40")
    plumbline.areal.reward("2+2?", "4", [1], [2])
    assert asked == [12, 40]
