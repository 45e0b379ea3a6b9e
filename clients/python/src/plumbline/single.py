"""For trainers that ask for one sample a call and take a number alone."""

from __future__ import annotations

from typing import Any

from .client import async_client, client, numbers
from .samples import Reward, Sample
from .settings import Settings


def reward_of(sample: Sample, settings: Settings | None = None) -> float:
    """Its reward. Raises ``MissingReward`` where there is none and no ``PLUMBLINE_ON_ERROR``."""
    asked = client(settings)
    return numbers(asked.rewards([sample]), asked.settings)[0]


async def async_reward_of(sample: Sample) -> float:
    """The same, waited for."""
    asked = async_client()
    return numbers(await asked.rewards([sample]), asked.settings)[0]


async def async_found(sample: Sample) -> tuple[float, Reward]:
    """The same, with what came with it."""
    asked = async_client()
    rewards = await asked.rewards([sample])
    return numbers(rewards, asked.settings)[0], rewards[0]


def name_of(value: Any) -> str | None:
    """A framework's name for a sample as an id, where it has one."""
    return None if value is None else str(value)
