"""Rewards of a Rubric-ARM judge or rubric generator in training, asked of Plumbline.

Serves verl (compute_score), TRL (reward) and ms-swift (the plugin `plumbline`). Standard library only.
PLUMBLINE_URL says where the service is, PLUMBLINE_API_KEY is sent as the key.
"""

import asyncio
import json
import os
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

URL = os.environ.get("PLUMBLINE_URL", "http://localhost:8787").rstrip("/")
TRIES = 8
WORTH_REPEATING = {429, 502, 503, 504}
# Calls under way at once from one process.
AT_ONCE = 32


def ask(protocol, label, responses):
    """The rewards of the responses to one row, None where the service could not make one."""
    # A completion without a word is the model's own doing and earns nothing.
    spoken = [index for index, text in enumerate(responses) if text.strip()]
    rewards = [0.0] * len(responses)
    # The service takes 64 responses a call.
    for start in range(0, len(spoken), 64):
        part = spoken[start : start + 64]
        # A judge's reward looks at no prompt, but every request has one.
        body = {"prompt": "-", **json.loads(label), "protocol": protocol, "responses": [responses[i] for i in part]}
        for index, item in zip(part, post(body)["data"], strict=True):
            rewards[index] = item["reward"]
    return rewards


def post(body):
    headers = {"content-type": "application/json"}
    if os.environ.get("PLUMBLINE_API_KEY"):
        headers["authorization"] = "Bearer " + os.environ["PLUMBLINE_API_KEY"]
    data = json.dumps(body).encode()
    for attempt in range(1, TRIES + 1):
        request = urllib.request.Request(URL + "/v1/rewards", data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=600) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            if error.code not in WORTH_REPEATING or attempt == TRIES:
                raise RuntimeError(f"Plumbline answers {error.code}: {error.read().decode()[:500]}") from error
        except OSError:
            if attempt == TRIES:
                raise
        time.sleep(min(2 ** (attempt - 1) / 2, 60))


def text_of(completion):
    return completion if isinstance(completion, str) else completion[-1]["content"]


def ask_all(protocols, labels, texts):
    """The rewards of a batch; completions of one row are asked for together."""
    groups = {}
    for index, key in enumerate(zip(protocols, labels, strict=True)):
        groups.setdefault(key, []).append(index)
    rewards = [None] * len(texts)

    def fill(item):
        (protocol, label), places = item
        for place, reward in zip(places, ask(protocol, label, [texts[p] for p in places]), strict=True):
            rewards[place] = reward

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(fill, groups.items()))
    return rewards


def known(rewards):
    """For trainers that take no None: no number stands for a reward that could not be made."""
    if any(reward is None for reward in rewards):
        raise RuntimeError("Plumbline could not make every reward: the judge failed. Look at its judgments.")
    return rewards


async def compute_score(data_source, solution_str, ground_truth, extra_info=None, **_):
    """verl: one completion."""
    rewards = await asyncio.to_thread(ask, data_source, ground_truth, [solution_str])
    return known(rewards)[0]


def reward(prompts, completions, label, protocol, **_):
    """TRL: a batch; None leaves a completion out."""
    return ask_all(protocol, label, [text_of(completion) for completion in completions])


try:
    from swift.rewards import ORM, orms
except ImportError:
    try:
        from swift.plugin import ORM, orms
    except ImportError:
        ORM = None

if ORM is not None:

    class Plumbline(ORM):
        """ms-swift: a batch."""

        def __call__(self, completions, label, protocol, **_):
            return known(ask_all(protocol, label, [text_of(completion) for completion in completions]))

    orms["plumbline"] = Plumbline
