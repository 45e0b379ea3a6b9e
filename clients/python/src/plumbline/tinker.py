"""
Tinker cookbook: ``PlumblinePreferences`` where a ``PreferenceModel`` is asked for, and ``group_rewards`` for an
``EnvGroupBuilder``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinker_cookbook.preference.types import Comparison, PreferenceModel

from .client import async_client, client, numbers
from .samples import Sample, prompt_of, response_of


class PlumblinePreferences(PreferenceModel):
    """Compares two completions: -1 for the first one, 1 for the second, by how sure the judge is in between."""

    async def __call__(self, comparison: Comparison) -> float:
        asked = async_client()
        samples = group_samples(comparison.prompt_conversation, [comparison.completion_A, comparison.completion_B])
        first, second = numbers(await asked.rewards(samples), asked.settings)
        return max(-1.0, min(1.0, (second - first)))


def group_samples(prompt: Any, completions: Sequence[Any], label: str | None = None) -> list[Sample]:
    """The completions of one prompt as a group."""
    asked = prompt_of(prompt)
    return [Sample(prompt=asked, response=response_of(one), label=label) for one in completions]


async def group_rewards(prompt: Any, completions: Sequence[Any], label: str | None = None) -> list[float]:
    """The rewards of a group: what ``compute_group_rewards`` adds to the rewards of the steps."""
    asked = async_client()
    return numbers(await asked.rewards(group_samples(prompt, completions, label)), asked.settings)


def group_rewards_sync(prompt: Any, completions: Sequence[Any], label: str | None = None) -> list[float]:
    """The same for loops that are written without ``await``."""
    asked = client()
    return numbers(asked.rewards(group_samples(prompt, completions, label)), asked.settings)
