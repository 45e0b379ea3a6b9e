"""The executor of OpenRLHF's rollouts fetches rewards, by URL and by the file of the Python package."""

import asyncio
import os
import sys
import types

# Its package imports all of a trainer for GPUs; the executor itself needs none of it.
for name in ("openrlhf.utils.utils", "openrlhf.utils.math_utils"):
    stub = types.ModuleType(name)
    stub.extract_boxed_answer = stub.grade_answer = stub.get_strategy = stub.get_tokenizer = None
    sys.modules[name] = stub

from openrlhf.utils.agent import SingleTurnAgentExecutor  # noqa: E402
from plumbline.files import path_of  # noqa: E402

ORIGIN, KEY = os.environ["PLUMBLINE_ORIGIN"], os.environ["PLUMBLINE_API_KEY"]
template = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n"
good, bad = template + "Paris.<|im_end|>", template + "Soup.<|im_end|>"
url = f"{ORIGIN.replace('://', f'://{KEY}@')}/rlhf/openrlhf"


def executor(flag):
    """As train_ppo_ray makes it of `--reward.remote_url`."""
    return SingleTurnAgentExecutor(flag.split(","))


by_url = executor(url)
single = asyncio.run(by_url._fetch_rewards_via_http([good], [template], ["Paris"]))
assert 0 <= single[0]["rewards"][0] <= 1, single
group = asyncio.run(by_url._fetch_rewards_via_http([good, bad], [template] * 2, ["Paris"] * 2))
assert len(group[0]["rewards"]) == 2, group
print(f"- one sample {single[0]['rewards']}, a group {group[0]['rewards']}, the key in the URL's user part")

two = executor(f"{url},{url}")
split = asyncio.run(two._fetch_rewards_via_http([good, bad], [template] * 2, ["Paris"] * 2))
assert split[0]["rewards"] == single[0]["rewards"] and len(split[1]["rewards"]) == 1, split
print("- two URLs share a batch, and each sample keeps its reward")

os.environ["PLUMBLINE_REWARD_URL"] = f"{ORIGIN}/rlhf/openrlhf"
by_file = executor(path_of("openrlhf"))
tensors = asyncio.run(by_file._fetch_rewards_via_func([good], [template], ["Paris"]))
assert abs(tensors[0]["rewards"].item() - single[0]["rewards"][0]) < 1e-6, (tensors, single)
print("- the file of the Python package gives the same as a tensor")
