"""
AReaL: ``reward_fn="plumbline.areal.reward"``, one sample a call in a process of its own.

AReaL waits 15 s for a call, the queue for its few processes included, tries three times more and then counts 0; what
raises, it tries again and then raises itself. So all tries of a call end within ``PLUMBLINE_DEADLINE``, 12 s unless
set. With a slow judge give ``AsyncRewardWrapper`` a longer ``timeout_seconds`` and more ``max_workers`` in a workflow
of your own.
"""

from __future__ import annotations

from typing import Any

from .columns import label_in
from .samples import Sample, label_of, prompt_of
from .settings import Settings
from .single import reward_of

DEADLINE = 12.0


def reward(prompt: Any, completions: str, prompt_ids: Any, completion_ids: Any, **columns: Any) -> float:
    """The reward of one completion. The prompt is the data's ``messages``, or what AReaL decoded where it has none."""
    asked = columns.get("messages") or prompt
    sample = Sample(prompt=prompt_of(asked), response=completions or "", label=label_of(label_in(columns)))
    return reward_of(sample, Settings.from_environment(deadline=DEADLINE))
