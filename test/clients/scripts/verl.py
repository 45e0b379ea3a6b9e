"""verl loads the custom reward function as its configuration says, and its reward managers call it."""

import asyncio
import os
import sys

import numpy
import torch
from omegaconf import OmegaConf
from verl import DataProto
from verl.trainer.ppo.reward import load_reward_manager

PROMPT = "What is the capital of France?"


class Tokenizer:
    """Words for ids: the manager decodes what the policy wrote."""

    words = ["<pad>", "Paris.", "Soup."]

    def decode(self, ids, skip_special_tokens=True):
        return " ".join(self.words[int(at)] for at in ids)


def row(token):
    return DataProto.from_dict(
        tensors={"responses": torch.tensor([[token]]), "attention_mask": torch.ones(1, 2, dtype=torch.long)},
        non_tensors={
            "data_source": numpy.array(["test"], dtype=object),
            "reward_model": numpy.array([{"ground_truth": "Paris"}], dtype=object),
            "extra_info": numpy.array([{"asked": PROMPT, "index": 0}], dtype=object),
        },
    )


def manager(name, function="compute_score", **settings):
    called = {"path": "pkg://plumbline.verl", "name": function, "reward_kwargs": {"prompt_field": "asked"}}
    reward = {"custom_reward_function": called, "reward_manager": {"source": "register", "name": name}}
    return load_reward_manager(OmegaConf.create({"reward": {**reward, "num_workers": 1, **settings}}), Tokenizer())


async def both(manager):
    return await asyncio.gather(manager.run_single(row(1)), manager.run_single(row(2)))


async def rewarded(name, **settings):
    return await both(manager(name, **settings))


found = {name: asyncio.run(rewarded(name)) for name in ("naive", "dapo")}
# One of this manager's limiters stays on the loop that it was made in.
found["rate_limited"] = asyncio.run(rewarded("rate_limited", max_concurrent=8, timeout=60))
for name, answers in found.items():
    assert [one["reward_score"] for one in answers] == [one["reward_score"] for one in found["naive"]], found
    for one in answers:
        assert 0 <= one["reward_score"] <= 1 and set(one["reward_extra_info"]) == {"score", "plumbline_score"}, one
first, second = (one["reward_score"] for one in found["naive"])
print(f"- its managers naive, dapo and rate_limited: {first:.3f} and {second:.3f}, with the same keys for each")

import ray  # noqa: E402

# Its processes import what this one imported.
ray.init(num_cpus=1, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
remote = asyncio.run(rewarded("remote", function="compute_score_sync"))
assert [one["reward_score"] for one in remote] == [first, second], remote
ray.shutdown()
print("- its manager remote: the same from a process of its own, by compute_score_sync")

os.environ["PLUMBLINE_REWARD_URL"] = "http://localhost:9/rlhf/plumbline"
os.environ["PLUMBLINE_TRIES"] = "1"
for name in ("naive", "dapo"):
    try:
        asyncio.run(rewarded(name))
    except Exception as error:
        assert type(error).__name__ == "PlumblineError" and error.code == "transport", error
    else:
        sys.exit("a service that is away gave a reward")
print("- a service that is away stops naive and dapo, and is no reward of 0")
