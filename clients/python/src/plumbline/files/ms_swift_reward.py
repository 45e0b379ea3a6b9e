"""
ms-swift: ``--external_plugins $(python -m plumbline.files ms-swift) --reward_funcs plumbline``.

ms-swift sums rewards with the missing ones as 0, so that a missing reward raises here, or is ``PLUMBLINE_ON_ERROR``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from swift.rewards import AsyncORM, orms

from plumbline.client import async_client, numbers
from plumbline.columns import samples_of


class PlumblineReward(AsyncORM):
    """Rewards of a step's completions, those of one prompt compared with each other."""

    async def __call__(self, completions: Sequence[Any], **columns: Any) -> list[float]:
        conversations = columns.pop("messages", None)
        if conversations is None:
            raise KeyError("ms-swift passed no messages, of which the prompts are read.")
        prompts = [_before_completion(messages) for messages in conversations]
        asked = async_client()
        return numbers(await asked.rewards(samples_of(prompts, completions, columns)), asked.settings)


def _before_completion(messages: Sequence[Any]) -> list[Any]:
    """ms-swift appends the completion to the messages before it rewards it."""
    turns = list(messages)
    while turns and turns[-1].get("role") != "user":
        turns.pop()
    return turns


orms["plumbline"] = PlumblineReward
