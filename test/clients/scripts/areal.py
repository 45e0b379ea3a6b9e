"""AReaL's wrapper calls the reward function in its own processes."""

import asyncio
import os
import sys
import types
from importlib.util import find_spec

# The package itself imports its engines for GPUs; the wrapper needs none of them.
package = types.ModuleType("areal")
package.__path__ = list(find_spec("areal").submodule_search_locations)
sys.modules["areal"] = package

from areal.api.reward_api import AsyncRewardWrapper  # noqa: E402
from areal.utils.dynamic_import import import_from_string  # noqa: E402

# As RLVRWorkflow does with `reward_fn="plumbline.areal.reward"`.
reward = import_from_string("plumbline.areal.reward")
wrapped = AsyncRewardWrapper(reward, timeout_seconds=60, max_workers=2)
asked = {"messages": [{"role": "user", "content": "What is the capital of France?"}]}


def call(wrapper, text):
    return wrapper("<|im_start|>user\n...", text, [1], [2], query_id="q", **asked)


async def both():
    return await asyncio.gather(*(call(wrapped, text) for text in ("Paris.", "Soup.", "Paris.", "")))


rewards = asyncio.run(both())
assert all(0 <= one <= 1 for one in rewards) and rewards[0] == rewards[2], rewards
print(f"- rewards {[round(one, 3) for one in rewards]} from two processes")

templated = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n"
same = asyncio.run(wrapped(templated, "Paris.", [1], [2]))
assert same == rewards[0], (same, rewards)
print("- the prompt that AReaL decoded is read back into the same messages")

# Its pool of three forks now, with this address.
os.environ["PLUMBLINE_REWARD_URL"] = "http://localhost:9/rlhf/plumbline"
os.environ["PLUMBLINE_DEADLINE"] = "1"
try:
    found = asyncio.run(call(AsyncRewardWrapper(reward, max_workers=3, max_retries=1), "Paris."))
except Exception as error:
    assert type(error).__name__ == "PlumblineError" and error.code == "transport", error
    print("- a service that is away raises out of the pool before AReaL would count 0")
else:
    raise AssertionError(found)
