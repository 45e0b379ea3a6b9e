"""verl loads the custom reward function as its configuration says, and its reward managers call it."""

import asyncio

import numpy
import torch
from omegaconf import OmegaConf
from verl import DataProto
from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager
from verl.trainer.ppo.reward import get_custom_reward_fn

PROMPT = "What is the capital of France?"


class Tokenizer:
    """Words for ids: the manager decodes what the policy wrote."""

    words = ["<pad>", "Paris.", "Soup."]

    def decode(self, ids, skip_special_tokens=True):
        return " ".join(self.words[int(at)] for at in ids)


config = OmegaConf.create(
    {"reward": {"custom_reward_function": {"path": "pkg://plumbline.verl", "name": "compute_score", "reward_kwargs": {}}}}
)
score = get_custom_reward_fn(config)
assert asyncio.iscoroutinefunction(score)


def row(token):
    return DataProto.from_dict(
        tensors={"responses": torch.tensor([[token]]), "attention_mask": torch.ones(1, 2, dtype=torch.long)},
        non_tensors={
            "data_source": numpy.array(["test"], dtype=object),
            "reward_model": numpy.array([{"ground_truth": "Paris"}], dtype=object),
            "extra_info": numpy.array([{"question": PROMPT, "index": 0}], dtype=object),
        },
    )


async def rewarded():
    manager = NaiveRewardManager(config=config, tokenizer=Tokenizer(), compute_score=score)
    return await asyncio.gather(manager.run_single(row(1)), manager.run_single(row(2)))


first, second = asyncio.run(rewarded())
for one in (first, second):
    assert 0 <= one["reward_score"] <= 1 and set(one["reward_extra_info"]) == {"score", "plumbline_score"}, one
print(f"- its naive manager: {first['reward_score']:.3f} and {second['reward_score']:.3f}, with the same keys for each")
