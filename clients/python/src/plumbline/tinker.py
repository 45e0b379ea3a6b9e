"""
Tinker cookbook: ``PlumblinePreferences`` where a ``PreferenceModel`` is asked for, ``PlumblineGrader`` as the
``grader_llm`` of ``recipes/rubric``, and ``group_rewards`` for ``EnvGroupBuilder.compute_group_rewards``. All of them
raise where a reward can't be made. None holds a connection, so that builders with them are pickled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx
from tinker_cookbook.completers import MessageCompleter
from tinker_cookbook.preference.types import Comparison, PreferenceModel

from .client import async_client, client, numbers
from .errors import MissingReward
from .samples import Sample, prompt_of, response_of, text_of
from .settings import Settings

#: Of a group: the reward and what is logged with it, for each trajectory.
GroupRewards = list[tuple[float, dict[str, float]]]


class PlumblinePreferences(PreferenceModel):
    """Compares two completions: -1 for the first one, 1 for the second, by how sure the judge is in between."""

    async def __call__(self, comparison: Comparison) -> float:
        asked = async_client()
        samples = group_samples(comparison.prompt_conversation, [comparison.completion_A, comparison.completion_B])
        first, second = numbers(await asked.rewards(samples), asked.settings)
        return max(-1.0, min(1.0, (second - first)))


class PlumblineGrader(MessageCompleter):
    """
    Grades by one rubric of ``recipes/rubric``: the completion is scored against it, 0..1, and the reply says
    ``<score>``. Raises ``ValueError`` for a prompt of another layout, or a rubric that asks for another scale or form,
    which the recipe would count as 0.
    """

    async def __call__(self, messages: list) -> Any:
        prompt, response, rubric = _parts(text_of(messages[-1]["content"]))
        settings = Settings.from_environment()
        url = str(httpx.URL(settings.url).copy_merge_params({"against": "rubric"}))
        label = json.dumps({"criteria": [{"id": "rubric", "title": rubric, "points": 1}]})
        [found] = await async_client(replace(settings, url=url)).rewards([Sample(prompt, response, label)])
        if found.score is None:
            numbers([found], replace(settings, on_error=None))
            raise MissingReward("The judgment has no score.", code="not_scored")
        return {"role": "assistant", "content": f"<score>{found.score}</score>"}


# The rubric comes last and is the data's own; the completion before it may write anything, these tags too.
_LAYOUT = re.compile(
    r"<context>\n(?P<context>.*?)\n</context>\n\n<completion_to_grade>\nChatbot: (?P<response>.*)"
    r"\n</completion_to_grade>\n\n<rubric>\n(?P<rubric>.*)\n</rubric>\n\n(?P<asked>[^\n]*)\Z",
    re.DOTALL,
)


def _parts(text: str) -> tuple[str, str, str]:
    """The context, the completion and the rubric in the prompt of a grader."""
    found = _LAYOUT.search(text)
    if found is None:
        raise ValueError("This is no prompt of recipes/rubric, whose grader_llm PlumblineGrader is.")
    if "<score>" not in found["asked"] or re.search(r"\b0 (and|to) 1\b", found["asked"]) is None:
        raise ValueError("PlumblineGrader gives a score between 0 and 1 in <score>, and this rubric asks for another.")
    context = found["context"]
    alone = context.startswith("Human: ") and "\n\nChatbot: " not in context and context.count("\n\nHuman: ") == 0
    return context[len("Human: ") :] if alone else context, found["response"], found["rubric"]


def group_samples(prompt: Any, completions: Sequence[Any], label: str | None = None) -> list[Sample]:
    """The completions of one prompt as a group."""
    asked = prompt_of(prompt)
    return [Sample(prompt=asked, response=response_of(one), label=label) for one in completions]


async def group_rewards(prompt: Any, completions: Sequence[Any], label: str | None = None) -> GroupRewards:
    """The rewards of a group, as ``compute_group_rewards`` returns them."""
    asked = async_client()
    found = await asked.rewards(group_samples(prompt, completions, label))
    return _logged(numbers(found, asked.settings))


def group_rewards_sync(prompt: Any, completions: Sequence[Any], label: str | None = None) -> GroupRewards:
    """The same for loops that are written without ``await``."""
    asked = client()
    return _logged(numbers(asked.rewards(group_samples(prompt, completions, label)), asked.settings))


def _logged(rewards: Sequence[float]) -> GroupRewards:
    return [(reward, {"plumbline_reward": reward}) for reward in rewards]
