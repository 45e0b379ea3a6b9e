"""Rewards of a Rubric-ARM judge or rubric generator in training, asked of Plumbline.

Serves verl (compute_score), TRL (reward) and ms-swift (the plugin `plumbline`). Standard library only.
PLUMBLINE_URL says where the service is, PLUMBLINE_API_KEY is sent as the key. PLUMBLINE_ON_ERROR is a number of your
own for a reward that could not be made; without it such a reward stops a trainer that has no other way to leave it out.
"""

import asyncio
import http.client
import json
import math
import os
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version

URL = os.environ.get("PLUMBLINE_URL", "http://localhost:8787").rstrip("/")
ON_ERROR = os.environ.get("PLUMBLINE_ON_ERROR")
TRIES = 8
LONGEST_WAIT_S = 60
TIMEOUT_S = 600
WORTH_REPEATING = {429, 502, 503, 504}
# Responses that the service takes in one call.
A_CALL = 64
# Calls under way at once from one process.
AT_ONCE = 32


def ask(protocol, label, responses):
    """The rewards of the responses to one row, None where the service could not make one."""
    # A completion without a word is the model's own doing and earns nothing.
    spoken = [index for index, text in enumerate(responses) if text.strip()]
    rewards = [0.0] * len(responses)
    for start in range(0, len(spoken), A_CALL):
        part = spoken[start : start + A_CALL]
        # A judge's reward looks at no prompt, but every request has one.
        body = {"prompt": "-", **json.loads(label), "protocol": protocol, "responses": [responses[i] for i in part]}
        for place, item in zip(part, post(body)["data"], strict=True):
            rewards[place] = checked(item["reward"])
    return rewards


def checked(reward):
    number = isinstance(reward, (int, float)) and not isinstance(reward, bool) and math.isfinite(reward)
    if reward is not None and not number:
        raise RuntimeError(f"Plumbline answers {reward!r} for a reward.")
    return reward


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would turn the call into a GET and take the key elsewhere."""

    def redirect_request(self, *_):
        return None


opener = urllib.request.build_opener(NoRedirect)


def post(body):
    headers = {"content-type": "application/json"}
    if os.environ.get("PLUMBLINE_API_KEY"):
        headers["authorization"] = "Bearer " + os.environ["PLUMBLINE_API_KEY"]
    data = json.dumps(body).encode()
    for attempt in range(1, TRIES + 1):
        wait = 2 ** (attempt - 1) / 2
        request = urllib.request.Request(URL + "/v1/rewards", data=data, headers=headers)
        try:
            with opener.open(request, timeout=TIMEOUT_S) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            if error.code not in WORTH_REPEATING or attempt == TRIES:
                said = error.read(500).decode(errors="replace")
                raise RuntimeError(f"Plumbline answers {error.code}: {said}") from error
            asked = error.headers.get("retry-after", "")
            wait = float(asked) if asked.isdecimal() else wait
        except (OSError, http.client.HTTPException, ValueError) as error:
            # not there, gone half-way through, or not JSON
            if attempt == TRIES:
                raise RuntimeError(f"Plumbline at {URL} gives no answer: {error}") from error
        time.sleep(min(wait, LONGEST_WAIT_S))


def text_of(completion):
    return completion if isinstance(completion, str) else completion[-1]["content"] or ""


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
    """For trainers that take no None, or take it for 0: the caller's own number in its place, else an end."""
    missing = sum(reward is None for reward in rewards)
    if missing == 0:
        return rewards
    if ON_ERROR is None:
        raise RuntimeError(
            "Plumbline could not make every reward: the judge failed. Look at its judgments, or set PLUMBLINE_ON_ERROR."
        )
    print(f"plumbline: {missing} of {len(rewards)} rewards are PLUMBLINE_ON_ERROR", file=sys.stderr)
    return [float(ON_ERROR) if reward is None else reward for reward in rewards]


async def compute_score(data_source, solution_str, ground_truth, extra_info=None, **_):
    """verl: one completion."""
    rewards = await asyncio.to_thread(ask, data_source, ground_truth, [solution_str])
    return known(rewards)[0]


def reward(prompts, completions, label, protocol, **_):
    """TRL: a batch; None leaves a completion out."""
    rewards = ask_all(protocol, label, [text_of(completion) for completion in completions])
    return rewards if ON_ERROR is None and leaves_none_out() else known(rewards)


def leaves_none_out():
    """Whether this TRL does; 1.4 and before take None for 0."""
    try:
        major, minor = version("trl").split(".")[:2]
    except PackageNotFoundError:
        return True
    return (int(major), int(minor)) >= (1, 10)


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
