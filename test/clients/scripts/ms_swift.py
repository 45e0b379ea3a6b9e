"""ms-swift imports the plugin as `--external_plugins` does, and its trainers' own function asks it for rewards."""

import os

import torch
from plumbline.files import path_of
from swift.rewards import orms
from swift.rl_core.data import GRPOSample
from swift.rl_core.grpo_algorithm import compute_rewards_per_func
from swift.utils import import_external_file

import_external_file(path_of("ms-swift"))
import_external_file(path_of("ms-swift"))
import trl  # noqa: E402  # still TRL, though the plugin's folder stands before it on the path

assert hasattr(trl, "__version__"), trl
reward = orms["plumbline"](args=None)
asked = {"role": "user", "content": "What is the capital of France?"}


def sample(text):
    messages = [asked, {"role": "assistant", "content": text}]
    return GRPOSample(messages=messages, extra={"solution": "Paris"}, prompt_id="p", request_id=text)


def rewards_of(samples):
    return compute_rewards_per_func(samples, [reward], [None], device=torch.device("cpu"))


samples = [sample(text) for text in ("Paris.", "Soup.", "Paris.")]
for step in range(2):
    found = rewards_of(samples)
    assert found.shape == (3, 1) and torch.isfinite(found).all(), found
    assert found[0] == found[2], found
print(f"- rewards {[round(one.item(), 3) for one in found[:, 0]]} for a group, in two steps with an event loop each")

os.environ["PLUMBLINE_REWARD_URL"] = "http://localhost:9/rlhf/plumbline"
os.environ["PLUMBLINE_TRIES"] = "1"
try:
    rewards_of(samples)
except Exception as error:
    assert type(error).__name__ == "PlumblineError" and error.code == "transport", error
    print("- a service that is away raises, and is no reward of 0")
