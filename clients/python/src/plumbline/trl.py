"""
TRL and Axolotl: ``trl grpo --reward_funcs plumbline.trl.reward``, ``trl: {reward_funcs: [plumbline.trl.reward]}``.

A sample without a reward is ``None``, which TRL leaves out of its group from the version in ``LEAVES_OUT`` on. An
older one would count it
as 0 unless another reward function has a number for it, so there a missing reward raises, or is ``PLUMBLINE_ON_ERROR``.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .client import async_client, client, numbers
from .columns import samples_of
from .samples import Reward
from .settings import Settings

LEAVES_OUT = (1, 6)


def reward(prompts: Sequence[Any], completions: Sequence[Any], **columns: Any) -> list[float | None]:
    """Rewards of a step's completions, those of one prompt compared with each other, in one call or a few."""
    asked = client()
    return _taken(asked.rewards(samples_of(prompts, completions, columns)), asked.settings)


async def async_reward(prompts: Sequence[Any], completions: Sequence[Any], **columns: Any) -> list[float | None]:
    """The same, beside other reward functions that are waited for."""
    asked = async_client()
    return _taken(await asked.rewards(samples_of(prompts, completions, columns)), asked.settings)


def _taken(rewards: Sequence[Reward], settings: Settings) -> list[float | None]:
    if settings.on_error is None and _trl() >= LEAVES_OUT:
        return [one.reward for one in rewards]
    return list(numbers(rewards, settings))


def _trl() -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version("trl").split(".")[:2])
    except (PackageNotFoundError, ValueError):
        return LEAVES_OUT
