"""slime: ``--custom-rm-path plumbline.slime.reward``, with or without ``--group-rm``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .client import async_client, numbers
from .samples import Sample, label_of, prompt_of
from .single import async_reward_of, name_of


async def reward(args: Any, sample: Any, **_: Any) -> float | list[float]:
    """
    The reward of one sample; of a list, which slime hands over with ``--group-rm`` and for rollouts of several samples,
    those of all. slime ends the run where it raises, so that no failure becomes a reward.
    """
    if isinstance(sample, (list, tuple)):
        return await group_reward(args, sample)
    return await async_reward_of(_sample(sample))


async def group_reward(args: Any, samples: Sequence[Any], **_: Any) -> list[float]:
    """The rewards of a group, compared with each other in one call."""
    asked = async_client()
    return numbers(await asked.rewards([_sample(sample) for sample in samples]), asked.settings)


def _sample(sample: Any) -> Sample:
    return Sample(
        prompt=prompt_of(sample.prompt),
        response=sample.response,
        label=label_of(sample.label),
        id=name_of(getattr(sample, "index", None)),
    )
